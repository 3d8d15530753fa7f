#include "formats/ova/ovf_format.h"

#include <array>

#include "formats/core/container_source.h"
#include "formats/file/reference.h"
#include "formats/ova/ovf_descriptor.h"
#include "formats/ova/package_check.h"
#include "formats/vmdk/vmdk_format.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxText = std::uint64_t{4} << 20;

bool recognizes(const InputFile& file);
std::unique_ptr<Source> open(InputFile file, const OpenOptions& options);
void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work);
std::string read_text(const InputFile& file);
OvfDescriptor read_descriptor(const InputFile& file);
InputFile open_beside(const InputFile& file, std::string_view name, const OpenOptions& options);
OvfPackage package_of(const InputFile& file, const OpenOptions& options);

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"ovf"sv};

}  // namespace

const Format kOvfFormat = {
    .name = "ovf",
    .title = "Open Virtualization Format, a directory",
    .extensions = kExtensions,
    .options = "",
    .recognizes = recognizes,
    .open = open,
    .check = check,
    .make_sink = nullptr,
};

namespace {

// XML whose root is an Envelope of DMTF's namespace, as far as the first bytes tell.
bool recognizes(const InputFile& file) {
    std::array<char, 2048> head{};
    const std::size_t length = std::min<std::uint64_t>(file.size(), head.size());
    file.read(0, std::as_writable_bytes(std::span(head)).first(length));
    std::string_view text(head.data(), length);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text.starts_with('<') && text.find("Envelope") != std::string_view::npos &&
           text.find("/ovf/envelope") != std::string_view::npos;
}

std::unique_ptr<Source> open(InputFile file, const OpenOptions& options) {
    const OvfDescriptor descriptor = read_descriptor(file);
    const auto& disk = choose_ovf_disk(descriptor, options.disk, file.name());
    OpenOptions inner = options;
    inner.format = &kVmdkFormat;
    inner.disk.clear();
    std::unique_ptr<Source> source = kVmdkFormat.open(open_beside(file, disk.file, options), inner);
    std::vector<std::pair<std::string, std::string>> details;
    for (const OvfDescriptor::File& each : descriptor.files)
        details.emplace_back("file", each.href);
    return make_container_source(std::move(source), "ovf", std::move(details));
}

void check(const InputFile& file, CheckReport& report, const OpenOptions& options,
           const ConvertOptions& work) {
    const OvfDescriptor descriptor = read_descriptor(file);
    if (!options.allow_backing) {
        report.notes.push_back(
            fmt::format("The {} files that the descriptor names were not looked at: that needs "
                        "--allow-backing.",
                        descriptor.files.size()));
        return;
    }
    check_package(package_of(file, options), report, options, work);
}

std::string read_text(const InputFile& file) {
    if (file.size() > kMaxText) throw Error(fmt::format("{} is larger than 4 MiB", file.name()));
    std::string text(file.size(), '\0');
    file.read(0, std::as_writable_bytes(std::span(text.data(), text.size())));
    return text;
}

OvfDescriptor read_descriptor(const InputFile& file) try {
    return parse_ovf(read_text(file));
} catch (const Error& error) {
    throw Error(fmt::format("{} cannot be read", file.name())).because(error);
}

InputFile open_beside(const InputFile& file, std::string_view name, const OpenOptions& options) {
    if (name.find('/') != std::string_view::npos || name == "." || name == "..") {
        throw Error(fmt::format("{} names the file {}", file.name(), name))
            .because("files of a package lie in its own directory")
            .with_hint("Put the file beside the descriptor and mend its name there.");
    }
    return open_reference(file, name, "its file", options);
}

OvfPackage package_of(const InputFile& file, const OpenOptions& options) {
    OvfPackage package;
    package.name = file.name();
    package.descriptor_name = file.path().filename().string();
    package.descriptor = read_text(file);
    package.find = [&file, &options](std::string_view name) -> std::optional<InputFile> {
        std::error_code ignored;
        const bool plain = name.find('/') == std::string_view::npos;
        if (plain && !std::filesystem::exists(file.path().parent_path() / name, ignored)) {
            return std::nullopt;
        }
        return open_beside(file, name, options);
    };
    const std::string stem = file.path().stem().string();
    if (const auto manifest = package.find(stem + ".mf")) package.manifest = read_text(*manifest);
    package.files.push_back(package.descriptor_name);
    for (const OvfDescriptor::File& entry : read_descriptor(file).files) {
        package.files.push_back(entry.href);
    }
    std::error_code ignored;
    if (std::filesystem::exists(file.path().parent_path() / (stem + ".cert"), ignored)) {
        package.files.push_back(stem + ".cert");
    }
    return package;
}

}  // namespace
}  // namespace kiln::formats
