#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "hcl/function/builtin.h"
#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

/// The key as text: in the form of PKCS#1, or of PKCS#8 with or without a passphrase.
std::string pem_of(EVP_PKEY* key, bool traditional, const char* passphrase = nullptr) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
    if (traditional) {
        PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    } else {
        PEM_write_bio_PKCS8PrivateKey(bio.get(), key, passphrase ? EVP_aes_128_cbc() : nullptr,
                                      passphrase, passphrase ? 4 : 0, nullptr, nullptr);
    }
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

std::string encrypted(EVP_PKEY* key, std::string_view text) {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key, nullptr), &EVP_PKEY_CTX_free);
    EVP_PKEY_encrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
    std::string out(512, '\0');
    std::size_t length = out.size();
    EVP_PKEY_encrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return encode_base64(out.substr(0, length));
}

class RsaDecrypt : public ::testing::Test {
  protected:
    std::string decrypt(const std::string& ciphertext, const std::string& key) {
        const EvalScope scope =
            testing::scope_with({{"text", Value::string(ciphertext)}, {"key", Value::string(key)}});
        return testing::console_or_details("rsadecrypt(text, key)", scope);
    }

    Key key_{EVP_RSA_gen(2048), &EVP_PKEY_free};
};

TEST_F(RsaDecrypt, GivesTheTextBack) {
    const std::string text = encrypted(key_.get(), "sésame");
    const std::string pem = pem_of(key_.get(), true);
    EXPECT_EQ(pem.substr(0, 31), "-----BEGIN RSA PRIVATE KEY-----");
    EXPECT_EQ(decrypt(text, pem), "sésame");
    EXPECT_EQ(decrypt(text, pem_of(key_.get(), false)), "sésame");
    EXPECT_EQ(decrypt(encrypted(key_.get(), ""), pem), "");
}

TEST_F(RsaDecrypt, SaysWhatIsWrong) {
    const std::string text = encrypted(key_.get(), "x");
    const std::string pem = pem_of(key_.get(), true);
    const Key other(EVP_RSA_gen(2048), &EVP_PKEY_free);
    const Key elliptic(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    EXPECT_NE(decrypt("no base64", pem).find("must be base64-encoded"), std::string::npos);
    EXPECT_NE(decrypt(text, "no key").find("unencrypted RSA private key"), std::string::npos);
    EXPECT_NE(decrypt(text, pem_of(key_.get(), false, "pass")).find("unencrypted RSA private key"),
              std::string::npos);
    EXPECT_NE(decrypt(text, pem_of(elliptic.get(), false)).find("unencrypted RSA private key"),
              std::string::npos);
    EXPECT_NE(decrypt(text, pem_of(other.get(), true)), "x");
    EXPECT_EQ(decrypt("YQ==", pem)[0], '!');
}

}  // namespace
}  // namespace kiln::hcl
