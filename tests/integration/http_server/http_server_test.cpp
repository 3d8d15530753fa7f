#include "http_server/http_server.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln::http {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

class RecordingSink : public EventSink {
  public:
    void emit(const Event& event) override {
        const std::scoped_lock lock(mutex_);
        if (const auto* access = std::get_if<HttpAccessEvent>(&event)) accesses_.push_back(*access);
        if (const auto* message = std::get_if<MessageEvent>(&event)) said_.push_back(message->text);
    }
    /// Events follow the response, so the newest may still be on its way.
    std::vector<HttpAccessEvent> wait_for_accesses(std::size_t count) {
        for (int i = 0; i < 200; ++i) {
            {
                const std::scoped_lock lock(mutex_);
                if (accesses_.size() >= count) return accesses_;
            }
            std::this_thread::sleep_for(10ms);
        }
        return {};
    }
    std::vector<std::string> said() {
        const std::scoped_lock lock(mutex_);
        return said_;
    }

  private:
    std::mutex mutex_;
    std::vector<HttpAccessEvent> accesses_;
    std::vector<std::string> said_;
};

/// A client that can say anything, and waits at most five seconds for the answer.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    void send(std::string_view text) const {
        EXPECT_EQ(::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    /// All that comes until the server closes, or until `enough` stands in it.
    std::string receive(std::string_view enough = {}, std::chrono::milliseconds limit = 5s) const {
        std::string all;
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (enough.empty() || all.find(enough) == std::string::npos) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                deadline - std::chrono::steady_clock::now());
            pollfd waiting{fd_.get(), POLLIN, 0};
            if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) <= 0) {
                return all + "(timed out)";
            }
            char block[4096];
            const ssize_t got = recv(fd_.get(), block, sizeof block, 0);
            if (got <= 0) return all;
            all.append(block, static_cast<std::size_t>(got));
        }
        return all;
    }

  private:
    UniqueFd fd_;
};

class HttpServerTest : public testing::Test {
  protected:
    HttpServerTest() : temp_(temp_root()), root_(temp_.path() / "served") {
        fs::create_directories(root_ / "sub");
        write_file_atomically(root_ / "answers.cfg", "0123456789");
        write_file_atomically(root_ / "empty", "");
        write_file_atomically(temp_.path() / "secret", "top secret");
        fs::create_symlink("../secret", root_ / "link");
    }

    void serve_directory() { start({.directory = root_}); }
    void start(HttpServerConfig config) {
        config.port_min = 20000;
        config.port_max = 29999;
        config.address = "127.0.0.1";
        config.lock_directory = temp_.path() / "port";
        server_ = HttpServer::start(std::move(config), Reporter(sink_, "qemu.example"));
    }

    std::string url(std::string_view path) const {
        return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
    }
    std::string curl(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"curl", "-sS", "--max-time", "10", "--noproxy", "*"});
        return run_curl(std::move(arguments));
    }
    std::string ask(std::string_view request) const {
        const RawClient client(server_->port());
        client.send(request);
        return client.receive();
    }

    static std::string run_curl(std::vector<std::string> arguments);

    RecordingSink sink_;
    TempDir temp_;
    fs::path root_;
    std::unique_ptr<HttpServer> server_;
};

std::string quoted(const std::string& argument) {
    std::string out = "'";
    for (const char c : argument) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string HttpServerTest::run_curl(std::vector<std::string> arguments) {
    std::string command;
    for (const auto& argument : arguments) command += quoted(argument) + " ";
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + "2>&1").c_str(), "re"), &pclose);
    std::string out;
    char block[4096];
    for (std::size_t got; (got = fread(block, 1, sizeof block, pipe.get())) > 0;) {
        out.append(block, got);
    }
    return out;
}

TEST_F(HttpServerTest, SaysItsPortAndTellsEveryRequest) {
    start({.content = {{"/answers.cfg", "lang en_US\n"}}});
    EXPECT_THAT(sink_.said(), testing::ElementsAre(
                                  fmt::format("Starting HTTP server on port {}", server_->port())));
    EXPECT_EQ(curl({url("/answers.cfg?x=1")}), "lang en_US\n");
    EXPECT_EQ(curl({url("/answer.cfg")}), "/answer.cfg not found. Did you mean \"/answers.cfg\"?");
    const auto accesses = sink_.wait_for_accesses(2);
    ASSERT_EQ(accesses.size(), 2U);
    EXPECT_EQ(accesses[0].build, "qemu.example");
    EXPECT_EQ(accesses[0].client, "127.0.0.1");
    EXPECT_EQ(accesses[0].method, "GET");
    EXPECT_EQ(accesses[0].path, "/answers.cfg?x=1");
    EXPECT_EQ(accesses[0].status, 200);
    EXPECT_EQ(accesses[0].bytes, 11U);
    EXPECT_EQ(accesses[1].status, 404);
}

TEST_F(HttpServerTest, ServesFilesRangesAndEmptyFiles) {
    serve_directory();
    EXPECT_EQ(curl({url("/answers.cfg")}), "0123456789");
    EXPECT_EQ(curl({"-r", "2-4", url("/answers.cfg")}), "234");
    EXPECT_THAT(curl({"-i", "-r", "2-4", url("/answers.cfg")}),
                testing::AllOf(HasSubstr("206 Partial Content"), HasSubstr("Content-Length: 3\r\n"),
                               HasSubstr("Content-Range: bytes 2-4/10\r\n")));
    EXPECT_THAT(curl({"-i", "-r", "10-", url("/answers.cfg")}), HasSubstr(" 416 "));
    EXPECT_EQ(curl({"-w", "%{http_code} %{size_download}", url("/empty")}), "200 0");
    EXPECT_EQ(curl({"-L", "-w", "%{http_code} %{num_redirects}", "-o", "/dev/null", url("/sub")}),
              "200 1");
}

TEST_F(HttpServerTest, AnswersHeadWithTheLengthAndNoBody) {
    serve_directory();
    const std::string answer =
        ask("HEAD /answers.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Length: 10\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
    EXPECT_EQ(sink_.wait_for_accesses(1).at(0).bytes, 0U);
}

TEST_F(HttpServerTest, AnswersAConditionalRequestWithoutABody) {
    serve_directory();
    fs::path copy = temp_.path() / "copy";
    curl({"-R", "-o", copy.string(), url("/answers.cfg")});
    EXPECT_EQ(curl({"-z", copy.string(), "-w", "%{http_code}", url("/answers.cfg")}), "304");
}

TEST_F(HttpServerTest, StreamsFilesLargerThanItsBuffersUnchanged) {
    std::string large(5 << 20, '\0');
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>(i * 2654435761U >> 13);
    write_file_atomically(root_ / "large.bin", large);
    serve_directory();
    EXPECT_EQ(curl({"--compressed", url("/large.bin")}), large);
    EXPECT_EQ(curl({"-r", "1000000-1999999", url("/large.bin")}), large.substr(1000000, 1000000));
    EXPECT_EQ(sink_.wait_for_accesses(2).at(0).bytes, large.size());
}

TEST_F(HttpServerTest, NeverServesAnythingOutsideItsDirectory) {
    serve_directory();
    for (const char* target : {"/../secret",
                               "/sub/../../secret",
                               "/%2e%2e/secret",
                               "/%2e%2e%2fsecret",
                               "/..%2fsecret",
                               "/..%5csecret",
                               "/..\\secret",
                               "//../secret",
                               "/sub/%2e%2e/%2e%2e/secret",
                               "/link",
                               "/link/",
                               "/%c0%ae%c0%ae/secret",
                               "/....//secret",
                               "/%252e%252e/secret",
                               "/./../secret",
                               "http://127.0.0.1/../secret",
                               "file:///etc/passwd",
                               "/../../../../../../etc/passwd",
                               "//etc/passwd",
                               "/%u002e%u002e/secret",
                               "/secret%00.cfg",
                               "/answers.cfg%00"}) {
        const std::string answer =
            ask(fmt::format("GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target));
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 40")) << target;
        EXPECT_THAT(answer, Not(HasSubstr("top secret"))) << target;
        EXPECT_THAT(answer, Not(HasSubstr("root:"))) << target;
    }
}

TEST_F(HttpServerTest, ServesAbsoluteUrls) {
    serve_directory();
    EXPECT_THAT(ask("GET http://10.0.2.2:8000/answers.cfg HTTP/1.1\r\nHost: x\r\nConnection: "
                    "close\r\n\r\n"),
                EndsWith("0123456789"));
}

TEST_F(HttpServerTest, RefusesOtherMethodsAndReadsNoBody) {
    serve_directory();
    EXPECT_THAT(curl({"-i", "-d", "x=1", url("/answers.cfg")}), HasSubstr(" 405 "));
    EXPECT_THAT(curl({"-i", "-X", "DELETE", url("/answers.cfg")}),
                HasSubstr("Allow: GET, HEAD\r\n"));
    // Were the body taken for a request, it would be answered too.
    const std::string answer =
        ask("POST /answers.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n"
            "GET /answers.cfg HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(answer, Not(HasSubstr("0123456789")));
}

TEST_F(HttpServerTest, KeepsAConnectionAndServesPipelinedRequests) {
    serve_directory();
    const RawClient client(server_->port());
    const std::string request = "GET /answers.cfg HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(request + request);
    client.receive("0123456789");
    client.send("GET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive(), HasSubstr("Content-Length: 0\r\n"));
    EXPECT_EQ(sink_.wait_for_accesses(3).size(), 3U);
}

TEST_F(HttpServerTest, SurvivesGarbage) {
    serve_directory();
    const std::string long_line(20000, 'a');
    const std::string digits(7900, '1');
    std::string ranges = "bytes=0-1";
    while (ranges.size() < 7900) ranges += ",0-1";
    const std::string end = "\r\nConnection: close\r\n\r\n";
    std::string many_headers = "GET / HTTP/1.1\r\n";
    for (int i = 0; i < 20000; ++i) many_headers += fmt::format("x{}: y\r\n", i);
    const std::string nul("GET /a\0b HTTP/1.1\r\n\r\n", 22);
    for (const std::string& request :
         {std::string("\r\n\r\n"), std::string("\x16\x03\x01\x02garbage\n\n"), nul,
          "GET /" + long_line + " HTTP/1.1" + end, "GET / HTTP/1.1\r\nx: " + long_line + end,
          "GET /answers.cfg HTTP/1.1\r\nRange: bytes=" + digits + "-" + end,
          "GET /answers.cfg HTTP/1.1\r\nRange: " + ranges + end, "GET / HTTP/9.9" + end,
          "G\x01T / HTTP/1.1" + end,
          "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999" + end}) {
        ask(request);
        EXPECT_EQ(curl({url("/answers.cfg")}), "0123456789") << request.substr(0, 40);
    }
}

TEST_F(HttpServerTest, CutsAConnectionThatDripsItsRequest) {
    serve_directory();
    const RawClient client(server_->port());
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 8; ++i) {
        client.send(i == 0 ? "GET / HTTP/1.1\r\n" : "x: y\r\n");
        std::this_thread::sleep_for(1s);
    }
    client.receive({}, 10s);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 13s);
}

TEST_F(HttpServerTest, ServesTheGuestWhileAHostileClientHoldsConnections) {
    serve_directory();
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int i = 0; i < 60; ++i) idle.push_back(std::make_unique<RawClient>(server_->port()));
    EXPECT_EQ(curl({"--max-time", "30", url("/answers.cfg")}), "0123456789");
}

TEST_F(HttpServerTest, StopsAtOnceWithOpenConnections) {
    write_file_atomically(root_ / "large.bin", std::string(32 << 20, 'x'));
    serve_directory();
    const RawClient idle(server_->port());
    const RawClient kept(server_->port());
    kept.send("GET /answers.cfg HTTP/1.1\r\nHost: x\r\n\r\n");
    kept.receive("0123456789");
    const RawClient not_reading(server_->port());
    not_reading.send("GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    std::this_thread::sleep_for(100ms);
    const auto begin = std::chrono::steady_clock::now();
    server_.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 500ms);
    EXPECT_EQ(kept.receive(), "");
    EXPECT_TRUE(fs::is_empty(temp_.path() / "port"));
}

TEST_F(HttpServerTest, ServesManyClientsAtOnce) {
    serve_directory();
    std::vector<std::jthread> clients;
    std::atomic<int> good = 0;
    for (int i = 0; i < 8; ++i) {
        clients.emplace_back([&] {
            for (int j = 0; j < 20; ++j) {
                const std::string answer =
                    ask("GET /answers.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                if (answer.ends_with("0123456789")) ++good;
            }
        });
    }
    clients.clear();
    EXPECT_EQ(good, 160);
}

TEST_F(HttpServerTest, CannotStartWithBothSourcesOrNone) {
    EXPECT_THROW(start({}), Error);
    EXPECT_THROW(start({.directory = root_, .content = {{"/a", "b"}}}), Error);
}

}  // namespace
}  // namespace kiln::http
