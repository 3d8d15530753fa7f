#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "formats/packed/byte_stream.h"
#include "formats/tar_header.h"

namespace kiln::formats {

/// A member of a tar archive as its headers describe it.
struct TarStreamMember {
    /// A run of the file that is stored; what lies between runs is zero.
    struct Run {
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
    };
    std::string name;          ///< without a leading `./`
    char type = '0';           ///< as in the header; `0` also for old and sparse files
    std::uint64_t size = 0;    ///< of the file
    std::vector<Run> runs;     ///< in order, not overlapping, none empty
    std::uint64_t offset = 0;  ///< of its data in the plain archive
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
    void begin(TarStreamMember& member, std::uint64_t stored, const Extension& extension);
    void read_old_gnu_runs(std::span<const std::byte> header, TarStreamMember& member);
    bool add_old_gnu_runs(std::span<const std::byte> fields, TarStreamMember& member) const;
    void read_pax_runs(TarStreamMember& member, std::uint64_t stored);
    void add_run(TarStreamMember& member, TarStreamMember::Run run) const;
    void check_runs(const TarStreamMember& member, std::uint64_t stored) const;
    [[noreturn]] void damaged(std::string_view reason) const;

    std::unique_ptr<ByteStream> stream_;
    std::string name_;
    std::uint64_t position_ = 0;
    std::uint64_t left_ = 0;  // stored bytes of the current member, with its padding
    std::vector<TarStreamMember::Run> runs_;
    std::size_t run_ = 0;       // the one that is being read
    std::uint64_t in_run_ = 0;  // how much of it has gone by
};

}  // namespace kiln::formats
