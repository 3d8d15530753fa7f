#include "engine/declared.h"
#include "post_processor/declared.h"

namespace kiln {
namespace {

/// What every component for Amazon's cloud says of the account.
struct AmazonAccess {
    std::string access_key;
    std::string secret_key;
    std::string region;
    std::string profile;
    std::string token;
    std::string mfa_code;
    std::string custom_endpoint_ec2;
    std::string shared_credentials_file;
    bool skip_region_validation = false;
    bool skip_metadata_api_check = false;
    bool insecure_skip_tls_verify = false;
    int max_retries = 0;
};

/// The options of `amazon-import` (spec/components.md, section 4.7).
struct AmazonImportOptions {
    AmazonAccess access;
    std::string s3_bucket_name;
    std::string s3_key_name = "packer-import-{{timestamp}}.ova";
    std::string s3_encryption;
    std::string s3_encryption_key;
    std::string format = "ova";
    bool skip_clean = false;
    std::string ami_name;
    std::string ami_description;
    std::vector<std::string> ami_users;
    std::vector<std::string> ami_groups;
    std::vector<std::string> ami_org_arns;
    std::vector<std::string> ami_ou_arns;
    bool ami_encrypt = false;
    std::string ami_kms_key;
    std::string architecture = "x86_64";
    std::string boot_mode;
    std::string license_type = "BYOL";
    std::string platform;
    std::string role_name;
    std::map<std::string, std::string> tags;
};

Schema<AmazonAccess> amazon_access_schema();
Schema<AmazonImportOptions> amazon_import_schema();
void declare_image(Schema<AmazonImportOptions>& schema);

}  // namespace

void add_amazon_post_processors(Registry& registry) {
    registry.add_post_processor(
        "amazon-import",
        declared_factory<PostProcessor>(
            amazon_import_schema,
            "kiln does not speak to Amazon's cloud. A shell-local post-processor can call `aws s3 "
            "cp` and `aws ec2 import-image`."));
}

namespace {

Schema<AmazonAccess> amazon_access_schema() {
    using O = AmazonAccess;
    Schema<O> schema("access", "Amazon's cloud.");
    schema.option("access_key", &O::access_key, "The access key.")
        .default_is("AWS_ACCESS_KEY_ID, or the profile's")
        .option("secret_key", &O::secret_key, "The secret key.")
        .sensitive()
        .default_is("AWS_SECRET_ACCESS_KEY, or the profile's")
        .option("region", &O::region, "The region.")
        .required()
        .option("profile", &O::profile, "The profile in the credentials file.")
        .option("shared_credentials_file", &O::shared_credentials_file, "The credentials file.")
        .option("token", &O::token, "The session token.")
        .sensitive()
        .option("mfa_code", &O::mfa_code, "The code of a second factor.")
        .option("custom_endpoint_ec2", &O::custom_endpoint_ec2, "Another address of the service.")
        .option("skip_region_validation", &O::skip_region_validation, "Take any region.")
        .option("skip_metadata_api_check", &O::skip_metadata_api_check,
                "Do not ask the instance's metadata.")
        .option("insecure_skip_tls_verify", &O::insecure_skip_tls_verify,
                "Do not check certificates.")
        .option("max_retries", &O::max_retries, "How often a request is tried again.")
        .check([](const O& options, Problems& problems) {
            if (options.access_key.empty() != options.secret_key.empty()) {
                problems.error("access_key", "access_key and secret_key must both be set.");
            }
        });
    return schema;
}

Schema<AmazonImportOptions> amazon_import_schema() {
    using O = AmazonImportOptions;
    Schema<O> schema("amazon-import", "Imports a disk as an image of Amazon's cloud.");
    schema.include(&O::access, amazon_access_schema())
        .option("s3_bucket_name", &O::s3_bucket_name, "The bucket that the file goes to first.")
        .required()
        .option("s3_key_name", &O::s3_key_name, "The file's name in the bucket.")
        .rendered_late()
        .option("s3_encryption", &O::s3_encryption, "How the file is encrypted in the bucket.")
        .one_of({"AES256", "aws:kms"})
        .option("s3_encryption_key", &O::s3_encryption_key, "The key for aws:kms.")
        .option("format", &O::format, "The form of the file.")
        .one_of({"ova", "raw", "vhd", "vhdx", "vmdk"})
        .option("skip_clean", &O::skip_clean, "Leave the file in the bucket.");
    declare_image(schema);
    schema.check([](const O& options, Problems& problems) {
        if (options.s3_encryption == "aws:kms" && options.s3_encryption_key.empty()) {
            problems.error("s3_encryption_key",
                           "s3_encryption_key must be set with s3_encryption = \"aws:kms\".");
        }
    });
    return schema;
}

void declare_image(Schema<AmazonImportOptions>& schema) {
    using O = AmazonImportOptions;
    schema.option("ami_name", &O::ami_name, "The image's name.")
        .option("ami_description", &O::ami_description, "The image's description.")
        .option("ami_users", &O::ami_users, "Accounts that may use the image.")
        .option("ami_groups", &O::ami_groups, "Groups that may use the image.")
        .option("ami_org_arns", &O::ami_org_arns, "Organizations that may use the image.")
        .option("ami_ou_arns", &O::ami_ou_arns, "Organizational units that may use the image.")
        .option("ami_encrypt", &O::ami_encrypt, "Encrypt the image.")
        .option("ami_kms_key", &O::ami_kms_key, "The key to encrypt it with.")
        .option("architecture", &O::architecture, "The image's architecture.")
        .one_of({"x86_64", "arm64", "i386"})
        .option("boot_mode", &O::boot_mode, "The image's firmware.")
        .one_of({"legacy-bios", "uefi", "uefi-preferred"})
        .option("license_type", &O::license_type, "The licence of the system in it.")
        .option("platform", &O::platform, "The system in it.")
        .option("role_name", &O::role_name, "The role of the import service.")
        .option("tags", &O::tags, "The image's tags.");
}

}  // namespace
}  // namespace kiln
