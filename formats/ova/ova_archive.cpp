#include "formats/ova/ova_archive.h"

#include <limits>

#include "base/digest.h"
#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {
// For the descriptor's reserved size: no number in it can become longer.
constexpr std::uint64_t kLongestNumber = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kSha256Digits = 64;
}  // namespace

OvaArchive::OvaArchive(std::filesystem::path path, OvfMachine machine, const OvaOptions& options)
    : path_(std::move(path)),
      name_(path_.stem().string()),
      machine_(std::move(machine)),
      options_(options) {
    if (path_ == "-") {
        throw Error("an OVA cannot be written to a pipe")
            .because("its descriptor stands first and is written last")
            .with_hint("Name a file, or write a streamOptimized VMDK to the pipe.");
    }
    if (machine_.name.empty()) machine_.name = name_;
    to_ovf(machine_, {OvfDisk{}});  // what is wrong with the machine is said before the work
    TarEntry{fmt::format("{}-disk99.vmdk", name_), 0}.encode();
}

void OvaArchive::begin(const std::vector<std::uint64_t>& disk_sizes) {
    disks_.clear();
    for (const std::uint64_t size : disk_sizes) {
        disks_.push_back({fmt::format("{}-disk{}.vmdk", name_, disks_.size() + 1),
                          round_up(size, kVmdkSector), kLongestNumber, kLongestNumber});
    }
    descriptor_size_ = to_ovf(machine_, disks_).size();
    digests_.assign(disks_.size(), std::string(kSha256Digits, '0'));
    const std::uint64_t manifest_size = manifest(digests_.front()).size();
    manifest_offset_ = kTarBlock + round_up(descriptor_size_, kTarBlock);
    digests_.clear();

    file_.emplace(path_);
    append_zeros(manifest_offset_ + kTarBlock + round_up(manifest_size, kTarBlock));
}

void OvaArchive::begin_disk() {
    const OvfDisk& disk = disks_.at(digests_.size());
    disk_header_ = file_->position();
    append_zeros(kTarBlock);
    StreamOptimizedOptions options;
    options.speed = options_.speed;
    options.adapter_type = machine_.disk_controller == DiskController::Ide ? "ide" : "lsilogic";
    options.sha256 = true;  // for the manifest
    writer_.emplace(*file_, disk.capacity, disk.file_name, options);
}

void OvaArchive::append(const EncodedBatch& batch, const std::shared_ptr<const void>& keep_alive) {
    writer_->append(batch, keep_alive);
}

OutputMember OvaArchive::end_disk(const CancelToken& cancel) {
    const StreamOptimizedWriter::Result written = writer_->finish(cancel);
    OvfDisk& disk = disks_.at(digests_.size());
    disk.file_size = written.size;
    disk.populated_size = written.populated;
    write_entry(disk_header_, {disk.file_name, disk.file_size});
    append_zeros(round_up(file_->position(), kTarBlock) - file_->position());
    digests_.push_back(written.sha256);
    return {disk.file_name, disk.file_size, written.sha256};
}

OutputResult OvaArchive::finish(const CancelToken& cancel) {
    append_zeros(2 * kTarBlock);
    const std::string descriptor = padded_descriptor();
    const std::string descriptor_digest = digest_hex(DigestType::Sha256, descriptor);
    const std::string manifest_text = manifest(descriptor_digest);
    write_entry(0, {name_ + ".ovf", descriptor.size()});
    file_->write_at(kTarBlock, as_byte_span(descriptor));
    write_entry(manifest_offset_, {name_ + ".mf", manifest_text.size()});
    file_->write_at(manifest_offset_ + kTarBlock, as_byte_span(manifest_text));

    OutputResult result{path_.string(), "ova", file_->position(), {}, {}};
    result.members.push_back({name_ + ".ovf", descriptor.size(), descriptor_digest});
    result.members.push_back(
        {name_ + ".mf", manifest_text.size(), digest_hex(DigestType::Sha256, manifest_text)});
    for (std::size_t i = 0; i < disks_.size(); ++i) {
        result.members.push_back({disks_[i].file_name, disks_[i].file_size, digests_[i]});
    }
    if (options_.sha256 || !options_.digests.empty()) {
        file_->digest(result, options_.digests, cancel);
    }
    return result;
}

// DSP0243, section 5.1: one line for each file, in the form that ovftool writes.
std::string OvaArchive::manifest(const std::string& descriptor_digest) const {
    std::string text = fmt::format("SHA256({}.ovf)= {}\n", name_, descriptor_digest);
    for (std::size_t i = 0; i < disks_.size(); ++i) {
        text += fmt::format("SHA256({})= {}\n", disks_[i].file_name, digests_[i]);
    }
    return text;
}

// Space behind the root element is allowed in XML and fills the reserved place.
std::string OvaArchive::padded_descriptor() const {
    std::string text = to_ovf(machine_, disks_);
    text.resize(descriptor_size_ - 1, ' ');
    text += '\n';
    return text;
}

void OvaArchive::write_entry(std::uint64_t offset, const TarEntry& entry) {
    file_->write_at(offset, entry.encode());
}

void OvaArchive::append_zeros(std::uint64_t count) {
    file_->append(std::vector<std::byte>(count));
}

}  // namespace kiln::formats
