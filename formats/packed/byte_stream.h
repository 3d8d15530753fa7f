#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/cancel.h"

namespace kiln::formats {

/// Plain bytes that come one after the other, mostly out of a decoder.
///
/// One thread at a time. Errors: kiln::Error that names the file when it cannot be read, the
/// compressed data is damaged or cut off, or something stands behind its end. After an error the
/// stream is of no more use. Memory is bounded whatever the data asks for.
class ByteStream {
  public:
    virtual ~ByteStream() = default;

    /// Fills `out`. Gives less only at the end, where every checksum has been compared.
    virtual std::size_t read(std::span<std::byte> out) = 0;
    /// Moves on by `count` bytes; less only at the end. Decodes and drops them where it must.
    /// Throws Cancelled.
    virtual std::uint64_t skip(std::uint64_t count, const CancelToken& cancel);
};

/// How many members or frames without a byte in them may follow each other: going on over more of
/// them would take long in one call, for nothing.
constexpr unsigned kMostEmptyMembers = 1024;

/// The errors that all decoders throw. `name` is the file's.
[[noreturn]] void throw_damaged(std::string_view name, std::string_view reason);
[[noreturn]] void throw_cut_off(std::string_view name);

}  // namespace kiln::formats
