#include "formats/packed/filter_stream.h"

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

#include <archive.h>

namespace kiln::formats {

namespace {

class FilterStream : public ByteStream {
  public:
    FilterStream(InputFile file, ArchiveFilter filter);
    std::size_t read(std::span<std::byte> out) override;

  private:
    void check(int result);
    void check_end();
    static la_ssize_t give(archive*, void* self, const void** bytes);

    struct Free {
        void operator()(archive* reader) const { archive_read_free(reader); }
    };
    InputFile file_;
    std::vector<std::byte> buffer_;
    std::uint64_t position_ = 0;
    std::exception_ptr failure_;  // of `give`: must not cross the library
    std::unique_ptr<archive, Free> reader_;
    bool ended_ = false;
};

bool is_empty_bzip2(const InputFile& file);

}  // namespace

std::unique_ptr<ByteStream> make_filter_stream(InputFile file, ArchiveFilter filter) {
    return std::make_unique<FilterStream>(std::move(file), filter);
}

namespace {

FilterStream::FilterStream(InputFile file, ArchiveFilter filter)
    : file_(std::move(file)), buffer_(std::size_t{256} << 10), reader_(archive_read_new()) {
    if (!reader_) throw Error("no memory for a decompressor");
    // Named, not looked for: else a stream inside the stream would be decoded too.
    check(archive_read_append_filter(
        reader_.get(), filter == ArchiveFilter::Xz ? ARCHIVE_FILTER_XZ : ARCHIVE_FILTER_BZIP2));
    check(archive_read_support_format_raw(reader_.get()));
    check(archive_read_support_format_empty(reader_.get()));
    check(archive_read_open(reader_.get(), this, nullptr, give, nullptr));
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(reader_.get(), &entry);
    if (result == ARCHIVE_EOF) {
        // Also when the first block of a bzip2 is cut off.
        if (filter == ArchiveFilter::Bzip2 && !is_empty_bzip2(file_)) {
            throw_cut_off(file_.name());
        }
        ended_ = true;
        check_end();
    } else {
        check(result);
    }
}

std::size_t FilterStream::read(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size() && !ended_) {
        const la_ssize_t count =
            archive_read_data(reader_.get(), out.data() + done, out.size() - done);
        if (count < 0) check(static_cast<int>(count));
        ended_ = count == 0;
        done += static_cast<std::size_t>(count);
    }
    if (ended_) check_end();
    return done;
}

// The decoder of bzip2 stops silently at what is no stream.
void FilterStream::check_end() {
    const auto used = static_cast<std::uint64_t>(archive_filter_bytes(reader_.get(), -1));
    if (used != file_.size()) {
        throw_damaged(file_.name(), "something else stands behind the end of the compressed data");
    }
}

void FilterStream::check(int result) {
    if (result == ARCHIVE_OK) return;
    if (failure_) std::rethrow_exception(failure_);
    const char* text = archive_error_string(reader_.get());
    const std::string reason = text != nullptr ? text : "the compressed data are not valid";
    if (reason.find("runcated") != std::string::npos || position_ == file_.size()) {
        throw Error(fmt::format("{} is damaged or cut off", file_.name()))
            .because(reason)
            .with_hint("Fetch or copy it again.");
    }
    throw_damaged(file_.name(), reason);
}

// Streams without a block: a level, the mark of the end, no checksum.
bool is_empty_bzip2(const InputFile& file) {
    using namespace std::string_view_literals;
    constexpr std::string_view kEnd = "\x17\x72\x45\x38\x50\x90\0\0\0\0"sv;
    constexpr std::size_t kSize = 4 + kEnd.size();
    constexpr std::uint64_t kMostStreams = 1024;
    if (file.size() % kSize != 0 || file.size() > kMostStreams * kSize) return false;
    for (std::uint64_t at = 0; at < file.size(); at += kSize) {
        std::array<char, kSize> stream;
        file.read(at, std::as_writable_bytes(std::span(stream)));
        const std::string_view text(stream.data(), stream.size());
        if (!text.starts_with("BZh") || text.substr(4) != kEnd) return false;
    }
    return file.size() != 0;
}

la_ssize_t FilterStream::give(archive* reader, void* self, const void** bytes) {
    auto& stream = *static_cast<FilterStream*>(self);
    try {
        const auto part = std::span(stream.buffer_)
                              .first(std::min<std::uint64_t>(
                                  stream.buffer_.size(), stream.file_.size() - stream.position_));
        stream.file_.read(stream.position_, part);
        stream.position_ += part.size();
        *bytes = part.data();
        return static_cast<la_ssize_t>(part.size());
    } catch (...) {
        stream.failure_ = std::current_exception();
        archive_set_error(reader, -1, "read error");
        return -1;
    }
}

}  // namespace
}  // namespace kiln::formats
