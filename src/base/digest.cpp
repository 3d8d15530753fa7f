#include "base/digest.h"

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln {
namespace {

struct Known {
    DigestType type;
    std::string_view name;
    std::size_t size;
};

constexpr std::array<Known, 6> known_digests = {{
    {DigestType::Md5, "md5", 16},
    {DigestType::Sha1, "sha1", 20},
    {DigestType::Sha224, "sha224", 28},
    {DigestType::Sha256, "sha256", 32},
    {DigestType::Sha384, "sha384", 48},
    {DigestType::Sha512, "sha512", 64},
}};

const Known& known(DigestType type) {
    return known_digests[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view digest_name(DigestType type) {
    return known(type).name;
}

std::optional<DigestType> digest_from_name(std::string_view name) {
    for (const auto& item : known_digests) {
        if (item.name == name) return item.type;
    }
    return std::nullopt;
}

std::size_t digest_size(DigestType type) {
    return known(type).size;
}

struct Digester::Impl {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~Impl() { EVP_MD_CTX_free(context); }
};

Digester::Digester(DigestType type) : impl_(std::make_unique<Impl>()) {
    const EVP_MD* method = EVP_get_digestbyname(std::string(digest_name(type)).c_str());
    if (impl_->context == nullptr || method == nullptr ||
        EVP_DigestInit_ex(impl_->context, method, nullptr) != 1) {
        throw Error(fmt::format("cannot compute {} digests", digest_name(type)))
            .because("OpenSSL refuses this algorithm");
    }
}

Digester::~Digester() = default;
Digester::Digester(Digester&&) noexcept = default;
Digester& Digester::operator=(Digester&&) noexcept = default;

void Digester::update(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(impl_->context, bytes.data(), bytes.size());
}

void Digester::update(std::string_view bytes) {
    update(std::as_bytes(std::span(bytes)));
}

std::string Digester::finish_hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(impl_->context, digest.data(), &size);
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

std::string digest_hex(DigestType type, std::string_view bytes) {
    Digester digester(type);
    digester.update(bytes);
    return digester.finish_hex();
}

std::string digest_file_hex(DigestType type, const std::filesystem::path& path,
                            const CancelToken& cancel) {
    constexpr std::size_t block = 1 << 20;
    const UniqueFd file = open_file(path, O_RDONLY);
    Digester digester(type);
    std::vector<std::byte> buffer(block);
    while (true) {
        cancel.throw_if_cancelled();
        const ssize_t count = read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(fmt::format("cannot read {}", path.string()), errno);
        if (count == 0) return digester.finish_hex();
        digester.update(std::span(buffer).first(static_cast<std::size_t>(count)));
    }
}

}  // namespace kiln
