#include "sshd.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "communicator/ssh_connector.h"
#include "communicator/ssh_key.h"

namespace kiln::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class SshdTest : public testing::Test {
  protected:
    void SetUp() override {
        if (!Sshd::available()) GTEST_SKIP() << "needs openssh-server and a login shell";
        sshd_.emplace();
    }

    void connect(const SshConfig& config) { ssh_ = connect_ssh(config, {}, {}); }

    int run(const std::string& command, const CancelToken& cancel = {}) {
        out_.clear();
        err_.clear();
        return ssh_->run(command,
                         {[this](std::string_view line) { out_.emplace_back(line); },
                          [this](std::string_view line) { err_.emplace_back(line); }},
                         cancel);
    }

    std::optional<Sshd> sshd_;
    std::unique_ptr<SshCommunicator> ssh_;
    std::vector<std::string> out_;
    std::vector<std::string> err_;
};

TEST_F(SshdTest, RunsACommandWithBothStreamsApart) {
    connect(sshd_->config());
    EXPECT_EQ(run("echo one; echo two >&2; echo; printf 'no newline'"), 0);
    EXPECT_THAT(out_, ElementsAre("one", "", "no newline"));
    EXPECT_THAT(err_, ElementsAre("two"));
}

TEST_F(SshdTest, ReportsExitStatuses) {
    connect(sshd_->config());
    for (const int status : {0, 1, 127, 255}) {
        EXPECT_EQ(run("exit " + std::to_string(status)), status);
    }
}

TEST_F(SshdTest, ReportsASignalAs128PlusItsNumber) {
    connect(sshd_->config());
    EXPECT_EQ(run("kill -9 $$"), 137);
    EXPECT_EQ(run("kill -TERM $$"), 143);
}

TEST_F(SshdTest, PrintsAHundredThousandLines) {
    connect(sshd_->config());
    std::size_t lines = 0;
    std::string last;
    const OutputHandlers handlers{[&](std::string_view line) {
                                      ++lines;
                                      last = line;
                                  },
                                  {}};
    EXPECT_EQ(ssh_->run("seq 1 100000", handlers, {}), 0);
    EXPECT_EQ(lines, 100000U);
    EXPECT_EQ(last, "100000");
}

TEST_F(SshdTest, SurvivesBinaryOutput) {
    connect(sshd_->config());
    std::size_t bytes = 0;
    const OutputHandlers handlers{[&](std::string_view line) { bytes += line.size(); }, {}};
    EXPECT_EQ(ssh_->run("head -c 3000000 /dev/zero", handlers, {}), 0);
    EXPECT_EQ(bytes, 3000000U);
    EXPECT_EQ(run("printf 'a\\0b\\n\\377\\n'"), 0);
    EXPECT_THAT(out_, ElementsAre(std::string("a\0b", 3), "\377"));
}

TEST_F(SshdTest, HandsLinesOnWhileTheCommandRuns) {
    connect(sshd_->config());
    std::vector<Clock::time_point> times;
    const OutputHandlers handlers{[&](std::string_view) { times.push_back(Clock::now()); }, {}};
    EXPECT_EQ(ssh_->run("echo a; sleep 0.6; echo b", handlers, {}), 0);
    ASSERT_EQ(times.size(), 2U);
    EXPECT_GT(times[1] - times[0], 400ms);
}

TEST_F(SshdTest, GivesATerminalOnlyWhenToldTo) {
    SshConfig config = sshd_->config();
    connect(config);
    EXPECT_NE(run("test -t 1"), 0);
    config.pty = true;
    connect(config);
    EXPECT_EQ(run("test -t 1 && stty size; echo $TERM"), 0);
    EXPECT_THAT(out_, ElementsAre("40 80", "xterm"));
}

TEST_F(SshdTest, EndsStandardInputAtOnce) {
    connect(sshd_->config());
    EXPECT_EQ(run("cat; echo done"), 0);
    EXPECT_THAT(out_, ElementsAre("done"));
}

TEST_F(SshdTest, CancelsACommandWithinASecondAndStaysOfUse) {
    connect(sshd_->config());
    CancelSource source;
    std::thread canceller([source]() mutable {
        std::this_thread::sleep_for(300ms);
        source.cancel("enough");
    });
    const auto start = Clock::now();
    EXPECT_THROW(run("sleep 30", source.token()), Cancelled);
    EXPECT_LT(Clock::now() - start, 1300ms);
    canceller.join();
    EXPECT_EQ(run("echo again"), 0);
    EXPECT_THAT(out_, ElementsAre("again"));
}

TEST_F(SshdTest, ReportsALostConnectionAsDisconnect) {
    connect(sshd_->config());
    EXPECT_EQ(run("echo before; sleep 0.5; kill -9 $PPID; sleep 5"), exit_status_disconnected);
    EXPECT_THAT(out_, ElementsAre("before"));
}

TEST_F(SshdTest, ConnectsAgainAfterAReboot) {
    connect(sshd_->config());
    EXPECT_EQ(run("true"), 0);
    sshd_->stop();
    std::thread boot([this] {
        std::this_thread::sleep_for(1s);
        sshd_->start();
    });
    EXPECT_EQ(run("echo up"), 0);
    boot.join();
    EXPECT_THAT(out_, ElementsAre("up"));
}

TEST_F(SshdTest, NoticesTheServerWithinASecondOfItsStart) {
    const SshConfig config = sshd_->config();
    sshd_->stop();
    Clock::time_point up;
    std::thread boot([&] {
        std::this_thread::sleep_for(1500ms);
        sshd_->start();
        up = Clock::now();
    });
    connect(config);
    const auto connected = Clock::now();
    boot.join();
    EXPECT_LT(connected - up, 1500ms);
}

TEST_F(SshdTest, SaysThatThePortRefusesConnections) {
    SshConfig config = sshd_->config();
    sshd_->stop();
    config.timeout = 600ms;
    std::vector<std::string> stages;
    SshCallbacks callbacks;
    callbacks.on_progress = [&](const std::string& stage) { stages.push_back(stage); };
    try {
        connect_ssh(config, callbacks, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "Timeout waiting for SSH.");
        EXPECT_THAT(error.what(), HasSubstr("refuses connections"));
        EXPECT_FALSE(error.hint().empty());
    }
    // Told once, however often it is tried; while sshd goes, it may look otherwise for a moment.
    EXPECT_FALSE(stages.empty());
    EXPECT_EQ(std::adjacent_find(stages.begin(), stages.end()), stages.end());
}

TEST_F(SshdTest, NamesTheMethodsOfferedWhenAKeyIsRefused) {
    SshConfig config = sshd_->config();
    const auto other = sshd_->directory() / "other";
    write_file_atomically(other, generate_key_pair().private_key, 0600);
    config.private_key_file = other.string();
    config.timeout.reset();
    config.handshake_attempts = 2;
    try {
        connect(config);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "SSH login failed 2 times.");
        EXPECT_THAT(error.what(), HasSubstr("tried: key file " + other.string()));
        EXPECT_THAT(error.what(), HasSubstr("it offers: publickey"));
    }
}

TEST_F(SshdTest, EntersWithEachKindOfTemporaryKey) {
    for (const auto& [type, bits] :
         {std::pair{"ed25519", 0}, std::pair{"rsa", 2048}, std::pair{"ecdsa", 0}}) {
        const SshKeyPair pair = generate_key_pair(type, bits);
        write_file_atomically(sshd_->directory() / "authorized_keys", pair.authorized_key, 0600);
        SshConfig config = sshd_->config();
        config.private_key_file.clear();
        config.private_key = pair.private_key;
        connect(config);
        EXPECT_EQ(run("true"), 0) << type;
    }
}

TEST_F(SshdTest, EntersWithKeyFilesThatOpenSslAndSshKeygenMade) {
    const auto make = [&](const std::string& command) {
        const ProcessOutput made =
            run_process({"sh", {"-ec", command}, {}, sshd_->directory(), "", {}}, CancelToken());
        ASSERT_TRUE(made.status.success()) << made.err;
    };
    make("ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f pem; cat pem.pub >> authorized_keys");
    make("ssh-keygen -q -t ecdsa -N '' -f openssh; cat openssh.pub >> authorized_keys");
    make(
        "openssl genpkey -quiet -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out pkcs8;"
        "chmod 600 pkcs8; ssh-keygen -y -f pkcs8 >> authorized_keys");
    for (const auto* name : {"pem", "openssh", "pkcs8"}) {
        SshConfig config = sshd_->config();
        config.private_key_file = (sshd_->directory() / name).string();
        connect(config);
        EXPECT_EQ(run("true"), 0) << name;
    }
}

TEST_F(SshdTest, EntersWithACertificate) {
    const ProcessOutput made = run_process(
        {"sh",
         {"-ec",
          "ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -t ed25519 -N '' -f user;"
          "ssh-keygen -q -s ca -I kiln -n " +
              current_user() +
              " -V +1h user.pub; printf 'cert-authority ' > "
              "authorized_keys; cat ca.pub >> authorized_keys"},
         {},
         sshd_->directory(),
         "",
         {}},
        CancelToken());
    ASSERT_TRUE(made.status.success()) << made.err;
    SshConfig config = sshd_->config();
    config.private_key_file = (sshd_->directory() / "user").string();
    config.handshake_attempts = 1;
    EXPECT_THROW(connect(config), Error);
    config.certificate_file = (sshd_->directory() / "user-cert.pub").string();
    connect(config);
    EXPECT_EQ(run("true"), 0);
}

class AgentTest : public SshdTest {
  protected:
    void SetUp() override {
        SshdTest::SetUp();
        if (IsSkipped()) return;
        if (!find_program("ssh-agent")) GTEST_SKIP() << "needs openssh-client";
        socket_ = (sshd_->directory() / "agent").string();
        ProcessSpec spec;
        spec.program = "ssh-agent";
        spec.arguments = {"-D", "-a", socket_};
        agent_.emplace(Process::start(spec));
        ProcessSpec add;
        add.program = "ssh-add";
        add.arguments = {sshd_->private_key().string()};
        add.environment["SSH_AUTH_SOCK"] = socket_;
        for (int i = 0; i < 100 && !run_process(add, CancelToken()).status.success(); ++i) {
            std::this_thread::sleep_for(50ms);
        }
    }

    std::string socket_;
    std::optional<Process> agent_;
};

TEST_F(AgentTest, EntersWithTheAgentsKey) {
    SshConfig config = sshd_->config();
    config.private_key_file.clear();
    config.agent_auth = true;
    config.agent_socket = socket_;
    connect(config);
    EXPECT_EQ(run("echo \"[$SSH_AUTH_SOCK]\""), 0);
    EXPECT_THAT(out_, ElementsAre("[]"));
}

TEST_F(AgentTest, ForwardsTheAgent) {
    SshConfig config = sshd_->config();
    config.agent_forwarding = true;
    config.agent_socket = socket_;
    connect(config);
    EXPECT_EQ(run("ssh-add -l && ssh-add -l"), 0);
    ASSERT_EQ(out_.size(), 2U);
    EXPECT_THAT(out_[0], HasSubstr("ED25519"));
}

TEST_F(SshdTest, RefusesAgentLoginWithoutAnAgent) {
    unsetenv("SSH_AUTH_SOCK");
    SshConfig config = sshd_->config();
    config.agent_auth = true;
    try {
        connect(config);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("SSH_AUTH_SOCK is not set"));
    }
}

TEST_F(SshdTest, StopsWaitingWhenTheGuestEnds) {
    SshConfig config = sshd_->config();
    sshd_->stop();
    SshCallbacks callbacks;
    int asked = 0;
    callbacks.guest_ended = [&]() -> std::optional<std::string> {
        if (++asked < 3) return std::nullopt;
        return "exit status 1";
    };
    const auto start = Clock::now();
    EXPECT_THROW(connect_ssh(config, callbacks, {}), Error);
    EXPECT_LT(Clock::now() - start, 3s);
}

TEST_F(SshdTest, AsksForTheTargetUntilItIsKnown) {
    SshConfig config = sshd_->config();
    config.host.clear();
    int asked = 0;
    SshCallbacks callbacks;
    callbacks.find_target = [&]() -> SshTarget {
        if (++asked < 3) throw Error("no lease yet");
        return {"127.0.0.1", sshd_->port()};
    };
    ssh_ = connect_ssh(config, callbacks, {});
    EXPECT_EQ(run("true"), 0);
    EXPECT_EQ(asked, 3);
}

TEST_F(SshdTest, KeepsAQuietConnectionAliveByItsKeepAlives) {
    SshConfig config = sshd_->config();
    config.read_write_timeout = 1500ms;
    config.keep_alive_interval = 300ms;
    connect(config);
    EXPECT_EQ(run("sleep 3; exit 7"), 7);
    config.keep_alive_interval = -1s;
    connect(config);
    EXPECT_EQ(run("sleep 3; exit 7"), exit_status_disconnected);
}

TEST_F(SshdTest, UsesTheCiphersAndKeyExchangeThatAreAskedFor) {
    SshConfig config = sshd_->config();
    config.ciphers = {"aes256-ctr"};
    config.key_exchange_algorithms = {"ecdh-sha2-nistp256"};
    SshConnector connector(config, {});
    const auto session = connector.connect({}, 10s);
    EXPECT_STREQ(ssh_get_cipher_out(session->raw()), "aes256-ctr");
    EXPECT_STREQ(ssh_get_kex_algo(session->raw()), "ecdh-sha2-nistp256");
}

}  // namespace
}  // namespace kiln::test
