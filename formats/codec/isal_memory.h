#pragma once

#include <cstddef>

namespace kiln::formats {

/// Where the state of ISA-L's deflate lies, so that its address makes no difference.
///
/// As levels 1 and 2 of ISA-L 2.30 enter a block, they take bits 16 to 47 of the state's address
/// for the four bytes at offset 2 of the input, so that the hash table has them in a wrong place,
/// and a later match is found or not. What they find is right, but not the same from thread to
/// thread and from run to run. Here the address always has the same hash, by the bits that the
/// largest table takes.
class IsalMemory {
  public:
    static constexpr std::size_t kSize = std::size_t{128} << 10;

    /// Of the calling thread, for one state at a time.
    static IsalMemory& of_thread();

    /// Throws kiln::Error when no such address is free.
    IsalMemory();
    ~IsalMemory();
    IsalMemory(const IsalMemory&) = delete;
    IsalMemory& operator=(const IsalMemory&) = delete;

    void* get() const { return memory_; }

  private:
    void* memory_ = nullptr;
};

}  // namespace kiln::formats
