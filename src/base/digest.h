#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/cancel.h"

namespace kiln {

enum class DigestType { Md5, Sha1, Sha224, Sha256, Sha384, Sha512 };

/// The lower-case name: `sha256`.
std::string_view digest_name(DigestType type);
std::optional<DigestType> digest_from_name(std::string_view name);
/// Digest size in bytes.
std::size_t digest_size(DigestType type);

/// Computes one digest over bytes given in pieces. One thread at a time.
class Digester {
  public:
    explicit Digester(DigestType type);
    ~Digester();
    Digester(Digester&&) noexcept;
    Digester& operator=(Digester&&) noexcept;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view bytes);
    /// The lower-case hexadecimal digest; the object may not be used afterwards.
    std::string finish_hex();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

std::string digest_hex(DigestType type, std::string_view bytes);
/// Reads the file once. Throws Error (with the path) when it cannot be read, Cancelled when told
/// to.
std::string digest_file_hex(DigestType type, const std::filesystem::path& path,
                            const CancelToken& cancel = {});

}  // namespace kiln
