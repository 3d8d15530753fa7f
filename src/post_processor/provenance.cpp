#include "engine/declared.h"
#include "engine/option_checks.h"
#include "post_processor/declared.h"

namespace kiln {
namespace {

struct ProvenanceOptions {
    std::optional<bool> provenance;
    std::string build_type = "https://packer.io/buildtypes/hcl2/v1";
    std::string output_dir;
    std::string template_path;
    std::vector<std::string> only_builds;
    std::map<std::string, std::string> user_variables;
    std::string source_uri;
    bool sbom = false;
    std::string sbom_format = "cyclonedx";
    std::string sbom_scan_path;
    std::string sbom_scope = "squashed";
    std::vector<std::string> sbom_exclude;
    std::string signing_mode = "none";
    std::string signer;
    std::string key;
    std::string verifier;
    std::string fulcio_url;
    std::string rekor_url;
    bool upload_tlog = false;
    std::string trusted_root_path;
    std::string keyless_identity;
    std::string keyless_oidc_issuer;
};

Schema<ProvenanceOptions> provenance_schema();
void declare_signing(Schema<ProvenanceOptions>& schema);
void check_provenance(const ProvenanceOptions& options, Problems& problems);

}  // namespace

void add_provenance_post_processor(Registry& registry) {
    registry.add_post_processor(
        "provenance", declared_factory<PostProcessor>(
                          provenance_schema,
                          "Statements of provenance come with a later version of kiln; the "
                          "post-processor manifest lists files and checksum their digests."));
}

namespace {

Schema<ProvenanceOptions> provenance_schema() {
    using O = ProvenanceOptions;
    Schema<O> schema("provenance", "States how the artifact was made, in the SLSA form.");
    schema.option("provenance", &O::provenance, "Whether to write the statement at all.")
        .default_is("true")
        .option("build_type", &O::build_type, "The statement's kind of build.")
        .option("output_dir", &O::output_dir, "Where the statement is written.")
        .default_is("beside the artifact's first file")
        .option("template", &O::template_path, "The template that the statement names.")
        .option("only_builds", &O::only_builds, "State the provenance of these builds alone.")
        .option("user_variables", &O::user_variables, "Variables that the statement names.")
        .option("source_uri", &O::source_uri, "Where the template is kept.")
        .option("sbom", &O::sbom, "Add a list of the software.")
        .option("sbom_format", &O::sbom_format, "The form of that list.")
        .one_of({"cyclonedx", "spdx"})
        .option("sbom_scan_path", &O::sbom_scan_path, "What is listed.")
        .option("sbom_scope", &O::sbom_scope, "Which layers are listed.")
        .one_of({"squashed", "all-layers"})
        .option("sbom_exclude", &O::sbom_exclude, "Patterns of what is not listed.");
    declare_signing(schema);
    schema.check(check_provenance);
    return schema;
}

void declare_signing(Schema<ProvenanceOptions>& schema) {
    using O = ProvenanceOptions;
    schema.option("signing_mode", &O::signing_mode, "How the statement is signed.")
        .one_of({"none", "key", "kms", "keyless"})
        .option("signer", &O::signer, "The key to sign with.")
        .option("key", &O::key, "Another name of signer.")
        .option("verifier", &O::verifier, "The key to check the signature with.")
        .option("fulcio_url", &O::fulcio_url, "The certificate service of keyless signing.")
        .option("rekor_url", &O::rekor_url, "The transparency log.")
        .option("upload_tlog", &O::upload_tlog, "Enter the signature in the transparency log.")
        .option("trusted_root_path", &O::trusted_root_path, "The root of trust for checking.")
        .option("keyless_identity", &O::keyless_identity, "Who signs without a key.")
        .option("keyless_oidc_issuer", &O::keyless_oidc_issuer, "Who vouches for that identity.");
}

void check_provenance(const ProvenanceOptions& options, Problems& problems) {
    if (!options.signer.empty() && !options.key.empty() && options.signer != options.key) {
        problems.error("key", "signer and key must be equal when both are set.");
    }
    const bool by_key = options.signing_mode == "key" || options.signing_mode == "kms";
    option_check::needs(fmt::format("signing_mode \"{}\"", options.signing_mode), by_key, "signer",
                        !options.signer.empty() || !options.key.empty(), problems);
    option_check::file_exists("trusted_root_path", options.trusted_root_path, problems);
}

}  // namespace
}  // namespace kiln
