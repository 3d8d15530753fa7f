#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "formats/file/spool.h"
#include "formats/sink.h"

namespace kiln::formats {

/// Encoded pieces that wait in a temporary file until what stands before them is known: each with
/// its guest offset and its length before it.
///
/// One thread at a time. Errors as Spool.
class PieceSpool {
  public:
    using Bytes = std::shared_ptr<const std::vector<std::byte>>;

    /// As Spool: an empty `directory` is the one for temporary files.
    PieceSpool(const std::string& name, const std::filesystem::path& directory)
        : spool_(name, directory) {}

    void append(const Piece& piece);
    /// Gives all pieces in their order, once. Waits while 16 of them are held. Throws Cancelled.
    void replay(const CancelToken& cancel,
                const std::function<void(std::uint64_t guest_offset, const Bytes& bytes)>& take);

  private:
    void flush();
    using Slots = std::counting_semaphore<>;
    static std::shared_ptr<std::vector<std::byte>> make_bytes(std::size_t size,
                                                              const std::shared_ptr<Slots>& slots,
                                                              const CancelToken& cancel);

    Spool spool_;
    std::vector<std::byte> buffer_;  // many pieces are small
    std::uint64_t pieces_ = 0;
};

}  // namespace kiln::formats
