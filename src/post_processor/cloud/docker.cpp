#include "engine/declared.h"
#include "post_processor/declared.h"

namespace kiln {
namespace {

struct DockerImportOptions {
    std::string repository;
    std::string tag;
    std::vector<std::string> changes;
    std::string platform;
    std::string executable = "docker";
};

struct DockerPushOptions {
    bool login = false;
    std::string login_username;
    std::string login_password;
    std::string login_server;
    bool ecr_login = false;
    std::string aws_access_key;
    std::string aws_secret_key;
    std::string aws_token;
    std::string aws_profile;
    bool aws_force_use_public_ecr = false;
    std::string platform;
    std::string executable = "docker";
};

struct DockerSaveOptions {
    std::string path;
    std::string executable = "docker";
};

struct DockerTagOptions {
    std::string repository;
    std::vector<std::string> tags;
    std::vector<std::string> tag;
    bool force = false;
    std::string executable = "docker";
};

Schema<DockerImportOptions> docker_import_schema();
Schema<DockerPushOptions> docker_push_schema();
Schema<DockerSaveOptions> docker_save_schema();
Schema<DockerTagOptions> docker_tag_schema();

}  // namespace

void add_docker_post_processors(Registry& registry) {
    const std::string why =
        "kiln does not speak to Docker. A shell-local post-processor can call `docker`.";
    registry.add_post_processor("docker-import",
                                declared_factory<PostProcessor>(docker_import_schema, why));
    registry.add_post_processor("docker-push",
                                declared_factory<PostProcessor>(docker_push_schema, why));
    registry.add_post_processor("docker-save",
                                declared_factory<PostProcessor>(docker_save_schema, why));
    registry.add_post_processor("docker-tag",
                                declared_factory<PostProcessor>(docker_tag_schema, why));
}

namespace {

Schema<DockerImportOptions> docker_import_schema() {
    using O = DockerImportOptions;
    Schema<O> schema("docker-import", "Imports a tar file as a Docker image.");
    schema.option("repository", &O::repository, "The image's repository.")
        .required()
        .option("tag", &O::tag, "The image's tag.")
        .option("changes", &O::changes, "Dockerfile instructions for the image.")
        .option("platform", &O::platform, "The image's platform.")
        .option("docker_path", &O::executable, "The Docker program.");
    return schema;
}

Schema<DockerPushOptions> docker_push_schema() {
    using O = DockerPushOptions;
    Schema<O> schema("docker-push", "Pushes a Docker image to a registry.");
    schema.option("login", &O::login, "Log in at the registry before.")
        .option("login_username", &O::login_username, "The user to log in as.")
        .option("login_password", &O::login_password, "That user's password.")
        .sensitive()
        .option("login_server", &O::login_server, "The registry to log in at.")
        .option("ecr_login", &O::ecr_login, "Log in at Amazon's registry.")
        .option("aws_access_key", &O::aws_access_key, "Amazon's access key.")
        .option("aws_secret_key", &O::aws_secret_key, "Amazon's secret key.")
        .sensitive()
        .option("aws_token", &O::aws_token, "Amazon's session token.")
        .sensitive()
        .option("aws_profile", &O::aws_profile, "The profile in Amazon's credentials file.")
        .option("aws_force_use_public_ecr", &O::aws_force_use_public_ecr,
                "Use Amazon's public registry.")
        .option("platform", &O::platform, "The image's platform.")
        .option("docker_path", &O::executable, "The Docker program.")
        .check([](const O& options, Problems& problems) {
            if (options.ecr_login && options.login_server.empty()) {
                problems.error("login_server", "ECR login requires login server to be provided.");
            }
        });
    return schema;
}

Schema<DockerSaveOptions> docker_save_schema() {
    using O = DockerSaveOptions;
    Schema<O> schema("docker-save", "Saves a Docker image as a file.");
    schema.option("path", &O::path, "The file to make.")
        .required()
        .option("docker_path", &O::executable, "The Docker program.");
    return schema;
}

Schema<DockerTagOptions> docker_tag_schema() {
    using O = DockerTagOptions;
    Schema<O> schema("docker-tag", "Gives a Docker image tags.");
    schema.option("repository", &O::repository, "The image's repository.")
        .required()
        .option("tags", &O::tags, "The tags.")
        .option("tag", &O::tag, "The old name of tags.")
        .deprecated("use tags")
        .option("force", &O::force, "Move a tag that is there already.")
        .option("docker_path", &O::executable, "The Docker program.");
    return schema;
}

}  // namespace
}  // namespace kiln
