#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct ssh_key_struct;

namespace kiln {

struct SshKeyFree {
    void operator()(ssh_key_struct* key) const;
};
/// A key as libssh holds it.
using SshKeyHandle = std::unique_ptr<ssh_key_struct, SshKeyFree>;

/// A key pair as text.
struct SshKeyPair {
    std::string private_key;     ///< ed25519: OpenSSH format; rsa and ecdsa: PKCS#8 PEM
    std::string authorized_key;  ///< one authorized_keys line, with newline, without comment
};

/// Throws Error when `type` and `bits` (0: the type's default) do not name a key that can be made:
/// `ed25519` (bits ignored), `rsa` (at least 1024, default 4096), `ecdsa` (256, 384, 521; default
/// 521). `dsa` is refused: neither OpenSSH nor libssh accept such keys any more.
void check_key_type(std::string_view type, int bits);

/// Makes a key pair and registers the private half as a secret. Errors as check_key_type.
SshKeyPair generate_key_pair(std::string_view type = "ed25519", int bits = 0);

/// Reads a private key's text (OpenSSH or PEM). Throws Error saying whether it is encrypted or no
/// key at all; never prompts. Registers the text as a secret.
SshKeyHandle parse_private_key(const std::string& text);

/// Reads a private key file (`~` expanded). Each failure is `ssh_private_key_file is invalid: ...`.
SshKeyHandle load_private_key_file(const std::string& path);

/// The authorized_keys line of a private key, as in SshKeyPair.
std::string authorized_key_of(const SshKeyHandle& private_key);

}  // namespace kiln
