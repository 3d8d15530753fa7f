#include <cstdlib>

#include "component_table.h"

namespace kiln::test {
namespace {

TEST(Provenance, ChecksItsOptions) {
    check_table("post-processor", "provenance", {},
                {
                    {{{"sbom_format", "swid"}}, "sbom_format must be one of"},
                    {{{"sbom_scope", "all"}}, "sbom_scope must be one of"},
                    {{{"signing_mode", "key"}}, "needs signer"},
                    {{{"signing_mode", "key"}, {"key", "k"}}, ""},
                    {{{"signer", "a"}, {"key", "b"}}, "must be equal"},
                    {{{"trusted_root_path", "/nonexistent"}}, "does not exist"},
                });
}

TEST(Checksum, ChecksItsOptions) {
    check_table("post-processor", "checksum", {},
                {
                    {{{"checksum_types", Setting::List{"md5", "sha3"}}}, "sha3"},
                });
    check_table("post-processor", "manifest", {}, {{{{"filename", "x"}}, "It is output now"}});
}

TEST(Vagrant, ChecksItsOptions) {
    const SomeFile vagrantfile("Vagrantfile");
    check_table(
        "post-processor", "vagrant", {},
        {
            {{{"output", "box/{{ .Provider }}.box"}, {"compression_level", 9}}, ""},
            {{{"output", "{{ .Provider"}}, "output cannot be read"},
            {{{"compression_level", 10}}, "from -1 to 9"},
            {{{"vagrantfile_template", vagrantfile.path()}}, ""},
            {{{"vagrantfile_template", "/nonexistent"}}, "/nonexistent does not exist"},
            {{{"vagrantfile_template", "/nonexistent"}, {"vagrantfile_template_generated", true}},
             ""},
            {{{"provider_override", "qemu"}}, "provider_override must be one of"},
            {{{"override", Setting::Map{{"vmware", Setting::Map{}}}}}, ""},
        });
}

TEST(VagrantCloud, ChecksItsOptions) {
    unsetenv("VAGRANT_CLOUD_TOKEN");
    unsetenv("ATLAS_TOKEN");
    check_table("post-processor", "vagrant-cloud",
                {{"box_tag", "me/box"}, {"version", "1.0"}, {"access_token", "token-token"}},
                {
                    {{{"box_tag", Setting()}}, "box_tag must be set"},
                    {{{"box_tag", "box"}}, "must be USER/NAME"},
                    {{{"version", Setting()}}, "version must be set"},
                    {{{"access_token", Setting()}}, "access_token must be set"},
                    {{{"access_token", Setting()}, {"vagrant_cloud_url", "https://127.0.0.1"}}, ""},
                    {{{"box_checksum", "abc"}}, "must be TYPE:HEX"},
                    {{{"box_checksum", "sha256:abc"}}, ""},
                });
}

TEST(VagrantRegistry, ChecksItsOptions) {
    unsetenv("HCP_CLIENT_ID");
    unsetenv("HCP_CLIENT_SECRET");
    check_table("post-processor", "vagrant-registry",
                {{"box_tag", "me/box"},
                 {"version", "1.0"},
                 {"client_id", "id"},
                 {"client_secret", "secret-secret"}},
                {
                    {{{"client_id", Setting()}}, "client_id must be set"},
                    {{{"client_secret", Setting()}}, "client_secret must be set"},
                });
}

TEST(Vsphere, ChecksItsOptions) {
    check_table("post-processor", "vsphere",
                {{"host", "h"},
                 {"username", "u"},
                 {"password", "pass-word"},
                 {"datacenter", "d"},
                 {"cluster", "c"},
                 {"vm_name", "v"},
                 {"datastore", "s"}},
                {
                    {{{"password", Setting()}}, "password must be set"},
                    {{{"vm_name", ""}}, "vm_name must be set"},
                    {{{"datastore", Setting()}}, "One of datastore, datastore_cluster"},
                    {{{"datastore_cluster", "x"}}, "cannot be used together"},
                    {{{"max_retries", -1}}, "must not be negative"},
                });
    check_table("post-processor", "vsphere-template",
                {{"host", "h"}, {"username", "u"}, {"password", "pass-word"}},
                {
                    {{{"reregister_vm", false}, {"snapshot_enable", true}}, ""},
                    {{{"host", Setting()}}, "host must be set"},
                });
}

TEST(Docker, ChecksItsOptions) {
    check_table("post-processor", "docker-import", {{"repository", "me/box"}},
                {{{{"repository", Setting()}}, "repository must be set"}, {{{"tag", "1"}}, ""}});
    check_table("post-processor", "docker-push", {},
                {{{{"ecr_login", true}}, "ECR login requires login server"},
                 {{{"ecr_login", true}, {"login_server", "https://127.0.0.1"}}, ""}});
    check_table("post-processor", "docker-save", {{"path", "x.tar"}},
                {{{{"path", Setting()}}, "path must be set"}});
    check_table("post-processor", "docker-tag", {{"repository", "me/box"}},
                {{{{"tags", Setting::List{"a", "b"}}}, ""}, {{{"tag", "a"}}, "is deprecated"}});
}

TEST(CloudImports, CheckTheirOptions) {
    check_table("post-processor", "amazon-import",
                {{"region", "eu-central-1"}, {"s3_bucket_name", "b"}},
                {
                    {{{"region", Setting()}}, "region must be set"},
                    {{{"s3_bucket_name", Setting()}}, "s3_bucket_name must be set"},
                    {{{"format", "qcow2"}}, "format must be one of"},
                    {{{"access_key", "a"}}, "must both be set"},
                    {{{"s3_encryption", "aws:kms"}}, "s3_encryption_key must be set"},
                });
    check_table(
        "post-processor", "googlecompute-import",
        {{"project_id", "p"}, {"bucket", "b"}, {"image_name", "i"}},
        {
            {{{"bucket", Setting()}}, "bucket must be set"},
            {{{"account_file", "a"}, {"access_token", "token-token"}}, "cannot be used together"},
            {{{"credentials_json", "x"}}, "is not JSON"},
        });
    check_table("post-processor", "googlecompute-export", {{"paths", Setting::List{"gs://b/x"}}},
                {{{{"paths", Setting::List{"s3://b/x"}}}, "must begin with gs://"},
                 {{{"paths", Setting::List{}}}, "paths must be specified"}});
    check_table("post-processor", "digitalocean-import",
                {{"api_token", "token-token"},
                 {"spaces_key", "k"},
                 {"spaces_secret", "secret-secret"},
                 {"spaces_region", "fra1"},
                 {"space_name", "s"},
                 {"image_name", "i"},
                 {"image_regions", Setting::List{"fra1"}}},
                {{{{"image_name", Setting()}}, "image_name must be set"},
                 {{{"timeout", "-1m"}}, "must not be negative"}});
}

}  // namespace
}  // namespace kiln::test
