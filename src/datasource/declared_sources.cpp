#include "datasource/declared_sources.h"

#include "engine/declared.h"

namespace kiln {
namespace {

struct HcpOptions {
    std::string bucket_name;
    std::string channel;   ///< `channel_name`, and `channel` in the old data sources
    std::string version;   ///< `version_fingerprint`, `iteration_id`
    std::string platform;  ///< `platform`, `cloud_provider`
    std::string region;
    std::string component_type;
};

using HcpSchema = Schema<HcpOptions>;

HcpSchema hcp_version_schema();
HcpSchema hcp_artifact_schema();
HcpSchema hcp_iteration_schema();
HcpSchema hcp_image_schema();
void declare_bucket(HcpSchema& schema);
void check_one_of_two(const std::string& a, const std::string& b, const char* name_a,
                      const char* name_b, Problems& problems);
void declare_text_outputs(HcpSchema& schema, std::initializer_list<const char*> names);

}  // namespace

void add_declared_data_sources(Registry& registry) {
    const std::string why =
        "kiln does not speak to the HCP registry: give the value by a variable or a local.";
    registry.add_data_source("hcp-packer-version",
                             declared_factory<DataSource>(hcp_version_schema, why));
    registry.add_data_source("hcp-packer-artifact",
                             declared_factory<DataSource>(hcp_artifact_schema, why));
    registry.add_data_source("hcp-packer-iteration",
                             declared_factory<DataSource>(hcp_iteration_schema, why));
    registry.add_data_source("hcp-packer-image",
                             declared_factory<DataSource>(hcp_image_schema, why));
}

namespace {

HcpSchema hcp_version_schema() {
    using O = HcpOptions;
    HcpSchema schema("hcp-packer-version", "A version in the HCP registry, by its channel.");
    declare_bucket(schema);
    schema.option("channel_name", &O::channel, "The channel that names the version.").required();
    declare_text_outputs(schema, {"author_id", "bucket_name", "status", "created_at", "fingerprint",
                                  "id", "name", "updated_at", "channel_id"});
    return schema;
}

HcpSchema hcp_artifact_schema() {
    using O = HcpOptions;
    HcpSchema schema("hcp-packer-artifact", "An artifact in the HCP registry.");
    declare_bucket(schema);
    schema.option("channel_name", &O::channel, "The channel that names the version.")
        .option("version_fingerprint", &O::version, "The version, in place of a channel.")
        .option("platform", &O::platform, "The platform of the artifact, like \"aws\".")
        .required()
        .option("region", &O::region, "The region of the artifact.")
        .required()
        .option("component_type", &O::component_type, "The builder that made the artifact.")
        .check([](const O& options, Problems& problems) {
            check_one_of_two(options.channel, options.version, "channel_name",
                             "version_fingerprint", problems);
        });
    declare_text_outputs(
        schema, {"platform", "component_type", "created_at", "build_id", "version_id", "channel_id",
                 "packer_run_uuid", "external_identifier", "region"});
    schema.output("labels", OptionType::StringMap, "The artifact's labels.");
    return schema;
}

HcpSchema hcp_iteration_schema() {
    using O = HcpOptions;
    HcpSchema schema("hcp-packer-iteration", "The old name of hcp-packer-version.");
    declare_bucket(schema);
    schema.option("channel", &O::channel, "The channel that names the iteration.").required();
    declare_text_outputs(schema, {"author_id", "bucket_name", "created_at", "fingerprint", "id",
                                  "updated_at", "channel_id"});
    schema.output("complete", OptionType::Bool, "Whether the iteration is complete.")
        .output("incremental_version", OptionType::Int, "The iteration's number.");
    return schema;
}

HcpSchema hcp_image_schema() {
    using O = HcpOptions;
    HcpSchema schema("hcp-packer-image", "The old name of hcp-packer-artifact.");
    declare_bucket(schema);
    schema.option("channel", &O::channel, "The channel that names the iteration.")
        .option("iteration_id", &O::version, "The iteration, in place of a channel.")
        .option("cloud_provider", &O::platform, "The cloud of the image, like \"aws\".")
        .required()
        .option("region", &O::region, "The region of the image.")
        .required()
        .option("component_type", &O::component_type, "The builder that made the image.")
        .check([](const O& options, Problems& problems) {
            check_one_of_two(options.channel, options.version, "channel", "iteration_id", problems);
        });
    declare_text_outputs(schema, {"cloud_provider", "component_type", "created_at", "build_id",
                                  "iteration_id", "channel_id", "packer_run_uuid", "id", "region"});
    schema.output("labels", OptionType::StringMap, "The image's labels.");
    return schema;
}

void declare_bucket(HcpSchema& schema) {
    schema.option("bucket_name", &HcpOptions::bucket_name, "The bucket in the registry.")
        .required();
}

void check_one_of_two(const std::string& a, const std::string& b, const char* name_a,
                      const char* name_b, Problems& problems) {
    if (a.empty() == b.empty()) {
        problems.error(name_a,
                       fmt::format("Exactly one of {} and {} must be set.", name_a, name_b));
    }
}

void declare_text_outputs(HcpSchema& schema, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        schema.output(name, OptionType::String, fmt::format("The registry's {}.", name));
    }
}

}  // namespace
}  // namespace kiln
