#include "engine/declared.h"
#include "engine/option_checks.h"
#include "post_processor/declared.h"

namespace kiln {
namespace {

/// How the components for Google's cloud log in.
struct GoogleAccess {
    std::string account_file;
    std::string credentials_file;
    std::string credentials_json;
    std::string access_token;
    std::string impersonate_service_account;
    std::vector<std::string> scopes;
};

/// The options of `googlecompute-import` (spec/components.md, section 4.7).
struct GoogleImportOptions {
    GoogleAccess access;
    std::string project_id;
    std::string bucket;
    std::string gcs_object_name = "packer-import-{{timestamp}}.tar.gz";
    std::string image_name;
    std::string image_description;
    std::string image_family;
    std::string image_architecture;
    std::vector<std::string> image_guest_os_features;
    std::map<std::string, std::string> image_labels;
    std::vector<std::string> image_storage_locations;
    std::string image_platform_key;
    std::vector<std::string> image_key_exchange_key;
    std::vector<std::string> image_signatures_db;
    std::vector<std::string> image_forbidden_signatures_db;
    bool skip_clean = false;
};

/// The options of `googlecompute-export`.
struct GoogleExportOptions {
    GoogleAccess access;
    std::vector<std::string> paths;
    int disk_size = 200;
    std::string disk_type = "pd-ssd";
    std::string machine_type = "n1-highcpu-4";
    std::string network = "default";
    std::string subnetwork;
    std::string zone;
    std::string service_account_email;
};

Schema<GoogleAccess> google_access_schema();
Schema<GoogleImportOptions> google_import_schema();
void declare_image(Schema<GoogleImportOptions>& schema);
Schema<GoogleExportOptions> google_export_schema();

}  // namespace

void add_google_post_processors(Registry& registry) {
    const std::string why =
        "kiln does not speak to Google's cloud. A shell-local post-processor can call `gcloud`.";
    registry.add_post_processor("googlecompute-import",
                                declared_factory<PostProcessor>(google_import_schema, why));
    registry.add_post_processor("googlecompute-export",
                                declared_factory<PostProcessor>(google_export_schema, why));
}

namespace {

Schema<GoogleAccess> google_access_schema() {
    using O = GoogleAccess;
    Schema<O> schema("access", "Google's cloud.");
    schema.option("account_file", &O::account_file, "The old name of credentials_file.")
        .option("credentials_file", &O::credentials_file, "The file of a service account.")
        .option("credentials_json", &O::credentials_json, "The text of such a file.")
        .sensitive()
        .option("access_token", &O::access_token, "A token to log in with.")
        .sensitive()
        .option("impersonate_service_account", &O::impersonate_service_account,
                "The service account to act as.")
        .option("scopes", &O::scopes, "What the login is allowed to do.")
        .check([](const O& options, Problems& problems) {
            option_check::at_most_one({{"account_file", !options.account_file.empty()},
                                       {"credentials_file", !options.credentials_file.empty()},
                                       {"credentials_json", !options.credentials_json.empty()},
                                       {"access_token", !options.access_token.empty()}},
                                      problems);
            option_check::is_json("credentials_json", options.credentials_json,
                                  option_check::JsonShape::Object, problems);
        });
    return schema;
}

Schema<GoogleImportOptions> google_import_schema() {
    using O = GoogleImportOptions;
    Schema<O> schema("googlecompute-import", "Imports a disk as an image of Google's cloud.");
    schema.include(&O::access, google_access_schema())
        .option("project_id", &O::project_id, "The project.")
        .required()
        .option("bucket", &O::bucket, "The bucket that the file goes to first.")
        .required()
        .option("gcs_object_name", &O::gcs_object_name, "The file's name in the bucket.")
        .rendered_late()
        .option("skip_clean", &O::skip_clean, "Leave the file in the bucket.");
    declare_image(schema);
    return schema;
}

void declare_image(Schema<GoogleImportOptions>& schema) {
    using O = GoogleImportOptions;
    schema.option("image_name", &O::image_name, "The image's name.")
        .required()
        .option("image_description", &O::image_description, "The image's description.")
        .option("image_family", &O::image_family, "The image's family.")
        .option("image_architecture", &O::image_architecture, "The image's architecture.")
        .option("image_guest_os_features", &O::image_guest_os_features,
                "What the system in it can do.")
        .option("image_labels", &O::image_labels, "The image's labels.")
        .option("image_storage_locations", &O::image_storage_locations, "Where it is kept.")
        .option("image_platform_key", &O::image_platform_key, "A platform key of secure boot.")
        .option("image_key_exchange_key", &O::image_key_exchange_key,
                "Key exchange keys of secure boot.")
        .option("image_signatures_db", &O::image_signatures_db, "Signatures of secure boot.")
        .option("image_forbidden_signatures_db", &O::image_forbidden_signatures_db,
                "Signatures that secure boot refuses.");
}

Schema<GoogleExportOptions> google_export_schema() {
    using O = GoogleExportOptions;
    Schema<O> schema("googlecompute-export", "Exports an image of Google's cloud to buckets.");
    schema.include(&O::access, google_access_schema())
        .option("paths", &O::paths, "Where to: a list of \"gs://BUCKET/FILE\".")
        .required()
        .option("disk_size", &O::disk_size, "The size of the export machine's disk in GB.")
        .option("disk_type", &O::disk_type, "The kind of that disk.")
        .option("machine_type", &O::machine_type, "The kind of the export machine.")
        .option("network", &O::network, "Its network.")
        .option("subnetwork", &O::subnetwork, "Its subnetwork.")
        .option("zone", &O::zone, "Its zone.")
        .option("service_account_email", &O::service_account_email, "Its service account.")
        .check([](const O& options, Problems& problems) {
            if (options.paths.empty()) problems.error("paths", "paths must be specified");
            for (const std::string& path : options.paths) {
                if (path.starts_with("gs://")) continue;
                problems.error("paths", fmt::format("\"{}\" must begin with gs://.", path));
            }
        });
    return schema;
}

}  // namespace
}  // namespace kiln
