#include "communicator/ssh_certificate.h"

#include <algorithm>
#include <array>

#include <fmt/chrono.h>
#include <openssl/evp.h>

#include "base/file.h"
#include "communicator/ssh_wire.h"

namespace kiln {
namespace {

constexpr std::size_t largest_certificate_file = 1 << 20;

/// How many fields the public key of a certificate type has, between nonce and serial number.
struct CertificateType {
    std::string_view name;
    int key_fields;
};
constexpr std::array certificate_types = {
    CertificateType{"ssh-rsa-cert-v01@openssh.com", 2},
    CertificateType{"ssh-ed25519-cert-v01@openssh.com", 1},
    CertificateType{"ecdsa-sha2-nistp256-cert-v01@openssh.com", 2},
    CertificateType{"ecdsa-sha2-nistp384-cert-v01@openssh.com", 2},
    CertificateType{"ecdsa-sha2-nistp521-cert-v01@openssh.com", 2},
};

std::string decode_base64(std::string_view text);
std::string date(std::uint64_t seconds);

}  // namespace

SshCertificate parse_certificate(std::string_view line) {
    const std::size_t space = line.find(' ');
    const std::string_view name = line.substr(0, space);
    const auto type =
        std::find_if(certificate_types.begin(), certificate_types.end(),
                     [&](const CertificateType& known) { return known.name == name; });
    if (space == std::string_view::npos || type == certificate_types.end()) {
        throw Error("it does not begin with a certificate type that kiln knows")
            .with_hint("A certificate file is the *-cert.pub that ssh-keygen -s writes.");
    }
    std::string_view body = line.substr(space + 1);
    body = body.substr(0, body.find_first_of(" \r\n"));
    const std::string bytes = decode_base64(body);
    WireReader reader(bytes);
    if (reader.string() != name) throw Error("its type and its content differ");
    reader.string();  // nonce
    for (int i = 0; i < type->key_fields; ++i) reader.string();
    reader.u64();  // serial number
    SshCertificate certificate;
    certificate.kind = static_cast<SshCertificate::Kind>(reader.u32());
    certificate.key_id = reader.string();
    reader.string();  // principals
    certificate.valid_after = reader.u64();
    certificate.valid_before = reader.u64();
    return certificate;
}

void check_certificate_file(const std::string& path, std::chrono::system_clock::time_point now) {
    try {
        const std::string text = read_file(expand_home(path), largest_certificate_file);
        const SshCertificate certificate = parse_certificate(text);
        if (certificate.kind != SshCertificate::Kind::User) {
            throw Error("it is a host certificate, not a user certificate");
        }
        const auto seconds = static_cast<std::uint64_t>(std::chrono::system_clock::to_time_t(now));
        if (seconds < certificate.valid_after) {
            throw Error("it is not valid before " + date(certificate.valid_after));
        }
        if (seconds >= certificate.valid_before) {
            throw Error("it is not valid after " + date(certificate.valid_before))
                .with_hint("Have the key signed again.");
        }
    } catch (const Error& error) {
        throw Error(fmt::format("ssh_certificate_file is invalid: {}", path)).because(error);
    }
}

namespace {

std::string decode_base64(std::string_view text) {
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    if (length < 0) throw Error("its second word is not base64");
    // Padding decodes to zero bytes; no field is read from there.
    bytes.resize(static_cast<std::size_t>(length));
    return bytes;
}

std::string date(std::uint64_t seconds) {
    constexpr std::uint64_t year_9999 = 253402300799;
    if (seconds > year_9999) return "the year 9999";
    return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace
}  // namespace kiln
