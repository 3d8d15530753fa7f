#include "machine/qemu/qmp_client.h"

#include <array>
#include <thread>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kiln::qemu {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view greeting =
    R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""},)"
    R"( "capabilities": ["oob"]}})"
    "\r\n";

// The other end of the socket, played by a script on a thread of its own.
class FakeServer {
  public:
    using Script = std::function<void(FakeServer&)>;

    explicit FakeServer(Script script) {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) throw Error("no socket pair");
        mine_.reset(ends[0]);
        theirs_.reset(ends[1]);
        thread_ = std::thread([this, script = std::move(script)] {
            script(*this);
            mine_.reset();
        });
    }
    ~FakeServer() { thread_.join(); }

    UniqueFd take_socket() { return std::move(theirs_); }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::send(mine_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    // The next command, or null when the client has gone.
    json receive() {
        while (received_.find('\n') == std::string::npos) {
            std::array<char, 4096> block{};
            const ssize_t count = read(mine_.get(), block.data(), block.size());
            if (count <= 0) return {};
            received_.append(block.data(), static_cast<std::size_t>(count));
        }
        const std::size_t end = received_.find('\n');
        json message = json::parse(received_.substr(0, end));
        received_.erase(0, end + 1);
        return message;
    }

    void answer(const json& command, const json& value) {
        send(json{{"return", value}, {"id", command["id"]}}.dump() + "\r\n");
    }

    void greet() {
        send(greeting);
        const json command = receive();
        EXPECT_EQ(command["execute"], "qmp_capabilities");
        answer(command, json::object());
    }

    void wait_for_end() {
        while (!receive().is_null()) {
        }
    }

  private:
    UniqueFd mine_;
    UniqueFd theirs_;
    std::string received_;
    std::thread thread_;
};

template <class Action>
std::string error_of(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(QmpClient, NegotiatesAndReadsTheVersion) {
    FakeServer server([](FakeServer& s) { s.greet(); });
    const QmpClient client(server.take_socket(), {});
    EXPECT_EQ(client.version(), "7.2.22");
}

TEST(QmpClient, SendsACommandAndReturnsItsValue) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        const json command = s.receive();
        EXPECT_EQ(command["execute"], "pmemsave");
        EXPECT_EQ(command["arguments"]["size"], 80);
        s.answer(command, {{"ok", 1}});
        const json plain = s.receive();
        EXPECT_FALSE(plain.contains("arguments"));
        s.answer(plain, "text");
    });
    QmpClient client(server.take_socket(), {});
    EXPECT_EQ(client.execute("pmemsave", {{"size", 80}}), (json{{"ok", 1}}));
    EXPECT_EQ(client.execute("query-name"), "text");
}

TEST(QmpClient, KeepsEventsThatComeBetween) {
    FakeServer server([](FakeServer& s) {
        s.send(R"({"event": "RESUME"})"
               "\n");
        s.greet();
        const json command = s.receive();
        s.send(R"({"event": "STOP", "data": {}, "timestamp": {"seconds": 1}})"
               "\r\n");
        s.answer(command, json::object());
        s.send(R"({"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}})"
               "\n");
    });
    QmpClient client(server.take_socket(), {});
    client.execute("stop");
    std::vector<std::string> names;
    json last;
    for (int i = 0; i < 200 && names.size() < 3; ++i) {
        for (const QmpEvent& event : client.take_events()) {
            names.push_back(event.name);
            last = event.data;
        }
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_THAT(names, testing::ElementsAre("RESUME", "STOP", "SHUTDOWN"));
    EXPECT_EQ(last["reason"], "guest-shutdown");
    EXPECT_TRUE(client.take_events().empty());
}

TEST(QmpClient, ReadsMessagesThatComeInPieces) {
    FakeServer server([](FakeServer& s) {
        for (const char c : greeting) s.send(std::string_view(&c, 1));
        s.answer(s.receive(), json::object());
        const json command = s.receive();
        const std::string answer = json{{"return", "whole"}, {"id", command["id"]}}.dump() + "\n";
        s.send(R"({"event": "STOP"})"
               "\n" +
               answer.substr(0, 7));
        std::this_thread::sleep_for(20ms);
        s.send(answer.substr(7));
    });
    QmpClient client(server.take_socket(), {});
    EXPECT_EQ(client.execute("query-name"), "whole");
    EXPECT_EQ(client.take_events().size(), 1U);
}

TEST(QmpClient, DropsLinesThatAreNoMessages) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        const json command = s.receive();
        s.send("{\"return\": \n\n[1, 2]\n\"text\"\nnoise {\n\xff\xfe\n");
        s.send(R"({"neither": 1})"
               "\n");
        s.answer(command, 5);
    });
    QmpClient client(server.take_socket(), {});
    EXPECT_EQ(client.execute("x"), 5);
    EXPECT_EQ(client.dropped_lines(), 5U);
}

TEST(QmpClient, ThrowsWhatQemuRefuses) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        const json command = s.receive();
        s.send(json{{"id", command["id"]},
                    {"error", {{"class", "DeviceNotFound"}, {"desc", "no disk x"}}}}
                   .dump() +
               "\n");
    });
    QmpClient client(server.take_socket(), {});
    try {
        client.execute("eject");
        FAIL() << "no error";
    } catch (const QmpError& error) {
        EXPECT_EQ(error.error_class(), "DeviceNotFound");
        EXPECT_STREQ(error.what(), "QEMU refused eject: no disk x");
    }
}

TEST(QmpClient, SkipsTheLateAnswerOfACommandThatWasGivenUp) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        const json slow = s.receive();
        const json next = s.receive();
        s.answer(slow, "late");
        s.answer(next, "right");
    });
    QmpClient client(server.take_socket(), {});
    EXPECT_THAT(error_of([&] { client.execute("slow", json::object(), {}, 20ms); }),
                HasSubstr("QEMU did not answer slow in time"));
    EXPECT_EQ(client.execute("next"), "right");
}

TEST(QmpClient, GivesUpWhenCancelled) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        s.wait_for_end();
    });
    QmpClient client(server.take_socket(), {});
    CancelSource source;
    const Deadline deadline(source, 20ms, "enough");
    EXPECT_THROW(client.execute("slow", json::object(), source.token()), Cancelled);
}

TEST(QmpClient, TellsThatTheConnectionIsLost) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        s.receive();
        s.send(R"({"event": "SHUTDOWN", "data": {"reason": "host-qmp-quit"}})"
               "\n");
    });
    QmpClient client(server.take_socket(), {});
    EXPECT_THAT(error_of([&] { client.execute("quit"); }),
                StartsWith("the connection to QEMU is lost"));
    EXPECT_THAT(error_of([&] { client.execute("again"); }),
                StartsWith("the connection to QEMU is lost"));
    const auto events = client.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events.front().name, "SHUTDOWN");
}

TEST(QmpClient, ReadsEventsThatCameBeforeTheEnd) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        s.send(R"({"event": "SHUTDOWN", "data": 7})"
               "\n");
    });
    QmpClient client(server.take_socket(), {});
    std::deque<QmpEvent> events;
    for (int i = 0; i < 200 && events.empty(); ++i) {
        events = client.take_events();
        std::this_thread::sleep_for(5ms);
    }
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events.front().data.is_object());
}

TEST(QmpClient, RefusesALineWithoutEnd) {
    FakeServer server([](FakeServer& s) {
        s.greet();
        s.receive();
        const std::string block(1 << 20, 'x');
        for (int i = 0; i < 10; ++i) s.send(block);
        s.wait_for_end();
    });
    QmpClient client(server.take_socket(), {});
    EXPECT_THAT(error_of([&] { client.execute("x"); }), HasSubstr("a line of more than"));
}

TEST(QmpClient, RefusesAServerThatDoesNotGreet) {
    FakeServer silent([](FakeServer& s) { s.wait_for_end(); });
    EXPECT_THAT(error_of([&] { QmpClient(silent.take_socket(), {}, 30ms); }),
                HasSubstr("did not answer its greeting in time"));
}

TEST(QmpClient, TakesAStrangeVersion) {
    FakeServer server([](FakeServer& s) {
        s.send(R"({"QMP": {"version": {"qemu": {"major": "seven"}}}})"
               "\n");
        s.answer(s.receive(), json::object());
    });
    EXPECT_EQ(QmpClient(server.take_socket(), {}).version(), "");
}

TEST(QmpClient, ConnectStopsWhenTryingIsOfNoUse) {
    int tries = 0;
    const auto connect = [&] {
        QmpClient::connect("/nonexistent/socket", {}, 10s, [&] {
            if (++tries == 3) throw Error("QEMU has ended");
        });
    };
    EXPECT_EQ(error_of(connect), "QEMU has ended");
    EXPECT_THAT(error_of([&] { QmpClient::connect("/nonexistent/socket", {}, 20ms, [] {}); }),
                HasSubstr("cannot connect to QEMU's control socket /nonexistent/socket"));
    EXPECT_THAT(error_of([&] { QmpClient::connect("/" + std::string(200, 'x'), {}, 20ms, [] {}); }),
                HasSubstr("is too long"));
}

}  // namespace
}  // namespace kiln::qemu
