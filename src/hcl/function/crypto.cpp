#include <array>

#include <crypt.h>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/digest.h"
#include "hcl/function/builtin.h"

/// Digests, identifiers and keys.
namespace kiln::hcl {
namespace {

using Uuid = std::array<unsigned char, 16>;

std::string uuid_text(Uuid uuid, unsigned char version);
std::optional<Uuid> parse_uuid(std::string_view text);
Value uuid_v4(const Arguments& arguments);
Value uuid_v5(const Arguments& arguments);
Value rsa_decrypt(const Arguments& arguments);
Value bcrypt(const Arguments& arguments);

}  // namespace

void add_crypto_functions(FunctionTable& table) {
    for (const auto& [name, type] :
         {std::pair{"md5", DigestType::Md5}, std::pair{"sha1", DigestType::Sha1},
          std::pair{"sha256", DigestType::Sha256}, std::pair{"sha512", DigestType::Sha512}}) {
        table.add(name, fixed({string_parameter("str")}, Type::string(),
                              [type = type](const Arguments& a) {
                                  return Value::string(digest_hex(type, a[0].as_string()));
                              }));
    }
    table.add("bcrypt", fixed_variadic({string_parameter("str")}, number_parameter("cost"),
                                       Type::string(), bcrypt));
    table.add("uuidv4", fixed({}, Type::string(), uuid_v4));
    table.add("uuidv5", fixed({string_parameter("namespace"), string_parameter("name")},
                              Type::string(), uuid_v5));
    table.add("rsadecrypt", fixed({string_parameter("ciphertext"), string_parameter("privatekey")},
                                  Type::string(), rsa_decrypt));
}

namespace {

std::string uuid_text(Uuid uuid, unsigned char version) {
    uuid[6] = static_cast<unsigned char>((uuid[6] & 0x0F) | (version << 4));
    uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3F) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += fmt::format("{:02x}", uuid[i]);
    }
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid uuid{};
    std::size_t at = 0;
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text[at++] != '-') return std::nullopt;
        }
        const auto number = Number::parse_integer(text.substr(at, 2), 16);
        if (!number || text[at] == '-' || text[at] == '+') return std::nullopt;
        uuid[i] = static_cast<unsigned char>(*number->to_int64());
        at += 2;
    }
    return uuid;
}

Value uuid_v4(const Arguments&) {
    Uuid uuid{};
    if (RAND_bytes(uuid.data(), static_cast<int>(uuid.size())) != 1) {
        throw Error("the system has no random bytes");
    }
    return Value::string(uuid_text(uuid, 4));
}

Value uuid_v5(const Arguments& arguments) {
    const std::string& space = arguments[0].as_string();
    // RFC 4122, appendix C: the name spaces differ in one byte.
    std::optional<Uuid> uuid;
    const std::array<std::pair<const char*, const char*>, 4> known = {{
        {"dns", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"},
        {"url", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"},
        {"oid", "6ba7b812-9dad-11d1-80b4-00c04fd430c8"},
        {"x500", "6ba7b814-9dad-11d1-80b4-00c04fd430c8"},
    }};
    for (const auto& [name, text] : known) {
        if (space == name) uuid = parse_uuid(text);
    }
    if (!uuid) uuid = parse_uuid(space);
    if (!uuid) {
        throw Error(fmt::format("uuidv5() doesn't support namespace {} (it is no UUID)", space));
    }
    std::string bytes(uuid->begin(), uuid->end());
    const std::string digest = digest_hex(DigestType::Sha1, bytes + arguments[1].as_string());
    Uuid result{};
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = static_cast<unsigned char>(
            *Number::parse_integer(std::string_view(digest).substr(2 * i, 2), 16)->to_int64());
    }
    return Value::string(uuid_text(result, 5));
}

Value rsa_decrypt(const Arguments& arguments) {
    const auto ciphertext = decode_base64(arguments[0].as_string());
    if (!ciphertext) throw ArgumentError(0, "failed to decode: it must be base64-encoded");
    const std::string& pem = arguments[1].as_string();
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<std::size_t>(pem.size(), 1 << 20))),
        &BIO_free);
    // A key with a passphrase must not make the library ask for it on the terminal.
    const auto no_passphrase = [](char*, int, int, void*) { return -1; };
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), &EVP_PKEY_free);
    if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) {
        throw ArgumentError(1, "failed to parse key: an unencrypted RSA private key is required");
    }
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free);
    const auto* input = reinterpret_cast<const unsigned char*>(ciphertext->data());
    std::size_t length = 0;
    const bool ready =
        context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_decrypt(context.get(), nullptr, &length, input, ciphertext->size()) == 1;
    std::string text(length, '\0');
    if (!ready || EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(text.data()),
                                   &length, input, ciphertext->size()) != 1) {
        throw Error("failed to decrypt the text with this key");
    }
    text.resize(length);
    return Value::string(text);
}

Value bcrypt(const Arguments& arguments) {
    constexpr std::int64_t usual_cost = 10;
    constexpr std::size_t longest = 72;
    if (arguments.size() > 2) throw Error("bcrypt() takes no more than two arguments");
    std::int64_t cost = arguments.size() > 1 ? whole_number(arguments, 1) : usual_cost;
    if (cost > 31) {
        throw Error(fmt::format("cost {} is outside the allowed range (4 to 31)", cost));
    }
    if (cost < 4) cost = usual_cost;
    const std::string& password = arguments[0].as_string();
    if (password.size() > longest) {
        throw Error(fmt::format("the text has {} bytes, but no more than {} count", password.size(),
                                longest));
    }
    if (password.find('\0') != std::string::npos) {
        throw ArgumentError(0, "the text must not hold a null character");
    }
    std::array<char, 16> salt{};
    if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size())) !=
        1) {
        throw Error("the system has no random bytes");
    }
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    const auto state = std::make_unique<crypt_data>();
    const char* hash = nullptr;
    if (crypt_gensalt_rn("$2b$", static_cast<unsigned long>(cost), salt.data(),
                         static_cast<int>(salt.size()), setting.data(),
                         static_cast<int>(setting.size())) != nullptr) {
        hash = crypt_rn(password.c_str(), setting.data(), state.get(), sizeof(crypt_data));
    }
    if (hash == nullptr) throw Error("the system's crypt library does not know bcrypt");
    // The same algorithm under the name that is expected here.
    std::string text = hash;
    text[2] = 'a';
    return Value::string(text);
}

}  // namespace
}  // namespace kiln::hcl
