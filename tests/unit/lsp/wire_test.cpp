#include "lsp/wire.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "lsp/uri.h"

namespace kiln::lsp {
namespace {

class Wire : public ::testing::Test {
  protected:
    ~Wire() override {
        close(ends_[0]);
        hang_up();
    }
    int open_pipe() {
        EXPECT_EQ(pipe(ends_), 0);
        return ends_[0];
    }
    void send(std::string_view text) {
        EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void hang_up() {
        if (ends_[1] >= 0) close(ends_[1]);
        ends_[1] = -1;
    }
    MessageReader::Status read(std::string& content) {
        return reader_.read(std::chrono::milliseconds(0), content);
    }
    std::string error() {
        std::string content;
        try {
            read(content);
        } catch (const Error& error) {
            return error.what();
        }
        return "none";
    }

    using Status = MessageReader::Status;
    int ends_[2] = {-1, -1};
    CancelSource cancel_;
    MessageReader reader_{open_pipe(), cancel_.token()};
};

TEST_F(Wire, ReadsMessagesHoweverTheyArrive) {
    std::string content;
    send(frame("{}") + frame("[1]") + "Content-Le");
    EXPECT_EQ(read(content), Status::Message);
    EXPECT_EQ(content, "{}");
    EXPECT_EQ(read(content), Status::Message);
    EXPECT_EQ(content, "[1]");
    EXPECT_EQ(read(content), Status::Timeout);
    send("ngth: 3\r\n\r\na");
    EXPECT_EQ(read(content), Status::Timeout);
    send("bc");
    EXPECT_EQ(read(content), Status::Message);
    EXPECT_EQ(content, "abc");
    hang_up();
    EXPECT_EQ(read(content), Status::End);
}

TEST_F(Wire, PassesOverOtherHeaders) {
    std::string content;
    send("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:2\r\n\r\n{}");
    EXPECT_EQ(read(content), Status::Message);
    EXPECT_EQ(content, "{}");
}

TEST_F(Wire, RefusesHeadersWithoutALength) {
    send("Content-Type: x\r\n\r\n{}");
    EXPECT_EQ(error(),
              "the client sends no message of the language server protocol: its header has no "
              "Content-Length");
}

TEST_F(Wire, RefusesLengthsThatAreNone) {
    send("Content-Length: -1\r\n\r\n");
    EXPECT_EQ(error(), "the client announces a message of -1 bytes: at most 64 MiB are taken");
}

TEST_F(Wire, RefusesHugeMessagesBeforeTheyCome) {
    send("Content-Length: 99999999999\r\n\r\n");
    EXPECT_EQ(error(),
              "the client announces a message of 99999999999 bytes: at most 64 MiB are taken");
}

TEST_F(Wire, RefusesHeadersWithoutAnEnd) {
    send(std::string(5000, 'x'));
    EXPECT_EQ(error(),
              "the client sends no message of the language server protocol: its header does not "
              "end");
}

TEST_F(Wire, EndsWhenCancelled) {
    std::string content;
    cancel_.cancel("enough");
    EXPECT_EQ(reader_.read(std::nullopt, content), Status::End);
}

TEST(Uri, GoesBetweenPathsAndUris) {
    EXPECT_EQ(path_of_uri("file:///a/b.pkr.hcl"), "/a/b.pkr.hcl");
    EXPECT_EQ(path_of_uri("file:///a%20b/%C3%A9"), "/a b/é");
    EXPECT_EQ(path_of_uri("file://localhost/a/../b"), "/b");
    EXPECT_EQ(uri_of_path("/a b/é.pkr.hcl"), "file:///a%20b/%C3%A9.pkr.hcl");
    EXPECT_EQ(path_of_uri(uri_of_path("/100%/#?")), "/100%/#?");
}

TEST(Uri, RefusesWhatIsNoFileOfThisHost) {
    for (const char* uri : {"", "untitled:1", "http://x/a", "file://other/a", "file:///%",
                            "file:///%4", "file:///%zz", "file:///%00"}) {
        EXPECT_EQ(path_of_uri(uri), std::nullopt) << uri;
    }
}

}  // namespace
}  // namespace kiln::lsp
