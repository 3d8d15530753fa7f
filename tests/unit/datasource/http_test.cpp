#include <atomic>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "data_source_fixture.h"
#include "datasource/http_exchange.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Answers each connection on a loopback port with a text of its own, and keeps what was asked.
class OneAnswerServer {
  public:
    explicit OneAnswerServer(std::vector<std::string> answers)
        : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* any = reinterpret_cast<sockaddr*>(&address);
        socklen_t length = sizeof address;
        if (bind(socket_.get(), any, length) != 0 || listen(socket_.get(), 8) != 0) {
            throw system_error("cannot listen", errno);
        }
        getsockname(socket_.get(), any, &length);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this, answers = std::move(answers)] { serve(answers); });
    }
    ~OneAnswerServer() {
        shutdown(socket_.get(), SHUT_RDWR);
        thread_.join();
    }

    std::string url(const std::string& path = "/") const {
        return fmt::format("http://127.0.0.1:{}{}", port_, path);
    }
    /// The requests, once the answers are used up.
    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    void serve(const std::vector<std::string>& answers) {
        for (const std::string& answer : answers) {
            const UniqueFd client(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!client) return;
            std::string request = receive(client.get());
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(std::move(request));
            }
            send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
        }
    }
    // Head and body, as far as Content-Length tells.
    static std::string receive(int client) {
        std::string text;
        std::array<char, 4096> buffer{};
        while (true) {
            const std::size_t head = text.find("\r\n\r\n");
            if (head != std::string::npos) {
                const std::size_t at = text.find("Content-Length: ");
                const std::size_t body = at < head ? std::stoul(text.substr(at + 16)) : 0;
                if (text.size() >= head + 4 + body) return text;
            }
            const ssize_t got = recv(client, buffer.data(), buffer.size(), 0);
            if (got <= 0) return text;
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }

    UniqueFd socket_;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

std::string answer(const std::string& status, const std::string& headers, const std::string& body) {
    return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n{}", status,
                       headers, body.size(), body);
}

std::string error_of(const Setting::Map& options, const CancelToken& cancel = {}) {
    try {
        read("http", options, cancel);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(HttpData, GivesBackTheAnswer) {
    OneAnswerServer server(
        {answer("200 OK", "content-TYPE: text/plain\r\nX-A: 1\r\nx-a: 2\r\n", "hello\n")});
    const Setting::Map values = read("http", {{"url", server.url("/x")}});
    EXPECT_EQ(values.at("url"), Setting(server.url("/x")));
    EXPECT_EQ(values.at("body"), Setting("hello\n"));
    const Setting::Map& headers = *values.at("request_headers").as_map();
    EXPECT_EQ(headers.at("Content-Type"), Setting("text/plain"));
    EXPECT_EQ(headers.at("X-A"), Setting("1, 2"));
    EXPECT_THAT(server.requests().at(0), HasSubstr("GET /x HTTP/1.1\r\n"));
}

TEST(HttpData, SendsMethodHeadersAndBody) {
    OneAnswerServer server({answer("201 Created", "", "")});
    const Setting::Map headers = {{"X-Token", "t"}, {"X-Empty", ""}};
    read("http", {{"url", server.url()},
                  {"method", "PUT"},
                  {"request_headers", headers},
                  {"request_body", "some text"}});
    const std::string request = server.requests().at(0);
    EXPECT_THAT(request, HasSubstr("PUT / HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("X-Token: t\r\n"));
    EXPECT_THAT(request, HasSubstr("X-Empty:\r\n"));
    EXPECT_THAT(request, HasSubstr("\r\n\r\nsome text"));
    EXPECT_THAT(request, Not(HasSubstr("Content-Type")));
}

TEST(HttpData, AsksForTheHeadersAlone) {
    OneAnswerServer server({"HTTP/1.1 204 No Content\r\nX-A: b\r\nConnection: close\r\n\r\n"});
    const Setting::Map values = read("http", {{"url", server.url()}, {"method", "HEAD"}});
    EXPECT_EQ(values.at("body"), Setting(""));
    EXPECT_EQ(values.at("request_headers").as_map()->at("X-A"), Setting("b"));
}

TEST(HttpData, FollowsRedirectsAndKeepsTheLastHeaders) {
    OneAnswerServer server({answer("302 Found", "Location: /y\r\nX-First: 1\r\n", ""),
                            answer("200 OK", "X-Second: 2\r\n", "there")});
    const Setting::Map values = read("http", {{"url", server.url()}});
    EXPECT_EQ(values.at("body"), Setting("there"));
    EXPECT_FALSE(values.at("request_headers").as_map()->contains("X-First"));
}

TEST(HttpData, RefusesEveryStatusThatIsNoSuccess) {
    OneAnswerServer server({answer("404 Not Found", "", "no")});
    EXPECT_THAT(error_of({{"url", server.url()}}),
                HasSubstr("HTTP request error. Response code: 404"));
}

TEST(HttpData, RefusesAnAnswerThatIsNoText) {
    OneAnswerServer server({answer("200 OK", "", "\xff\xfe")});
    EXPECT_THAT(error_of({{"url", server.url()}}), HasSubstr("is not text"));
}

TEST(HttpData, SaysWhyNobodyAnswers) {
    EXPECT_THAT(error_of({{"url", "http://127.0.0.1:1/"}}), HasSubstr("cannot ask"));
}

TEST(HttpData, NeverLeavesHttp) {
    OneAnswerServer server({answer("302 Found", "Location: file:///etc/hostname\r\n", "")});
    EXPECT_THAT(error_of({{"url", server.url()}}), HasSubstr("cannot ask"));
}

TEST(HttpData, EndsWhenItIsCancelled) {
    CancelSource source;
    source.cancel("enough");
    EXPECT_THROW(read("http", {{"url", "http://127.0.0.1:1/"}}, source.token()), Cancelled);
}

TEST(HttpData, ChecksItsOptions) {
    EXPECT_THAT(problems_of("http", {{"url", "https://127.0.0.1/"}}), IsEmpty());
    EXPECT_THAT(problems_of("http", {{"url", ""}}), ElementsAre("url must be set."));
    EXPECT_THAT(problems_of("http", {{"url", "ftp://x"}}),
                ElementsAre("\"ftp://x\" is neither an http nor an https URL."));
    EXPECT_THAT(problems_of("http", {{"url", "http://x"}, {"method", "get"}}),
                ElementsAre(HasSubstr("method must be one of HEAD, GET, POST, PUT, DELETE, OPTIONS,"
                                      " PATCH, not \"get\"")));
    const Setting::Map headers = {{"a b", "x"}, {"A", "x\r\ny"}};
    EXPECT_THAT(
        problems_of("http", {{"url", "http://x"}, {"request_headers", headers}}),
        ElementsAre("The header A must be one line.", "\"a b\" cannot be the name of a header."));
}

TEST(HttpExchange, WritesHeaderNamesInTheirCanonicalForm) {
    EXPECT_EQ(canonical_header_name("content-TYPE"), "Content-Type");
    EXPECT_EQ(canonical_header_name("etag"), "Etag");
    EXPECT_EQ(canonical_header_name(""), "");
}

}  // namespace
}  // namespace kiln::test
