#include "communicator/ssh_key.h"

#include <array>

#include <libssh/libssh.h>
#include <openssl/evp.h>

#include "base/file.h"
#include "base/secret.h"

namespace kiln {
namespace {

constexpr int default_rsa_bits = 4096;
constexpr int smallest_rsa_bits = 1024;
constexpr int largest_rsa_bits = 16384;
constexpr int default_ecdsa_bits = 521;
constexpr std::size_t largest_key_file = 1 << 20;

ssh_keytypes_e ecdsa_type(int bits);
std::string private_key_text(ssh_key key);
bool is_encrypted(std::string_view text);
bool openssh_body_is_encrypted(std::string_view text);

struct StringFree {
    void operator()(char* text) const { ssh_string_free_char(text); }
};
using LibsshText = std::unique_ptr<char, StringFree>;

}  // namespace

void SshKeyFree::operator()(ssh_key_struct* key) const {
    ssh_key_free(key);
}

void check_key_type(std::string_view type, int bits) {
    if (type == "ed25519") return;
    if (type == "rsa") {
        if (bits == 0 || (bits >= smallest_rsa_bits && bits <= largest_rsa_bits)) return;
        throw Error(fmt::format("an rsa key of {} bits cannot be made", bits))
            .with_hint(fmt::format("Set temporary_key_pair_bits to a number from {} to {}.",
                                   smallest_rsa_bits, largest_rsa_bits));
    }
    if (type == "ecdsa") {
        if (bits == 0 || bits == 256 || bits == 384 || bits == 521) return;
        throw Error(fmt::format("an ecdsa key of {} bits cannot be made", bits))
            .with_hint("Set temporary_key_pair_bits to 256, 384 or 521.");
    }
    if (type == "dsa") {
        throw Error("a dsa key cannot be made")
            .because("SSH servers and clients no longer accept this type")
            .with_hint("Set temporary_key_pair_type to \"ed25519\", \"ecdsa\" or \"rsa\".");
    }
    throw Error(fmt::format("temporary_key_pair_type \"{}\" is not known", type))
        .with_hint("Use \"ed25519\", \"ecdsa\" or \"rsa\".");
}

SshKeyPair generate_key_pair(std::string_view type, int bits) {
    check_key_type(type, bits);
    ssh_keytypes_e kind = SSH_KEYTYPE_ED25519;
    int parameter = 0;
    if (type == "rsa") {
        kind = SSH_KEYTYPE_RSA;
        parameter = bits == 0 ? default_rsa_bits : bits;
    } else if (type == "ecdsa") {
        kind = ecdsa_type(bits == 0 ? default_ecdsa_bits : bits);
    }
    ssh_key made = nullptr;
    if (ssh_pki_generate(kind, parameter, &made) != SSH_OK) {
        throw Error(fmt::format("cannot make an {} key", type));
    }
    const SshKeyHandle key(made);
    SshKeyPair pair{private_key_text(made), authorized_key_of(key)};
    secrets().add(pair.private_key);
    return pair;
}

SshKeyHandle parse_private_key(const std::string& text) {
    secrets().add(text);
    if (is_encrypted(text)) {
        throw Error("the key is protected by a passphrase")
            .with_hint(
                "Give kiln a key without one, or load it into an agent and set "
                "ssh_agent_auth = true.");
    }
    ssh_key key = nullptr;
    // The empty passphrase keeps OpenSSL from asking for one on the terminal.
    if (ssh_pki_import_privkey_base64(text.c_str(), "", nullptr, nullptr, &key) != SSH_OK) {
        throw Error("it holds no private key in OpenSSH or PEM format")
            .with_hint("ssh-keygen -y -f FILE shows whether a file is a private key.");
    }
    return SshKeyHandle(key);
}

SshKeyHandle load_private_key_file(const std::string& path) {
    try {
        return parse_private_key(read_file(expand_home(path), largest_key_file));
    } catch (const Error& error) {
        throw Error(fmt::format("ssh_private_key_file is invalid: {}", path)).because(error);
    }
}

std::string authorized_key_of(const SshKeyHandle& private_key) {
    ssh_key exported = nullptr;
    if (ssh_pki_export_privkey_to_pubkey(private_key.get(), &exported) != SSH_OK) {
        throw Error("cannot derive the public half of an SSH key");
    }
    const SshKeyHandle public_key(exported);
    char* base64 = nullptr;
    if (ssh_pki_export_pubkey_base64(exported, &base64) != SSH_OK) {
        throw Error("cannot write the public half of an SSH key");
    }
    const LibsshText owned(base64);
    return fmt::format("{} {}\n", ssh_key_type_to_char(ssh_key_type(exported)), base64);
}

namespace {

ssh_keytypes_e ecdsa_type(int bits) {
    if (bits == 256) return SSH_KEYTYPE_ECDSA_P256;
    if (bits == 384) return SSH_KEYTYPE_ECDSA_P384;
    return SSH_KEYTYPE_ECDSA_P521;
}

std::string private_key_text(ssh_key key) {
    char* text = nullptr;
    if (ssh_pki_export_privkey_base64(key, nullptr, nullptr, nullptr, &text) != SSH_OK) {
        throw Error("cannot write an SSH private key");
    }
    const LibsshText owned(text);
    return text;
}

bool is_encrypted(std::string_view text) {
    if (text.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos) return true;
    if (text.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos) return true;
    return openssh_body_is_encrypted(text);
}

/// The body is `openssh-key-v1\0`, then the cipher's name with a 32-bit length before it.
bool openssh_body_is_encrypted(std::string_view text) {
    constexpr std::string_view begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
    constexpr std::string_view magic("openssh-key-v1\0\0\0\0\4none", 23);
    constexpr std::size_t base64_length = 32;  // gives 24 bytes
    const std::size_t at = text.find(begin);
    if (at == std::string_view::npos) return false;
    std::string base64;
    for (const char c : text.substr(at + begin.size())) {
        if (base64.size() == base64_length || c == '-') break;
        if (c != '\n' && c != '\r') base64 += c;
    }
    if (base64.size() < base64_length) return false;
    std::array<unsigned char, 24> head{};
    const auto* source = reinterpret_cast<const unsigned char*>(base64.data());
    if (EVP_DecodeBlock(head.data(), source, base64_length) != static_cast<int>(head.size())) {
        return false;
    }
    const std::string_view found(reinterpret_cast<const char*>(head.data()), magic.size());
    constexpr std::size_t name_length = 15;
    return found.substr(0, name_length) == magic.substr(0, name_length) && found != magic;
}

}  // namespace
}  // namespace kiln
