#pragma once

#include <exception>
#include <memory>
#include <string>

#include <sys/stat.h>

#include "post_processor/byte_writer.h"
#include "post_processor/compression_target.h"

struct archive;

namespace kiln {

/// Writes entries as tar or zip, or the bytes of a single file, and compresses with what libarchive
/// has (xz, lz4, bzip2; deflate in zip). The result goes to another writer. One thread at a time;
/// throws Error with libarchive's reason.
class ArchiveWriter {
  public:
    /// `level` is 1 to 9, or -1 for the algorithm's default. Gzip and bgzf are not for this class:
    /// put their writers behind it.
    ArchiveWriter(ByteWriter& next, CompressionTarget target, int level, unsigned threads);

    ~ArchiveWriter();
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;

    /// Begins a file of `status.st_size` bytes, all of which `write` has to give.
    void begin_file(const std::string& name, const struct stat& status);
    void write(std::string_view bytes);
    void finish();

  private:
    struct Free {
        void operator()(archive* handle) const;
    };
    static ssize_t pass_on(archive* handle, void* self, const void* bytes, std::size_t size);
    void set_compression(Compression compression, int level, unsigned threads);
    void set_option(const char* module, const char* option, const std::string& value);
    void require(int result);

    ByteWriter& next_;
    bool is_tar_;
    bool finished_ = false;
    std::exception_ptr failure_;  ///< of `next_`, kept while libarchive returns
    std::unique_ptr<archive, Free> archive_;
};

/// Compresses a stream with xz, lz4 or bzip2. Stands apart from the writer of a tar archive, which
/// could otherwise not be given up without compressing the rest of its entry as zeros.
class FilterWriter : public ByteWriter {
  public:
    FilterWriter(ByteWriter& next, Compression compression, int level, unsigned threads);

    void write(std::string_view bytes) override;
    void finish() override;

  private:
    ArchiveWriter& started();

    ByteWriter& next_;
    Compression compression_;
    int level_;
    unsigned threads_;
    /// Made for the first byte: libarchive 3.6 crashes when it ends an lz4 stream that got none.
    std::unique_ptr<ArchiveWriter> archive_;
};

}  // namespace kiln
