#include "formats/packed/box_archive.h"

#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

#include "formats/core/disk_choice.h"
#include "formats/file/spool.h"
#include "formats/packed/packing.h"
#include "formats/packed/tar_stream.h"

namespace kiln::formats {

namespace {

constexpr unsigned kMaxMembers = 4096;
constexpr std::uint64_t kMaxMetadata = std::uint64_t{1} << 20;
constexpr std::string_view kMetadata = "metadata.json";

struct Metadata {
    std::string provider;
    std::string format;
};

// One pass over the archive.
class BoxReader {
  public:
    BoxReader(const InputFile& file, const OpenOptions& options)
        : file_(file),
          options_(options),
          packing_(find_packing(file)),
          archive_(open_stream(file, packing_), file.name()) {}
    BoxDisk read();

  private:
    void take(const TarStreamMember& member);
    bool is_wanted(std::string_view name) const;
    InputFile extract(const TarStreamMember& member);
    std::string read_metadata(const TarStreamMember& member);
    std::string format_of(std::string_view name, const Metadata& metadata) const;
    bool has_parts(std::string_view name) const;

    const InputFile& file_;
    const OpenOptions& options_;
    Packing packing_;
    TarStream archive_;
    std::string metadata_;
    std::vector<std::string> disks_;
    std::vector<std::string> parts_;  // of split VMDKs
    std::optional<InputFile> disk_;
    std::size_t taken_ = 0;  // the index of `disk_` in `disks_`
};

bool is_box_name(std::string_view name, bool packed);
bool is_disk_name(std::string_view name);
bool is_part_name(std::string_view name);
Metadata parse_metadata(const std::string& text, const std::string& container);

}  // namespace

bool is_box(const InputFile& file) try {
    constexpr unsigned kMembers = 16;
    constexpr std::uint64_t kLookAt = std::uint64_t{1} << 20;
    const Packing packing = find_packing(file);
    if (packing == Packing::Zip) return false;
    TarStream archive(open_stream(file, packing), file.name());
    for (unsigned i = 0; i < kMembers; ++i) {
        const auto member = archive.next(CancelToken());
        if (!member) return false;
        if (member->is_file() && is_box_name(member->name, packing != Packing::None)) return true;
        if (member->size > kLookAt || archive.position() > kLookAt) return false;
    }
    return false;
} catch (const Error&) {
    return false;
}

BoxDisk find_box_disk(const InputFile& file, const OpenOptions& options) {
    return BoxReader(file, options).read();
}

namespace {

BoxDisk BoxReader::read() {
    check_decoder_memory(file_, packing_, options_.cancel);
    for (unsigned i = 0;; ++i) {
        const auto member = archive_.next(options_.cancel);
        if (!member) break;
        if (i == kMaxMembers) throw Error(fmt::format("{} holds too many files", file_.name()));
        if (member->is_file()) take(*member);
    }
    archive_.drain(options_.cancel);
    const std::size_t chosen = choose_disk(disks_, options_.disk, file_.name());
    if (!disk_ || taken_ != chosen)
        throw Error(fmt::format("{} holds its disk twice", file_.name()));
    const Metadata metadata = parse_metadata(metadata_, file_.name());
    BoxDisk disk{std::move(*disk_), disks_[chosen], metadata.provider, {}, false};
    disk.format = format_of(disk.name, metadata);
    disk.split = has_parts(disk.name);
    return disk;
}

void BoxReader::take(const TarStreamMember& member) {
    if (member.name == kMetadata) metadata_ = read_metadata(member);
    if (is_part_name(member.name)) {
        parts_.push_back(member.name);
        return;
    }
    if (!is_disk_name(member.name)) return;
    disks_.push_back(member.name);
    if (is_wanted(member.name) && !disk_) {
        disk_ = extract(member);
        taken_ = disks_.size() - 1;
    }
}

// The last one of `disks_`.
bool BoxReader::is_wanted(std::string_view name) const {
    return options_.disk.empty() || options_.disk == name ||
           options_.disk == std::to_string(disks_.size());
}

InputFile BoxReader::extract(const TarStreamMember& member) {
    if (packing_ == Packing::None && !member.sparse) {
        return file_.window(member.offset, member.size, member.name);
    }
    Spool spool(fmt::format("{} in {}", member.name, file_.name()));
    std::vector<std::byte> block(std::size_t{1} << 20);
    for (const TarRun& run : *member.runs) {
        spool.append_zeros(run.offset - spool.size());
        while (spool.size() < run.end()) {
            options_.cancel.throw_if_cancelled();
            const auto part = std::span(block).first(
                std::min<std::uint64_t>(block.size(), run.end() - spool.size()));
            archive_.read(spool.size(), part, options_.cancel);
            spool.append(part);
        }
    }
    spool.append_zeros(member.size - spool.size());
    return spool.finish();
}

std::string BoxReader::read_metadata(const TarStreamMember& member) {
    if (member.size > kMaxMetadata) {
        throw Error(fmt::format("{} in {} is larger than 1 MiB", member.name, file_.name()));
    }
    std::string text(member.size, '\0');
    archive_.read(0, std::as_writable_bytes(std::span(text.data(), text.size())));
    return text;
}

std::string BoxReader::format_of(std::string_view name, const Metadata& metadata) const {
    for (const std::string_view format : {"qcow2", "vmdk", "vhdx", "vhd"}) {
        if (name.ends_with(fmt::format(".{}", format))) return std::string(format);
    }
    if (metadata.provider == "libvirt" || metadata.provider == "qemu") {
        return metadata.format.empty() ? "qcow2" : metadata.format;
    }
    throw Error(fmt::format("the format of {} in {} is not told", name, file_.name()))
        .because(metadata_.empty()
                     ? std::string("the box has no metadata.json")
                     : fmt::format("it is for the provider \"{}\"", metadata.provider))
        .with_hint("Unpack the box with tar and give the disk with its format.");
}

bool BoxReader::has_parts(std::string_view name) const {
    const std::string_view stem = name.substr(0, name.size() - std::string_view(".vmdk").size());
    return name.ends_with(".vmdk") && std::ranges::any_of(parts_, [&](const std::string& part) {
               return part.starts_with(stem);
           });
}

bool is_box_name(std::string_view name, bool packed) {
    constexpr std::array<std::string_view, 4> kNames = {kMetadata, "Vagrantfile", "box.img",
                                                        "box_0.img"};
    if (std::ranges::find(kNames, name) != kNames.end()) return true;
    // An OVA can hold these too, but is never compressed.
    return packed && (name == "box.ovf" || (name.starts_with("box-disk") && is_disk_name(name)));
}

bool is_disk_name(std::string_view name) {
    constexpr std::array<std::string_view, 5> kEnds = {".img", ".qcow2", ".vmdk", ".vhdx", ".vhd"};
    return std::ranges::any_of(kEnds, [&](std::string_view end) { return name.ends_with(end); });
}

// `disk-s001.vmdk`, `disk-f001.vmdk`
bool is_part_name(std::string_view name) {
    constexpr std::size_t kEnd = std::string_view("-s001.vmdk").size();
    if (!name.ends_with(".vmdk") || name.size() <= kEnd) return false;
    const std::string_view end = name.substr(name.size() - kEnd);
    return (end.starts_with("-s") || end.starts_with("-f")) &&
           std::ranges::all_of(end.substr(2, 3), [](char c) { return c >= '0' && c <= '9'; });
}

Metadata parse_metadata(const std::string& text, const std::string& container) {
    if (text.empty()) return {};
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object()) {
        throw Error(fmt::format("{} in {} is not valid", kMetadata, container))
            .because("it is no JSON object");
    }
    constexpr std::size_t kMaxWord = 64;
    const auto word = [&](const char* key) {
        const auto found = json.find(key);
        std::string value;
        if (found != json.end() && found->is_string()) value = found->get<std::string>();
        if (value.size() > kMaxWord) {
            throw Error(fmt::format("{} in {} is not valid", kMetadata, container))
                .because(fmt::format("its {} is longer than {} bytes", key, kMaxWord));
        }
        return value;
    };
    return {word("provider"), word("format")};
}

}  // namespace
}  // namespace kiln::formats
