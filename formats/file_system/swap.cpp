#include <algorithm>
#include <array>

#include "formats/bytes/bytes.h"
#include "formats/bytes/text.h"
#include "formats/file_system/file_system.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kSignatureSize = 10;
constexpr std::size_t kHeader = 1024;  // before it is room for a boot sector
constexpr std::size_t kHeaderSize = 48;

/// Linux's swap space: a header page, and pages whose content is worth nothing once the machine is
/// off. One that holds a hibernated machine bears another signature and is not touched.
class Swap : public FileSystem {
  public:
    Swap(FileSystemInfo info, std::uint64_t page_size)
        : info_(std::move(info)), page_size_(page_size) {}

    FileSystemInfo info() const override { return info_; }
    void for_each_free(const FreeRange& visit) const override {
        if (info_.size > page_size_) visit(page_size_, info_.size - page_size_);
    }
    std::optional<std::string> owner_of(std::uint64_t offset) const override {
        return offset < page_size_ ? "[swap header]" : "[swap]";
    }

  private:
    FileSystemInfo info_;
    std::uint64_t page_size_;
};

enum class Signature { None, Swap, Old, Hibernated };
Signature signature_at_end_of(const Volume& volume, std::uint64_t page_size);
FileSystemInfo read_info(const Volume& volume, std::uint64_t page_size, Signature signature);

}  // namespace

std::unique_ptr<FileSystem> open_swap(const Volume& volume) {
    for (std::uint64_t page_size = 4096; page_size <= 65536; page_size *= 2) {
        if (page_size > volume.size()) break;
        const Signature signature = signature_at_end_of(volume, page_size);
        if (signature == Signature::None) continue;
        return std::make_unique<Swap>(read_info(volume, page_size, signature), page_size);
    }
    return nullptr;
}

namespace {

Signature signature_at_end_of(const Volume& volume, std::uint64_t page_size) {
    using namespace std::string_view_literals;
    std::array<std::byte, kSignatureSize> bytes;
    volume.read(page_size - kSignatureSize, bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text == "SWAPSPACE2") return Signature::Swap;
    if (text == "SWAP-SPACE") return Signature::Old;
    for (const std::string_view word : {"S1SUSPEND\0"sv, "S2SUSPEND\0"sv, "ULSUSPEND\0"sv,
                                        "LINHIB0001"sv, "\xED\xC3\x02\xE9\x98\x56\xE5\x0C"sv}) {
        if (text.starts_with(word)) return Signature::Hibernated;
    }
    return Signature::None;
}

FileSystemInfo read_info(const Volume& volume, std::uint64_t page_size, Signature signature) {
    constexpr std::uint32_t kVersion = 1;
    FileSystemInfo info;
    info.type = "swap";
    info.size = volume.size();
    info.block_size = static_cast<std::uint32_t>(page_size);
    if (signature == Signature::Old) {
        info.untouchable = kOtherVersion;
        info.unknown = "version";
        return info;
    }
    std::array<std::byte, kHeaderSize> header;
    volume.read(kHeader, header);
    const std::span<const std::byte> bytes(header);
    info.uuid = uuid_text(bytes.subspan(12, 16));
    info.label = text_until_nul(bytes.subspan(28, 16));
    info.size = (std::uint64_t{load_le<std::uint32_t>(bytes, 4)} + 1) * page_size;
    if (signature == Signature::Hibernated) {
        info.untouchable = kHibernated;
    } else if (load_le<std::uint32_t>(bytes, 0) != kVersion) {
        info.untouchable = kOtherVersion;
        info.unknown = "version";
    } else if (info.size > volume.size()) {
        info.untouchable = "it is larger than its volume";
    }
    if (!info.untouchable.empty()) info.used = std::min(info.size, volume.size());
    return info;
}

}  // namespace
}  // namespace kiln::formats
