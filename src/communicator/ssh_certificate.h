#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace kiln {

/// What kiln needs to know of an OpenSSH certificate.
struct SshCertificate {
    enum class Kind : std::uint32_t { User = 1, Host = 2 };
    Kind kind = Kind::User;
    std::string key_id;
    std::uint64_t valid_after = 0;   ///< seconds since 1970
    std::uint64_t valid_before = 0;  ///< the first second at which it is no longer valid
};

/// Reads the one line of a `*-cert.pub` file. Throws Error when it is not a certificate.
SshCertificate parse_certificate(std::string_view line);

/// Throws Error (`ssh_certificate_file is invalid: ...`) unless the file holds a user certificate
/// that is valid at `now`.
void check_certificate_file(const std::string& path, std::chrono::system_clock::time_point now =
                                                         std::chrono::system_clock::now());

}  // namespace kiln
