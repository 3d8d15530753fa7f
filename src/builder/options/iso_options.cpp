#include "builder/options/iso_options.h"

#include <fmt/ranges.h>

#include "base/file.h"
#include "download/checksum.h"

namespace kiln {
namespace {

Schema<IsoOptions> declare_iso();
void check_iso(const IsoOptions& options, Problems& problems);
void check_checksum(const IsoOptions& options, Problems& problems);
void check_checksum_file(const IsoOptions& options, Problems& problems);

}  // namespace

std::vector<std::string> IsoOptions::urls() const {
    return iso_url.empty() ? iso_urls : std::vector<std::string>{iso_url};
}

Schema<IsoOptions> iso_schema() {
    return declare_iso().check(check_iso);
}

Schema<IsoOptions> streamed_iso_schema() {
    return declare_iso()
        .option("iso_skip_cache", &IsoOptions::skip_cache,
                "Let the hypervisor read the ISO from its server; it is not checked then.")
        .unavailable("an ISO is always downloaded and checked")
        .check(check_iso);
}

Schema<IsoOptions> optional_iso_schema() {
    return declare_iso().check([](const IsoOptions& options, Problems& problems) {
        if (options.urls().empty() && options.iso_checksum.empty()) return;
        check_iso(options, problems);
    });
}

namespace {

Schema<IsoOptions> declare_iso() {
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
        .former_name("iso_checksum_type", "Write the type into iso_checksum: \"sha256:HEX\".")
        .former_name("iso_checksum_url", "Write iso_checksum = \"file:URL\".")
        .former_name("iso_md5", "Write iso_checksum = \"md5:HEX\".");
    return schema;
}

void check_iso(const IsoOptions& options, Problems& problems) {
    if (!options.iso_url.empty() && !options.iso_urls.empty()) {
        problems.error("iso_urls", "Only one of iso_url or iso_urls must be specified.");
    }
    if (options.urls().empty()) {
        problems.error("iso_url", "One of iso_url or iso_urls must be specified.");
    }
    if (!options.skip_cache) check_checksum(options, problems);
}

void check_checksum(const IsoOptions& options, Problems& problems) {
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
    if (options.iso_checksum.starts_with("file:")) {
        check_checksum_file(options, problems);
        return;
    }
    try {
        download::parse_checksum(options.iso_checksum);
    } catch (const Error& error) {
        problems.error("iso_checksum", error.to_string());
    }
}

// A checksum file on this host is read at once; one on a server when the build begins.
void check_checksum_file(const IsoOptions& options, Problems& problems) {
    std::string_view file = std::string_view(options.iso_checksum).substr(5);
    if (file.starts_with("file:")) file.remove_prefix(5);
    if (file.starts_with("//")) file.remove_prefix(2);
    if (file.find("://") != std::string_view::npos || file.find("::") != std::string_view::npos) {
        return;
    }
    try {
        const std::string text = read_file(expand_home(file));
        for (const std::string& url : options.urls()) {
            const std::string input = url.substr(0, url.find('?'));
            if (download::find_checksum(text, input, file)) return;
        }
        problems.error("iso_checksum", fmt::format("{} has no checksum for {}.", file,
                                                   fmt::join(options.urls(), ", ")));
    } catch (const Error& error) {
        problems.error("iso_checksum", error.to_string());
    }
}

}  // namespace
}  // namespace kiln
