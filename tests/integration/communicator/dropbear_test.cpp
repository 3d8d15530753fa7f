#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "communicator/ssh_connector.h"
#include "sshd.h"

namespace kiln::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Small guests run dropbear, often with one host key only. Logging in would need an account of the
/// machine's, so these tests end at a login that is refused in good order.
class DropbearTest : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        if (!find_program("/usr/sbin/dropbear") || !find_program("dropbearkey")) {
            GTEST_SKIP() << "needs dropbear-bin";
        }
    }
};

TEST_P(DropbearTest, ShakesHandsWithAServerOfOneHostKey) {
    const TempDir directory(temp_root());
    const std::string key = (directory.path() / "key").string();
    const ProcessOutput made =
        run_process({"dropbearkey", {"-t", GetParam(), "-f", key}, {}, {}, "", {}}, CancelToken());
    ASSERT_TRUE(made.status.success()) << made.err;
    const int port = free_port();
    ProcessSpec spec;
    spec.program = "/usr/sbin/dropbear";
    spec.arguments = {"-F", "-E",
                      "-r", key,
                      "-p", fmt::format("127.0.0.1:{}", port),
                      "-P", (directory.path() / "pid").string()};
    const Process server = Process::start(spec);

    SshConfig config;
    config.host = "127.0.0.1";
    config.port = port;
    config.username = "kiln-no-such-user";
    config.password = "x";
    config.handshake_attempts = 1;
    config.timeout = 20s;
    try {
        connect_ssh(config, {}, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("tried: password"));
        EXPECT_THAT(error.what(), HasSubstr("it offers: publickey, password"));
    }
}

INSTANTIATE_TEST_SUITE_P(HostKeys, DropbearTest, testing::Values("ed25519", "ecdsa", "rsa"),
                         [](const auto& key) { return std::string(key.param); });

}  // namespace
}  // namespace kiln::test
