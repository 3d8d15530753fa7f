#include "builder/options/iso_options.h"

#include "download/checksum.h"

namespace kiln {
namespace {

void check_iso(const IsoOptions& options, Problems& problems);

}  // namespace

std::vector<std::string> IsoOptions::urls() const {
    return iso_url.empty() ? iso_urls : std::vector<std::string>{iso_url};
}

Schema<IsoOptions> iso_schema() {
    using O = IsoOptions;
    Schema<O> schema("iso", "Where the installer comes from.");
    schema
        .option("iso_url", &O::iso_url,
                "The installer ISO (or, with disk_image, the disk image): a path, a file: or an "
                "http(s): URL.")
        .option("iso_urls", &O::iso_urls, "Several places for the same ISO, tried in their order.")
        .option("iso_checksum", &O::iso_checksum,
                "`none`, `HEX`, `TYPE:HEX` or `file:` with a path or URL of a checksum file.")
        .option("iso_target_path", &O::iso_target_path,
                "Where to keep the download: a file, or a directory when it has no extension.")
        .default_is("the cache")
        .option("iso_target_extension", &O::iso_target_extension,
                "The extension of the downloaded file.")
        .check(check_iso);
    return schema;
}

namespace {

void check_iso(const IsoOptions& options, Problems& problems) {
    if (!options.iso_url.empty() && !options.iso_urls.empty()) {
        problems.error("iso_urls", "Only one of iso_url or iso_urls must be specified.");
    }
    if (options.urls().empty()) {
        problems.error("iso_url", "One of iso_url or iso_urls must be specified.");
    }
    if (options.iso_checksum.empty()) {
        problems.error("iso_checksum",
                       "A checksum must be specified (`sha256sum FILE` computes one; \"none\" goes "
                       "without).");
        return;
    }
    if (options.iso_checksum == "none") {
        problems.warning(
            "iso_checksum",
            "A checksum of \"none\" was specified: what is downloaded is not checked.");
        return;
    }
    if (options.iso_checksum.ends_with(".iso")) {
        problems.error("iso_checksum",
                       fmt::format("\"{}\" is an ISO, not a checksum.", options.iso_checksum));
        return;
    }
    if (options.iso_checksum.starts_with("file:")) return;  // read when the build begins
    try {
        download::parse_checksum(options.iso_checksum);
    } catch (const Error& error) {
        problems.error("iso_checksum", error.to_string());
    }
}

}  // namespace
}  // namespace kiln
