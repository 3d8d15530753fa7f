#include "provisioner/hcp_sbom.h"

#include <algorithm>

#include "engine/late_text.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

void check_sbom(const HcpSbomOptions& options, Problems& problems);
bool is_sbom_name(const std::string& name);

}  // namespace

Schema<HcpSbomOptions> hcp_sbom_schema() {
    using O = HcpSbomOptions;
    Schema<O> schema("hcp-sbom", "Fetches a list of the guest's software, or has one made.");
    schema.option("source", &O::source, "The list in the guest, in SPDX or CycloneDX JSON.")
        .option("destination", &O::destination, "Where to keep a copy of it on this host.")
        .option("sbom_name", &O::sbom_name, "Its name: 3 to 36 letters, digits and hyphens.")
        .option("auto_generate", &O::auto_generate, "Have the list made in the guest.")
        .option("scanner_args", &O::scanner_args, "Arguments for the program that makes it.")
        .option("scan_path", &O::scan_path, "The directory of the guest that is listed.")
        .option("execute_command", &O::execute_command, "The command line that makes the list.")
        .rendered_late()
        .default_is("the program with its arguments, with sudo")
        .include(&O::elevated, elevated_schema())
        .option("scanner_url", &O::scanner_url, "Accepted for old templates; does nothing.")
        .deprecated("it does nothing")
        .option("scanner_checksum", &O::scanner_checksum,
                "Accepted for old templates; does nothing.")
        .deprecated("it does nothing")
        .check(check_sbom);
    return schema;
}

namespace {

void check_sbom(const HcpSbomOptions& options, Problems& problems) {
    option_check::exactly_one(
        {{"source", !options.source.empty()}, {"auto_generate", options.auto_generate}}, problems);
    if (!options.sbom_name.empty() && !is_sbom_name(options.sbom_name)) {
        problems.error("sbom_name",
                       fmt::format("\"{}\" is no name for it: 3 to 36 letters, digits and hyphens.",
                                   options.sbom_name));
    }
    check_late_text("execute_command", options.execute_command, problems);
}

bool is_sbom_name(const std::string& name) {
    return name.size() >= 3 && name.size() <= 36 &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-';
           });
}

}  // namespace
}  // namespace kiln
