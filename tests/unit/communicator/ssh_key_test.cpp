#include "communicator/ssh_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "base/secret.h"

namespace kiln {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

std::string failure_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.to_string();
    }
    return "it did not fail";
}

TEST(SshKey, MakesEd25519ByDefault) {
    const SshKeyPair pair = generate_key_pair();
    EXPECT_THAT(pair.private_key, StartsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    EXPECT_THAT(pair.authorized_key, MatchesRegex("ssh-ed25519 [A-Za-z0-9+/]+=*\n"));
    EXPECT_EQ(authorized_key_of(parse_private_key(pair.private_key)), pair.authorized_key);
}

TEST(SshKey, MakesRsaAndEcdsa) {
    const SshKeyPair rsa = generate_key_pair("rsa", 2048);
    EXPECT_THAT(rsa.private_key, StartsWith("-----BEGIN PRIVATE KEY-----\n"));
    EXPECT_THAT(rsa.authorized_key, StartsWith("ssh-rsa "));
    EXPECT_THAT(generate_key_pair("ecdsa").authorized_key, StartsWith("ecdsa-sha2-nistp521 "));
    EXPECT_THAT(generate_key_pair("ecdsa", 256).authorized_key, StartsWith("ecdsa-sha2-nistp256 "));
    EXPECT_THAT(generate_key_pair("ecdsa", 384).authorized_key, StartsWith("ecdsa-sha2-nistp384 "));
}

TEST(SshKey, RefusesKeysThatCannotBeMade) {
    EXPECT_THAT(failure_of([] { generate_key_pair("dsa"); }), HasSubstr("no longer accept"));
    EXPECT_THAT(failure_of([] { generate_key_pair("rsa", 512); }), HasSubstr("512 bits"));
    EXPECT_THAT(failure_of([] { generate_key_pair("rsa", 1 << 30); }), HasSubstr("bits"));
    EXPECT_THAT(failure_of([] { generate_key_pair("ecdsa", 255); }), HasSubstr("256, 384 or 521"));
    EXPECT_THAT(failure_of([] { generate_key_pair("elgamal"); }), HasSubstr("\"elgamal\""));
}

TEST(SshKey, RegistersThePrivateHalfAsASecret) {
    const SshKeyPair pair = generate_key_pair();
    EXPECT_THAT(secrets().redact(pair.private_key), HasSubstr("<sensitive>"));
    const std::size_t line = pair.private_key.find('\n') + 1;
    const std::size_t length = pair.private_key.find('\n', line) - line;
    EXPECT_EQ(secrets().redact(pair.private_key.substr(line, length)), "<sensitive>");
}

class KeyFileTest : public testing::Test {
  protected:
    KeyFileTest() : directory_(temp_root()) {}

    std::string failure_for(const std::string& content) {
        write_file_atomically(directory_.path() / "key", content, 0600);
        return failure_of([&] { load_private_key_file((directory_.path() / "key").string()); });
    }

    std::string made_by(const std::string& command) {
        const ProcessOutput made =
            run_process({"sh", {"-ec", command}, {}, directory_.path(), "", {}}, CancelToken());
        EXPECT_TRUE(made.status.success()) << made.err;
        return read_file(directory_.path() / "made");
    }

    TempDir directory_;
};

TEST_F(KeyFileTest, SaysThatTheFileIsMissing) {
    const std::string text = failure_of([] { load_private_key_file("/nonexistent/key"); });
    EXPECT_THAT(text, StartsWith("ssh_private_key_file is invalid: /nonexistent/key: "));
    EXPECT_THAT(text, HasSubstr("No such file"));
}

TEST_F(KeyFileTest, SaysThatItIsNoKey) {
    for (const std::string content :
         {"", "hello", "-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n",
          "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"}) {
        EXPECT_THAT(failure_for(content), HasSubstr("no private key"));
    }
    EXPECT_THAT(failure_for(generate_key_pair().authorized_key), HasSubstr("no private key"));
}

TEST_F(KeyFileTest, SaysThatItIsEncrypted) {
    if (!find_program("ssh-keygen") || !find_program("openssl")) {
        GTEST_SKIP() << "needs openssh-client and openssl";
    }
    const std::string openssh = made_by("ssh-keygen -q -t ed25519 -N secret -f made");
    EXPECT_THAT(failure_for(openssh), HasSubstr("passphrase"));
    const std::string pkcs8 = made_by(
        "rm made; openssl genpkey -quiet -algorithm ed25519 -aes256 -pass pass:secret -out made");
    EXPECT_THAT(failure_for(pkcs8), HasSubstr("passphrase"));
    const std::string pem = made_by("rm made*; ssh-keygen -q -t rsa -m PEM -N secret -f made");
    EXPECT_THAT(failure_for(pem), HasSubstr("passphrase"));
}

}  // namespace
}  // namespace kiln
