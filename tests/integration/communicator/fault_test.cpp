#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "communicator/ssh_connector.h"
#include "fault_server.h"

namespace kiln::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string failure_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.to_string();
    }
    ADD_FAILURE() << "it did not fail";
    return "";
}

void send_text(int socket, std::string_view text) {
    EXPECT_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
}

void wait_for_end(int socket) {
    char byte = 0;
    while (recv(socket, &byte, 1, 0) > 0) {
    }
}

/// A configuration for a server that never becomes a real one.
SshConfig config_for(const TcpServer& server, Duration timeout) {
    SshConfig config;
    config.host = "127.0.0.1";
    config.port = server.port();
    config.username = "builder";
    config.password = "s3cret";
    config.timeout = timeout;
    return config;
}

TEST(SshLogin, EntersByPassword) {
    FaultServer server({});
    const auto ssh = connect_ssh(server.config(), {}, {});
    EXPECT_EQ(ssh->run("true", {}, {}), 0);
}

TEST(SshLogin, AnswersEveryKeyboardInteractiveQuestionWithThePassword) {
    FaultServer::Behaviour behaviour;
    behaviour.offers_password = false;
    behaviour.offers_keyboard_interactive = true;
    behaviour.questions = 3;
    FaultServer server(behaviour);
    const auto ssh = connect_ssh(server.config(), {}, {});
    EXPECT_EQ(ssh->run("true", {}, {}), 0);
}

TEST(SshLogin, FailsWithAWrongPasswordAndNamesWhatIsOffered) {
    FaultServer::Behaviour behaviour;
    behaviour.offers_keyboard_interactive = true;
    FaultServer server(behaviour);
    SshConfig config = server.config();
    config.password = "wr0ng-pass";
    const auto start = Clock::now();
    const std::string text = failure_of([&] { connect_ssh(config, {}, {}); });
    EXPECT_THAT(text, AllOf(HasSubstr("SSH login failed 2 times."),
                            HasSubstr("refused the login of user \"builder\""),
                            HasSubstr("tried: password, keyboard-interactive"),
                            HasSubstr("it offers: password, keyboard-interactive"),
                            HasSubstr("Check ssh_username"), Not(HasSubstr("wr0ng-pass"))));
    EXPECT_EQ(server.logins_refused(), 4);
    EXPECT_LT(Clock::now() - start, 5s);
    EXPECT_EQ(secrets().redact("x wr0ng-pass y"), "x <sensitive> y");
}

TEST(SshLogin, SaysWhenNothingFitsWhatIsOffered) {
    FaultServer::Behaviour behaviour;
    behaviour.offers_password = false;
    behaviour.offers_keyboard_interactive = true;
    FaultServer server(behaviour);
    SshConfig config = server.config();
    config.password.clear();
    config.handshake_attempts = 1;
    EXPECT_THAT(failure_of([&] { connect_ssh(config, {}, {}); }),
                AllOf(HasSubstr("nothing that kiln was given fits"),
                      HasSubstr("it offers: keyboard-interactive")));
}

TEST(SshLogin, CountsAServerThatHangsUpAfterARefusal) {
    FaultServer::Behaviour behaviour;
    behaviour.refusals_to_hang_up = 1;
    FaultServer server(behaviour);
    SshConfig config = server.config();
    config.password = "wrong";
    EXPECT_THAT(failure_of([&] { connect_ssh(config, {}, {}); }),
                AllOf(HasSubstr("SSH login failed 2 times."), HasSubstr("it hung up")));
}

TEST(SshLogin, WaitsForAPasswordThatIsSetLater) {
    FaultServer::Behaviour behaviour;
    FaultServer wrong(behaviour);
    behaviour.password = "later";
    FaultServer right(behaviour);
    int asked = 0;
    SshCallbacks callbacks;
    callbacks.find_target = [&]() -> SshTarget {
        return {"127.0.0.1", ++asked == 1 ? wrong.port() : right.port()};
    };
    SshConfig config = right.config();
    config.handshake_attempts = 0;
    const auto ssh = connect_ssh(config, callbacks, {});
    EXPECT_EQ(ssh->run("true", {}, {}), 0);
    EXPECT_EQ(wrong.logins_refused(), 1);
}

TEST(SshConnect, RetriesQuicklyUntilASilentPortBecomesAServer) {
    FaultServer real({});
    std::atomic<bool> up = false;
    // As slirp does: accepts at once, and never answers what came before the guest listened.
    TcpServer front([&](int socket) {
        if (!up) return wait_for_end(socket);
        // From here on connections are refused; the callback below names the real server.
    });
    Clock::time_point up_at;
    std::thread boot([&] {
        std::this_thread::sleep_for(2s);
        up_at = Clock::now();
        up = true;
    });
    SshCallbacks callbacks;
    callbacks.find_target = [&]() -> SshTarget {
        return {"127.0.0.1", up ? real.port() : front.port()};
    };
    const auto ssh = connect_ssh(real.config(), callbacks, {});
    boot.join();
    EXPECT_LT(Clock::now() - up_at, 1s);
    EXPECT_EQ(ssh->run("true", {}, {}), 0);
    EXPECT_LE(front.connections(), 4) << "no flood";
}

TEST(SshConnect, NoticesASilentPortsServerOnTheSamePort) {
    std::atomic<bool> up = false;
    TcpServer server([&](int socket) {
        if (up) send_text(socket, "SSH-2.0-late\r\n");
        wait_for_end(socket);
    });
    std::thread boot([&] {
        std::this_thread::sleep_for(1s);
        up = true;
    });
    SshProbe probe;
    std::optional<UniqueFd> found;
    Clock::time_point found_at;
    const auto start = Clock::now();
    while (!found && Clock::now() - start < 5s) {
        found = probe.step({"127.0.0.1", server.port()}, {});
    }
    boot.join();
    ASSERT_TRUE(found);
    EXPECT_LT(Clock::now() - start, 2s);
}

TEST(SshConnect, HasPatienceWithASlowBanner) {
    TcpServer server([&](int socket) {
        std::this_thread::sleep_for(2s);
        send(socket, "SSH-2.0-slow\r\n", 14, MSG_NOSIGNAL);
        wait_for_end(socket);
    });
    SshProbe probe;
    std::optional<UniqueFd> found;
    const auto start = Clock::now();
    while (!found && Clock::now() - start < 5s) {
        found = probe.step({"127.0.0.1", server.port()}, {});
    }
    ASSERT_TRUE(found);
    EXPECT_LT(Clock::now() - start, 2500ms);
}

TEST(SshConnect, SaysThatThereIsNoBanner) {
    TcpServer server(wait_for_end);
    EXPECT_THAT(failure_of([&] { connect_ssh(config_for(server, 1500ms), {}, {}); }),
                AllOf(HasSubstr("Timeout waiting for SSH."), HasSubstr("sends no SSH banner"),
                      HasSubstr("sshd is installed and enabled")));
    EXPECT_LE(server.connections(), 3);
}

TEST(SshConnect, SaysThatConnectionsAreClosed) {
    TcpServer server([](int) {});
    EXPECT_THAT(failure_of([&] { connect_ssh(config_for(server, 1s), {}, {}); }),
                HasSubstr("closes them without an SSH banner"));
    EXPECT_LE(server.connections(), 5) << "no flood";
}

TEST(SshConnect, SaysThatAnotherProtocolAnswers) {
    TcpServer server([](int socket) { send_text(socket, "HTTP/1.1 400 \x1b[31mBad\r\n\r\n"); });
    EXPECT_THAT(failure_of([&] { connect_ssh(config_for(server, 500ms), {}, {}); }),
                AllOf(HasSubstr("not an SSH server"), HasSubstr("HTTP/1.1 400 .[31mBad"),
                      HasSubstr("Check ssh_port")));
}

TEST(SshConnect, SaysThatTheHandshakeHangs) {
    TcpServer server([](int socket) {
        send_text(socket, "SSH-2.0-hang\r\n");
        wait_for_end(socket);
    });
    EXPECT_THAT(failure_of([&] { connect_ssh(config_for(server, 1s), {}, {}); }),
                AllOf(HasSubstr("Timeout waiting for SSH."),
                      HasSubstr("the SSH handshake did not come to an end")));
}

TEST(SshConnect, SurvivesGarbageInTheHandshake) {
    TcpServer server([](int socket) {
        send_text(socket, "SSH-2.0-junk\r\n" + std::string(5000, '\xee'));
        wait_for_end(socket);
    });
    EXPECT_THAT(failure_of([&] { connect_ssh(config_for(server, 1500ms), {}, {}); }),
                HasSubstr("the SSH handshake failed"));
    EXPECT_LE(server.connections(), 2) << "a pause follows each failure";
}

TEST(SshConnect, StopsWithinASecondWhenCancelled) {
    TcpServer server(wait_for_end);
    CancelSource source;
    std::thread canceller([source]() mutable {
        std::this_thread::sleep_for(200ms);
        source.cancel("enough");
    });
    const auto start = Clock::now();
    EXPECT_THROW(connect_ssh(config_for(server, 0s), {}, source.token()), Cancelled);
    EXPECT_LT(Clock::now() - start, 1s);
    canceller.join();
}

TEST(SshCommand, GivesTheStatusOfASignalTheServerReports) {
    FaultServer::Behaviour behaviour;
    behaviour.on_command = [](Command& command) { command.exit_by_signal("SEGV"); };
    FaultServer server(behaviour);
    EXPECT_EQ(connect_ssh(server.config(), {}, {})->run("x", {}, {}), 139);
}

TEST(SshCommand, GivesADisconnectForAChannelWithoutStatus) {
    FaultServer::Behaviour behaviour;
    behaviour.on_command = [](Command& command) { command.close(); };
    FaultServer server(behaviour);
    EXPECT_EQ(connect_ssh(server.config(), {}, {})->run("x", {}, {}), exit_status_disconnected);
}

TEST(SshCommand, GivesADisconnectWhenTheConnectionDropsAndKeepsTheOutput) {
    FaultServer::Behaviour behaviour;
    behaviour.on_command = [](Command& command) {
        command.print("last words\nunfinished");
        command.drop_connection();
    };
    FaultServer server(behaviour);
    std::vector<std::string> lines;
    const auto ssh = connect_ssh(server.config(), {}, {});
    EXPECT_EQ(ssh->run("x", {[&](std::string_view line) { lines.emplace_back(line); }, {}}, {}),
              exit_status_disconnected);
    EXPECT_THAT(lines, ElementsAre("last words", "unfinished"));
    // And the next command comes over a new connection.
    EXPECT_EQ(ssh->run("x", {}, {}), exit_status_disconnected);
}

TEST(SshCommand, SendsTheCommandWithANewline) {
    FaultServer::Behaviour behaviour;
    std::string line;
    behaviour.on_command = [&](Command& command) {
        line = command.line();
        command.exit(0);
    };
    FaultServer server(behaviour);
    connect_ssh(server.config(), {}, {})->run("echo hi", {}, {});
    EXPECT_EQ(line, "echo hi\n");
}

TEST(SshCommand, EndsASilentConnectionAfterTheReadWriteTimeout) {
    FaultServer::Behaviour behaviour;
    behaviour.on_command = [](Command& command) {
        std::this_thread::sleep_for(3s);
        command.exit(0);
    };
    FaultServer server(behaviour);
    SshConfig config = server.config();
    config.read_write_timeout = 1s;
    const auto ssh = connect_ssh(config, {}, {});
    const auto start = Clock::now();
    EXPECT_EQ(ssh->run("x", {}, {}), exit_status_disconnected);
    EXPECT_LT(Clock::now() - start, 2s);
}

/// Speaks scp's giving side with lines that an attacker would send.
class HostileScpTest : public testing::Test {
  protected:
    HostileScpTest() : directory_(temp_root()), target_(directory_.path() / "target") {
        std::filesystem::create_directory(target_);
    }

    std::string fetch(const std::vector<std::string>& lines) {
        FaultServer::Behaviour behaviour;
        behaviour.on_command = [lines](Command& command) {
            for (const auto& line : lines) {
                if (command.read_byte() != 0) break;
                command.print(line);
            }
            command.read_byte();
            command.exit(0);
        };
        FaultServer server(behaviour);
        const auto ssh = connect_ssh(server.config(), {}, {});
        return failure_of([&] { ssh->download_directory("/data", target_, {}); });
    }

    bool nothing_written() const {
        auto all = std::filesystem::recursive_directory_iterator(directory_.path());
        return std::distance(begin(all), end(all)) <= 2;  // the target and data
    }

    TempDir directory_;
    std::filesystem::path target_;
};

TEST_F(HostileScpTest, RefusesNamesThatLeaveTheDirectory) {
    for (const std::string name : {"../evil", "..", ".", "a/b", "/etc/evil", ""}) {
        EXPECT_THAT(fetch({"D0755 0 data\n", "C0644 4 " + name + "\n", "evil"}),
                    HasSubstr("as a file name"))
            << name;
        EXPECT_THAT(fetch({"D0755 0 data\n", "D0755 0 " + name + "\n"}),
                    HasSubstr("as a file name"))
            << name;
        EXPECT_TRUE(nothing_written()) << name;
    }
}

TEST_F(HostileScpTest, RefusesWhatWasNotAskedFor) {
    EXPECT_THAT(fetch({"C0644 4 .bashrc\n", "evil"}), HasSubstr("was not asked for"));
    EXPECT_TRUE(nothing_written());
}

TEST_F(HostileScpTest, RefusesToClimbAboveTheTop) {
    EXPECT_THAT(fetch({"D0755 0 data\n", "E\n", "E\n", "C0644 4 x\n"}), HasSubstr("had not begun"));
}

TEST_F(HostileScpTest, DoesNotWriteThroughALinkInTheTarget) {
    std::filesystem::create_directory_symlink(directory_.path(), target_ / "data");
    EXPECT_THAT(fetch({"D0755 0 data\n", "C0644 4 x\n", "evil"}), HasSubstr("symbolic link"));
    EXPECT_FALSE(std::filesystem::exists(directory_.path() / "x"));
}

TEST_F(HostileScpTest, RefusesLinesOutsideTheProtocol) {
    for (const std::string line : {"hello\n", "C0644 99999999999999999999 x\n", "C0644 -1 x\n",
                                   "C9999 1 x\n", "C0644 1\n", "C\n"}) {
        EXPECT_THAT(fetch({line}), HasSubstr("not its protocol")) << line;
    }
    EXPECT_THAT(fetch({std::string(10000, 'C')}), HasSubstr("line without end"));
}

}  // namespace
}  // namespace kiln::test
