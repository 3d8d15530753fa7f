// Servers that fail: what a transfer survives, and what it says when it does not.
#include <atomic>
#include <chrono>

#include "download_fixture.h"

namespace kiln::download {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Mirrors : public DownloadFixture {
  protected:
    /// What an earlier, interrupted run left.
    void leave_part(std::string_view bytes, const std::string& url, const std::string& validator) {
        std::filesystem::create_directories(cache_);
        const std::string part = cached(key_.empty() ? checksum() : key_).string() + ".part";
        write_file_atomically(part, bytes);
        write_file_atomically(part + ".meta", url + "\n" + validator + "\n");
    }
    std::string key_;
};

/// The first half, and then nothing.
void send_half(const Exchange& e, std::string_view content, std::string_view headers = {}) {
    e.send(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n", content.size(), headers));
    e.send(content.substr(0, content.size() / 2));
}

TEST_F(Mirrors, AreTriedInOrder) {
    const FaultyServer server([&](const Exchange& e) {
        if (e.target == "/good.iso") {
            e.serve(content_, "\"1\"");
        } else {
            e.reply(503, "busy");
        }
    });
    EXPECT_EQ(
        read_file(get({server.url("/bad.iso"), server.url("/good.iso"), server.url("/bad.iso")},
                      checksum())),
        content_);
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Mirrors, AreAllNamedWithTheirReasonsWhenNoneServes) {
    const FaultyServer server([&](const Exchange& e) {
        if (e.target == "/loop.iso") e.reply(302, "", "Location: /loop.iso\r\n");
        if (e.target == "/file.iso") e.reply(302, "", "Location: file:///etc/passwd\r\n");
        if (e.target == "/wrong.iso") e.reply(200, "wrong");
        if (e.target == "/404.iso") e.reply(404, "not here");
    });
    const std::string text = failure(
        {server.url("/404.iso"), server.url("/loop.iso"), server.url("/file.iso"),
         server.url("/wrong.iso"), server.url("/hangup.iso"), "http://127.0.0.1:1/closed.iso",
         "git::https://host/repository", "/no/such/file.iso"},
        checksum());
    EXPECT_THAT(text, testing::StartsWith("error downloading ISO:\n  " + server.url("/404.iso") +
                                          ": bad response code: 404\n"));
    EXPECT_THAT(text, HasSubstr("/loop.iso: Maximum (10) redirects followed\n"));
    EXPECT_THAT(text, HasSubstr("/file.iso: Protocol \"file\" not supported"));
    EXPECT_THAT(text, HasSubstr("/wrong.iso has the wrong checksum"));
    EXPECT_THAT(text, HasSubstr("/hangup.iso: Empty reply from server\n"));
    EXPECT_THAT(text, HasSubstr("closed.iso: Failed to connect to 127.0.0.1 port 1"));
    EXPECT_THAT(text, HasSubstr("\"git\" is not supported"));
    EXPECT_THAT(text, HasSubstr("/no/such/file.iso: No such file or directory"));
}

TEST_F(Mirrors, AreFollowedToWhereTheyRedirect) {
    const FaultyServer server([&](const Exchange& e) {
        if (e.target == "/a.iso") {
            e.reply(302, "moved", "Location: /elsewhere/b.iso\r\n");
        } else {
            e.serve(content_, "\"1\"");
        }
    });
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
}

TEST_F(Mirrors, ThatBreakOffAreResumed) {
    std::atomic<int> count = 0;
    const FaultyServer server([&](const Exchange& e) {
        if (++count == 1) {
            send_half(e, content_, "ETag: \"1\"\r\n");
        } else {
            e.serve(content_, "\"1\"");
        }
    });
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_THAT(server.requests()[1],
                AllOf(HasSubstr("Range: bytes=200000-\r\n"), HasSubstr("If-Range: \"1\"\r\n")));
}

TEST_F(Mirrors, ThatIgnoreRangesAreReadFromTheStart) {
    std::atomic<int> count = 0;
    const FaultyServer server([&](const Exchange& e) {
        if (++count == 1) {
            send_half(e, content_);
        } else {
            e.reply(200, content_);
        }
    });
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
}

TEST_F(Mirrors, ThatAlwaysBreakOffAreGivenUp) {
    const FaultyServer server(
        [&](const Exchange& e) { e.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"); });
    EXPECT_THAT(failure({server.url("/a.iso")}, checksum()),
                HasSubstr("transfer closed with 100 bytes remaining"));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Mirrors, GoOnWithThePartOfAnEarlierRun) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    leave_part(content_.substr(0, 150'000), server.url("/a.iso"), "\"1\"");
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
    ASSERT_EQ(server.requests().size(), 1U);
    EXPECT_THAT(server.requests()[0], HasSubstr("Range: bytes=150000-\r\n"));
    EXPECT_EQ(cache_names().size(), 1U);
}

TEST_F(Mirrors, GoOnWithAnotherMirrorsPart) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"2\""); });
    leave_part(content_.substr(0, 150'000), "http://elsewhere/a.iso", "\"1\"");
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
    EXPECT_THAT(server.requests().at(0),
                AllOf(HasSubstr("Range: bytes=150000-\r\n"), Not(HasSubstr("If-Range"))));
}

TEST_F(Mirrors, StartOverWhenThePartWasOfAnotherFile) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    leave_part(std::string(150'000, 'x'), "http://elsewhere/a.iso", "\"1\"");
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Mirrors, TakeAPartThatIsAlreadyWhole) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    leave_part(content_, server.url("/a.iso"), "\"1\"");
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Mirrors, StartOverWhenThePartIsLargerThanTheFile) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    leave_part(content_ + "more", server.url("/a.iso"), "\"1\"");
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_);
}

TEST_F(Mirrors, WithoutAChecksumResumeOnlyTheSameVersionOfTheSameUrl) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"2\""); });
    key_ = server.url("/a.iso");
    leave_part(std::string(1000, 'x'), key_, "\"1\"");
    EXPECT_EQ(read_file(get({key_}, "none")), content_);
    std::filesystem::remove(cached(key_));
    leave_part(std::string(1000, 'x'), "http://elsewhere/a.iso", "\"2\"");
    EXPECT_EQ(read_file(get({key_}, "none")), content_);
    EXPECT_THAT(server.requests().at(1), Not(HasSubstr("Range:")));
    std::filesystem::remove(cached(key_));
    leave_part(content_.substr(0, 1000), key_, "\"2\"");
    EXPECT_EQ(read_file(get({key_}, "none")), content_);
    EXPECT_THAT(server.requests().at(2), HasSubstr("Range: bytes=1000-"));
}

TEST_F(Mirrors, TakeANoteOfTheServerTornAtAnyByteForNone) {
    content_ = "the whole file";
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"12\""); });
    key_ = server.url("/a.iso");
    const std::string whole = key_ + "\n\"12\"\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        leave_part("another", key_, "");
        write_file_atomically(cached(key_).string() + ".part.meta", whole.substr(0, size));
        EXPECT_EQ(read_file(get({key_}, "none")), content_) << size;
        std::filesystem::remove(cached(key_));
    }
}

TEST_F(Mirrors, ThatSendAnotherPartAreRefused) {
    const FaultyServer server([&](const Exchange& e) {
        e.reply(206, content_.substr(100), "Content-Range: bytes 100-399999/400000\r\n");
    });
    leave_part(content_.substr(0, 150'000), server.url("/a.iso"), "\"1\"");
    EXPECT_THAT(failure({server.url("/a.iso")}, checksum()), HasSubstr("sent another part"));
}

TEST_F(Mirrors, ThatSendAnEmptyPartAreNotTakenForWhole) {
    const FaultyServer server([&](const Exchange& e) {
        e.reply(206, "", "Content-Range: bytes 1000-399999/400000\r\n");
    });
    key_ = server.url("/a.iso");
    leave_part(content_.substr(0, 1000), key_, "\"1\"");
    EXPECT_THAT(failure({key_}, "none"), HasSubstr("only a part of the file"));
}

TEST_F(Mirrors, MayServeAnEmptyFile) {
    const FaultyServer server([&](const Exchange& e) { e.reply(200, ""); });
    EXPECT_EQ(read_file(get({server.url("/a.iso")}, "none")), "");
}

TEST_F(Mirrors, ThatFallSilentAreGivenUpAfterTheTimeOut) {
    const FaultyServer server([&](const Exchange& e) {
        send_half(e, content_);
        e.sleep(20s);
    });
    DownloadContext short_context = context();
    short_context.stall_timeout = 1s;
    const auto begin = std::chrono::steady_clock::now();
    const auto silent = [&] {
        fetch({.urls = {server.url("/a.iso")}, .checksum = checksum()}, short_context);
    };
    EXPECT_THAT(silent, testing::ThrowsMessage<Error>(HasSubstr("the server sent nothing for 1s")));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST_F(Mirrors, ThatPromiseMoreThanTheDiskHoldsAreRefusedAtOnce) {
    const FaultyServer server([&](const Exchange& e) {
        e.send("HTTP/1.1 200 OK\r\nContent-Length: 1152921504606846976\r\n\r\nx");
        e.sleep(5s);
    });
    EXPECT_THAT(failure({server.url("/a.iso")}, checksum()), HasSubstr("do not fit"));
}

TEST_F(Mirrors, GetCredentialsThatNoMessageShows) {
    const FaultyServer server([&](const Exchange& e) { e.reply(401, ""); });
    std::string url = server.url("/a.iso");
    url.insert(7, "user:hunter2@");
    const std::string text = failure({url}, "file:" + url);
    const std::string other = failure({url}, checksum());
    EXPECT_THAT(server.requests().at(1), HasSubstr("Authorization: Basic dXNlcjpodW50ZXIy\r\n"));
    EXPECT_THAT(text + other, Not(HasSubstr("hunter2")));
    for (const std::string& said : sink_.texts()) EXPECT_THAT(said, Not(HasSubstr("hunter2")));
    for (const auto& event : sink_.progress())
        EXPECT_THAT(event.id + event.label, Not(HasSubstr("hunter2")));
}

TEST_F(Mirrors, AreReachedThroughTheProxyOfTheEnvironment) {
    const FaultyServer proxy([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    setenv("HTTP_PROXY", proxy.url("").c_str(), 1);
    EXPECT_EQ(read_file(get({"http://images.invalid/a.iso"}, checksum())), content_);
    unsetenv("HTTP_PROXY");
    EXPECT_THAT(proxy.requests().at(0), testing::StartsWith("GET http://images.invalid/a.iso "));
}

TEST_F(Mirrors, GetTheUserFromNetrc) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    const auto netrc = temp_.path() / "netrc";
    write_file_atomically(netrc, "machine 127.0.0.1 login user password hunter2\n");
    setenv("NETRC", netrc.c_str(), 1);
    get({server.url("/a.iso")}, checksum());
    unsetenv("NETRC");
    EXPECT_THAT(server.requests().at(0), HasSubstr("Authorization: Basic dXNlcjpodW50ZXIy\r\n"));
}

}  // namespace
}  // namespace kiln::download
