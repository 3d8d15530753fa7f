#include "communicator/ssh_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "communicator/ssh_key.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

SshConfig valid() {
    SshConfig config;
    config.username = "root";
    config.password = "x";
    return config;
}

std::vector<std::string> errors_of(const SshConfig& config) {
    std::vector<std::string> messages;
    for (const auto& wrong : ssh_config_errors(config)) messages.push_back(wrong.error.message());
    return messages;
}

TEST(SshConfig, SetsBothLimitsOnlyWhenNeitherIsSet) {
    SshConfig config;
    apply_defaults(config);
    EXPECT_EQ(config.timeout, Duration(5min));
    EXPECT_EQ(config.handshake_attempts, 10);

    config = {};
    config.timeout = 1h;
    apply_defaults(config);
    EXPECT_EQ(config.timeout, Duration(1h));
    EXPECT_EQ(config.handshake_attempts, 0);

    config = {};
    config.handshake_attempts = 3;
    apply_defaults(config);
    EXPECT_EQ(config.timeout, Duration(0));
    EXPECT_EQ(config.handshake_attempts, 3);
}

TEST(SshConfig, LetsTheOldWaitTimeoutWin) {
    SshConfig config;
    config.timeout = 1h;
    config.wait_timeout = 2min;
    apply_defaults(config);
    EXPECT_EQ(config.timeout, Duration(2min));
    EXPECT_EQ(config.handshake_attempts, 0);
}

TEST(SshConfig, AcceptsAPlainPassword) {
    EXPECT_THAT(errors_of(valid()), IsEmpty());
}

TEST(SshConfig, ReportsEverythingThatIsWrong) {
    SshConfig config;
    config.port = 0;
    config.timeout = -1s;
    config.handshake_attempts = -1;
    EXPECT_THAT(errors_of(config),
                ElementsAre("An ssh_username must be specified", "ssh_port is 0, not a port number",
                            "ssh_timeout is negative", "ssh_handshake_attempts is negative"));
}

TEST(SshConfig, NamesWhatItDoesNotSupportYet) {
    SshConfig config = valid();
    config.password = "p";
    config.bastion.host = "b";
    config.bastion.password = "p";
    config.remote_tunnels = {"1:h:2"};
    config.local_tunnels = {"1:h:2"};
    EXPECT_THAT(errors_of(config), IsEmpty());
    std::vector<std::string> options;
    for (const auto& gap : ssh_config_gaps(config)) options.push_back(gap.option);
    EXPECT_THAT(options,
                ElementsAre("ssh_bastion_host", "ssh_remote_tunnels", "ssh_local_tunnels"));
    EXPECT_THAT(ssh_config_gaps(valid()), IsEmpty());
}

TEST(SshConfig, ChecksTheWaysThroughOtherHosts) {
    SshConfig config = valid();
    config.bastion.host = "b";
    config.bastion.port = 0;
    config.bastion.certificate_file = "/nonexistent/cert";
    config.proxy.host = "p";
    config.proxy.port = 70000;
    EXPECT_THAT(
        errors_of(config),
        ElementsAre("please specify either ssh_bastion_host or ssh_proxy_host, not both",
                    "ssh_proxy_port is 70000, not a port number",
                    "ssh_bastion_port is 0, not a port number",
                    "ssh_bastion_password, ssh_bastion_private_key_file or ssh_bastion_agent_auth "
                    "must be specified",
                    "ssh_bastion_certificate_file is set, but not ssh_bastion_private_key_file",
                    "the bastion's key cannot be used"));
}

TEST(SshConfig, ChecksTheFormOfTunnels) {
    SshConfig config = valid();
    config.remote_tunnels = {"8080:localhost:80", "x:localhost:80", "80:localhost", "80::80"};
    config.local_tunnels = {"1:[::1]:2", "70000:h:1"};
    EXPECT_THAT(errors_of(config),
                ElementsAre("ssh_remote_tunnels holds \"x:localhost:80\", which is no tunnel",
                            "ssh_remote_tunnels holds \"80:localhost\", which is no tunnel",
                            "ssh_remote_tunnels holds \"80::80\", which is no tunnel",
                            "ssh_local_tunnels holds \"70000:h:1\", which is no tunnel"));
}

TEST(SshConfig, RefusesAlgorithmsThatItDoesNotKnow) {
    SshConfig config = valid();
    config.ciphers = {"aes128-ctr", "rot13", "aes256-ctr,rot13"};
    config.key_exchange_algorithms = {"curve25519-sha256", "telepathy"};
    EXPECT_THAT(errors_of(config),
                ElementsAre("ssh_ciphers holds \"rot13\", which is not supported",
                            "ssh_ciphers holds \"aes256-ctr,rot13\", which is not supported",
                            "ssh_key_exchange_algorithms holds \"telepathy\", which is not "
                            "supported"));
}

TEST(SshConfig, ChecksTheKeyFile) {
    SshConfig config = valid();
    config.private_key_file = "/nonexistent/key";
    EXPECT_THAT(errors_of(config),
                ElementsAre("ssh_private_key_file is invalid: /nonexistent/key"));
    const TempDir directory(temp_root());
    config.private_key_file = (directory.path() / "key").string();
    write_file_atomically(config.private_key_file, generate_key_pair().private_key, 0600);
    EXPECT_THAT(errors_of(config), IsEmpty());
    config.certificate_file = "/nonexistent/cert";
    EXPECT_THAT(errors_of(config),
                ElementsAre("ssh_certificate_file is invalid: /nonexistent/cert"));
    config.private_key_file.clear();
    EXPECT_THAT(errors_of(config),
                ElementsAre("ssh_certificate_file is set, but not ssh_private_key_file"));
}

}  // namespace
}  // namespace kiln
