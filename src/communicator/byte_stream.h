#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace kiln {

/// A pipe to a program in the guest: what the transfer protocols speak over. An SSH channel in
/// earnest, a script in tests. Calls wait for the other side; they throw Error when the connection
/// breaks and Cancelled when told to stop. One thread at a time.
class ByteStream {
  public:
    virtual ~ByteStream() = default;

    /// Reads what is there, at least one byte; 0 at the end of the stream.
    virtual std::size_t read(std::span<char> into) = 0;
    /// Writes all bytes. What the other side sends meanwhile is kept for `read`.
    virtual void write(std::string_view bytes) = 0;
    /// Tells the other side that no more will be written.
    virtual void finish() = 0;
    /// Waits for the program's end, up to half a minute: its exit status as Communicator::run
    /// gives it. Output that comes meanwhile is dropped.
    virtual int wait_for_exit() = 0;
    /// The end of what the program printed on standard error so far.
    virtual std::string error_output() const = 0;
};

/// Reads exactly `into.size()` bytes; throws Error when the stream ends before.
void read_exactly(ByteStream& stream, std::span<char> into);

}  // namespace kiln
