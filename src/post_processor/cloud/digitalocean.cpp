#include "engine/declared.h"
#include "engine/option_checks.h"
#include "post_processor/declared.h"

namespace kiln {
namespace {

/// The options of `digitalocean-import` (spec/components.md, section 4.7).
struct DigitaloceanImportOptions {
    std::string api_token;
    std::string spaces_key;
    std::string spaces_secret;
    std::string spaces_region;
    std::string space_name;
    std::string space_object_name = "packer-import-{{timestamp}}";
    bool skip_clean = false;
    std::vector<std::string> image_tags;
    std::string image_name;
    std::string image_description;
    std::string image_distribution = "Unknown";
    std::vector<std::string> image_regions;
    Duration timeout = std::chrono::minutes(20);
    int http_retry_max = 5;
    int http_retry_wait_min = 1;
    int http_retry_wait_max = 30;
};

Schema<DigitaloceanImportOptions> digitalocean_import_schema();

}  // namespace

void add_digitalocean_post_processors(Registry& registry) {
    registry.add_post_processor(
        "digitalocean-import",
        declared_factory<PostProcessor>(
            digitalocean_import_schema,
            "kiln does not speak to DigitalOcean. A shell-local post-processor can call `doctl`."));
}

namespace {

Schema<DigitaloceanImportOptions> digitalocean_import_schema() {
    using O = DigitaloceanImportOptions;
    Schema<O> schema("digitalocean-import", "Imports a disk as an image of DigitalOcean.");
    schema.option("api_token", &O::api_token, "The token to log in with.")
        .required()
        .sensitive()
        .option("spaces_key", &O::spaces_key, "The access key of the storage.")
        .required()
        .option("spaces_secret", &O::spaces_secret, "The secret key of the storage.")
        .required()
        .sensitive()
        .option("spaces_region", &O::spaces_region, "The region of the storage.")
        .required()
        .option("space_name", &O::space_name, "The space that the file goes to first.")
        .required()
        .option("space_object_name", &O::space_object_name, "The file's name there.")
        .rendered_late()
        .option("skip_clean", &O::skip_clean, "Leave the file there.")
        .option("image_name", &O::image_name, "The image's name.")
        .required()
        .option("image_description", &O::image_description, "The image's description.")
        .option("image_distribution", &O::image_distribution, "The distribution in it.")
        .option("image_regions", &O::image_regions, "The regions that get the image.")
        .required()
        .option("image_tags", &O::image_tags, "The image's tags.")
        .option("timeout", &O::timeout, "How long the import may take.")
        .option("http_retry_max", &O::http_retry_max, "How often a request is tried again.")
        .option("http_retry_wait_min", &O::http_retry_wait_min,
                "The shortest pause between tries, in seconds.")
        .option("http_retry_wait_max", &O::http_retry_wait_max,
                "The longest pause between tries, in seconds.")
        .check([](const O& options, Problems& problems) {
            option_check::is_not_negative("timeout", options.timeout, problems);
            option_check::is_not_negative("http_retry_max", options.http_retry_max, problems);
        });
    return schema;
}

}  // namespace
}  // namespace kiln
