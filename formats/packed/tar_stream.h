#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/cancel.h"
#include "formats/bytes/tar_header.h"
#include "formats/packed/byte_stream.h"
#include "formats/packed/old_gnu_sparse.h"

namespace kiln::formats {

/// There may be a million of them: a deque grows without a second copy.
using TarRuns = std::deque<TarRun>;

/// A member of a tar archive as its headers describe it.
struct TarStreamMember {
    std::string name;                     ///< without a leading `./`
    char type = '0';                      ///< as in the header; `0` also for old and sparse files
    std::uint64_t size = 0;               ///< of the file
    std::shared_ptr<const TarRuns> runs;  ///< in order, not overlapping, none empty
    std::uint64_t offset = 0;             ///< of its data in the plain archive
    bool sparse = false;

    bool is_file() const { return type == '0'; }
};

/// The members of a tar archive, one after the other: ustar, GNU (long names, sparse files) and pax
/// (paths, sizes, sparse files of version 1.0). The archive may come out of a decoder and is never
/// gone back in.
///
/// One thread at a time. Errors as ByteStream; also for headers that are not valid. Names are for
/// looking at only: nothing is written under them.
class TarStream {
  public:
    /// `name` is for messages: the archive's.
    TarStream(std::unique_ptr<ByteStream> stream, std::string name)
        : stream_(std::move(stream)), name_(std::move(name)) {}

    /// The next member, behind what is left of the current one; nothing at the archive's end.
    std::optional<TarStreamMember> next(const CancelToken& cancel);
    /// Bytes of the current member from `offset` on, which is not before the end of the last read;
    /// zeros between the runs. Within its size.
    void read(std::uint64_t offset, std::span<std::byte> out, const CancelToken& cancel = {});

    /// Reads all that is left and drops it, so that the stream's own checksums are compared.
    void drain(const CancelToken& cancel);

    /// How many plain bytes have gone by.
    std::uint64_t position() const { return position_; }

  private:
    /// What extended headers say of the next member.
    struct Extension {
        std::string name;
        std::optional<std::uint64_t> size;
        std::string sparse_name;
        std::optional<std::uint64_t> sparse_size;
        bool sparse = false;
        bool old_sparse = false;  // versions 0.0 and 0.1
    };
    bool read_block(std::span<std::byte> block);
    void take(std::span<std::byte> out);
    void drop(std::uint64_t count, const CancelToken& cancel);
    std::string read_text(const TarHeader& header);
    void parse_pax(std::string_view text, Extension& extension) const;
    void set_pax(std::string_view key, std::string_view value, Extension& extension) const;
    TarRuns read_old_gnu_runs(std::span<const std::byte> header, TarStreamMember& member);
    void begin(TarStreamMember& member, TarRuns runs, std::uint64_t stored,
               const Extension& extension);
    TarRuns read_pax_runs(std::uint64_t size, std::uint64_t stored);
    void add_run(TarRuns& runs, TarRun run, std::uint64_t size) const;
    void check_runs(const TarRuns& runs, std::uint64_t stored) const;
    [[noreturn]] void damaged(std::string_view reason) const;

    std::unique_ptr<ByteStream> stream_;
    std::string name_;
    std::uint64_t position_ = 0;
    std::uint64_t left_ = 0;  // stored bytes of the current member, with its padding
    std::shared_ptr<const TarRuns> runs_ = std::make_shared<TarRuns>();
    std::size_t run_ = 0;       // the one that is being read
    std::uint64_t in_run_ = 0;  // how much of it has gone by
};

}  // namespace kiln::formats
