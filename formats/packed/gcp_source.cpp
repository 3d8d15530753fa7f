#include "formats/packed/gcp_source.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "formats/bytes/bytes.h"
#include "formats/packed/packing.h"
#include "formats/packed/tar_stream.h"

namespace kiln::formats {

namespace {

constexpr std::string_view kMember = "disk.raw";
constexpr unsigned kMaxDirectories = 4;  // `./` and the like, before the disk

class GcpSource : public Source {
  public:
    GcpSource(const InputFile& file, Packing packing, TarStream archive, TarStreamMember member,
              CancelToken cancel)
        : name_(file.name()),
          cancel_(std::move(cancel)),
          packing_(packing),
          archive_(std::move(archive)),
          member_(std::move(member)) {}

    std::uint64_t virtual_size() const override { return member_.size; }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override;
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    SourceInfo info() const override;
    bool sequential() const override { return true; }

  private:
    std::uint64_t tail() const;
    void check_end() const;

    std::string name_;
    CancelToken cancel_;
    Packing packing_;
    mutable std::mutex mutex_;
    mutable TarStream archive_;
    TarStreamMember member_;
    mutable std::uint64_t position_ = 0;
};

std::optional<TarStreamMember> find_disk(TarStream& archive, const CancelToken& cancel);

}  // namespace

bool is_gcp_archive(const InputFile& file) try {
    const Packing packing = find_packing(file);
    if (packing == Packing::Zip) return false;
    TarStream archive(open_stream(file, packing), file.name());
    return find_disk(archive, CancelToken()).has_value();
} catch (const Error&) {
    return false;
}

std::unique_ptr<Source> open_gcp(InputFile file, const OpenOptions& options) {
    const Packing packing = find_packing(file);
    check_decoder_memory(file, packing, options.cancel);
    TarStream archive(open_stream(file, packing), file.name());
    auto member = find_disk(archive, options.cancel);
    if (!member) {
        throw Error(fmt::format("{} is not an archive for Google Compute Engine", file.name()))
            .because("the first file in its tar archive is not disk.raw")
            .with_hint("Unpack it and give the image that is inside.");
    }
    return std::make_unique<GcpSource>(file, packing, std::move(archive), std::move(*member),
                                       options.cancel);
}

namespace {

std::optional<TarStreamMember> find_disk(TarStream& archive, const CancelToken& cancel) {
    constexpr char kDirectory = '5';
    for (unsigned i = 0; i < kMaxDirectories; ++i) {
        auto member = archive.next(cancel);
        if (!member) return std::nullopt;
        // One with a size would have to be read over, and may be as long as it likes.
        if (member->type == kDirectory && member->size == 0) continue;
        if (!member->is_file() || member->name != kMember) return std::nullopt;
        return member;
    }
    return std::nullopt;
}

Extent GcpSource::next_extent(std::uint64_t offset, std::uint64_t) const {
    const std::uint64_t end = member_.size;
    if (offset >= tail()) return {offset, end - offset, Extent::Kind::Data};
    const TarRuns& runs = *member_.runs;
    const auto run = std::ranges::upper_bound(runs, offset, {}, &TarRun::end);
    if (run == runs.end()) return {offset, tail() - offset, Extent::Kind::Hole};
    if (run->offset > offset) {
        return {offset, std::min(run->offset, tail()) - offset, Extent::Kind::Hole};
    }
    return {offset, run->end() - offset, Extent::Kind::Data};
}

// The end is always read, whatever the map says: behind it stands what must be checked.
std::uint64_t GcpSource::tail() const {
    constexpr std::uint64_t kTail = 4096;
    return member_.size < kTail ? 0 : (member_.size - 1) / kTail * kTail;
}

void GcpSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    const std::lock_guard lock(mutex_);
    if (offset < position_) {
        throw Error(fmt::format("{} can only be read from front to back", name_))
            .because("an archive is a stream")
            .with_hint("Convert it to another format first, then use that image.");
    }
    archive_.read(offset, out, cancel_);
    position_ = offset + out.size();
    if (position_ == member_.size) check_end();
}

// The rest is decoded for its checksums.
void GcpSource::check_end() const {
    if (const auto more = archive_.next(cancel_)) {
        throw Error(fmt::format("{} is not an archive for Google Compute Engine", name_))
            .because(fmt::format("it holds {} besides disk.raw", more->name));
    }
    archive_.drain(cancel_);
}

SourceInfo GcpSource::info() const {
    SourceInfo info;
    info.format = "gcp";
    info.virtual_size = member_.size;
    info.compression = packing_name(packing_);
    if (member_.sparse) info.features.emplace_back("sparse member");
    return info;
}

}  // namespace
}  // namespace kiln::formats
