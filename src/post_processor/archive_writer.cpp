#include "post_processor/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>

namespace kiln {
namespace {

// Header, end mark and the checksum of nothing.
constexpr std::string_view empty_lz4_frame("\x04\x22\x4d\x18\x64\x40\xa7\0\0\0\0\x05\x5d\xcc\x02",
                                           15);

struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

ArchiveWriter::ArchiveWriter(ByteWriter& next, CompressionTarget target, int level,
                             unsigned threads)
    : next_(next), is_tar_(target.archive == Archive::Tar), archive_(archive_write_new()) {
    if (archive_ == nullptr) throw Error("cannot write an archive").because("no memory for it");
    switch (target.archive) {
        case Archive::Tar:
            require(archive_write_set_format_pax_restricted(archive_.get()));
            break;
        case Archive::Zip:
            require(archive_write_set_format_zip(archive_.get()));
            if (level > 0) set_option("zip", "compression-level", std::to_string(level));
            break;
        case Archive::None:
            require(archive_write_set_format_raw(archive_.get()));
            break;
    }
    set_compression(target.compression, level, threads);
    // Nothing behind the end: no blocks of a tape.
    require(archive_write_set_bytes_per_block(archive_.get(), 1 << 16));
    require(archive_write_set_bytes_in_last_block(archive_.get(), 1));
    require(archive_write_open(archive_.get(), this, nullptr, pass_on, nullptr));
}

ArchiveWriter::~ArchiveWriter() {
    // Freeing ends filters, which needs a willing output, and fills up the file that was begun in a
    // tar archive, which the first refused byte ends.
    if (!finished_ && !failure_) failure_ = std::make_exception_ptr(Error("abandoned"));
}

void ArchiveWriter::Free::operator()(archive* handle) const {
    archive_write_free(handle);
}

void ArchiveWriter::begin_file(const std::string& name, const struct stat& status) {
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    if (entry == nullptr) throw Error("cannot write an archive").because("no memory for it");
    archive_entry_copy_stat(entry.get(), &status);
    archive_entry_copy_pathname(entry.get(), name.c_str());
    require(archive_write_header(archive_.get(), entry.get()));
}

void ArchiveWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const la_ssize_t count = archive_write_data(archive_.get(), bytes.data(), bytes.size());
        if (count <= 0) require(count < 0 ? static_cast<int>(count) : ARCHIVE_FATAL);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

void ArchiveWriter::finish() {
    require(archive_write_close(archive_.get()));
    finished_ = true;
    next_.finish();
}

ssize_t ArchiveWriter::pass_on(archive* handle, void* self, const void* bytes, std::size_t size) {
    auto& writer = *static_cast<ArchiveWriter*>(self);
    // Closing flushes into a writer that has failed already.
    if (writer.failure_) return writer.is_tar_ ? -1 : static_cast<ssize_t>(size);
    try {
        writer.next_.write({static_cast<const char*>(bytes), size});
        return static_cast<ssize_t>(size);
    } catch (...) {
        writer.failure_ = std::current_exception();
        archive_set_error(handle, EIO, "the output cannot be written");
        return -1;
    }
}

void ArchiveWriter::set_compression(Compression compression, int level, unsigned threads) {
    const char* module = nullptr;
    switch (compression) {
        case Compression::Xz:
            require(archive_write_add_filter_xz(archive_.get()));
            set_option("xz", "threads", std::to_string(threads));
            module = "xz";
            break;
        case Compression::Lz4:
            require(archive_write_add_filter_lz4(archive_.get()));
            module = "lz4";
            break;
        case Compression::Bzip2:
            require(archive_write_add_filter_bzip2(archive_.get()));
            module = "bzip2";
            break;
        case Compression::None:
        case Compression::Gzip:
        case Compression::Bgzf:
            return;
    }
    if (level > 0) set_option(module, "compression-level", std::to_string(level));
}

void ArchiveWriter::set_option(const char* module, const char* option, const std::string& value) {
    require(archive_write_set_option(archive_.get(), module, option, value.c_str()));
}

void ArchiveWriter::require(int result) {
    if (failure_) std::rethrow_exception(failure_);
    if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return;
    const char* why = archive_error_string(archive_.get());
    throw Error("cannot write the archive").because(why == nullptr ? "libarchive failed" : why);
}

FilterWriter::FilterWriter(ByteWriter& next, Compression compression, int level, unsigned threads)
    : next_(next), compression_(compression), level_(level), threads_(threads) {}

void FilterWriter::write(std::string_view bytes) {
    if (!bytes.empty()) started().write(bytes);
}

void FilterWriter::finish() {
    if (archive_ != nullptr || compression_ != Compression::Lz4) return started().finish();
    next_.write(empty_lz4_frame);
    next_.finish();
}

ArchiveWriter& FilterWriter::started() {
    if (archive_ == nullptr) {
        archive_ = std::make_unique<ArchiveWriter>(
            next_, CompressionTarget{Archive::None, compression_, {}}, level_, threads_);
        struct stat status {};
        status.st_mode = S_IFREG | 0600;
        archive_->begin_file("data", status);
    }
    return *archive_;
}

}  // namespace kiln
