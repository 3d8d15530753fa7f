#include "communicator/sftp_transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "communicator/ssh_wire.h"
#include "scripted_stream.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;
using test::ScriptedStream;
using testing::HasSubstr;

constexpr std::uint32_t directory_mode = 040755;
constexpr std::uint32_t file_mode = 0100644;
constexpr std::uint32_t link_mode = 0120777;

/// A server's replies in the order of the requests, whose ids count from 0.
class Replies {
  public:
    Replies& status(std::uint32_t code) {
        return add(101, WireWriter().u32(code).string("").string(""));
    }
    Replies& attributes(std::uint32_t mode) { return add(105, WireWriter().u32(4).u32(mode)); }
    Replies& path(const std::string& path) {
        return add(104, WireWriter().u32(1).string(path).string("").u32(0));
    }
    Replies& handle() { return add(102, WireWriter().string("h")); }
    Replies& entry(const std::string& name, std::uint32_t mode) {
        return add(104, WireWriter().u32(1).string(name).string("").u32(4).u32(mode));
    }
    Replies& top(std::uint32_t mode) { return attributes(mode).path("/srv/top").handle(); }

    std::string text() const { return WireWriter().u32(5).u8(2).u32(3).bytes() + text_; }

  private:
    Replies& add(std::uint8_t type, const WireWriter& body) {
        WireWriter head;
        head.u32(static_cast<std::uint32_t>(body.bytes().size() + 5)).u8(type).u32(next_id_++);
        text_ += head.bytes() + body.bytes();
        return *this;
    }

    std::string text_;
    std::uint32_t next_id_ = 0;
};

class SftpReceiveTest : public testing::Test {
  protected:
    SftpReceiveTest() : directory_(temp_root()), local_(directory_.path() / "local") {
        fs::create_directory(local_);
    }

    std::string failure_of(const Replies& replies) {
        ScriptedStream stream(replies.text());
        SftpClient client(stream);
        try {
            sftp_receive_tree(client, "/srv/top", local_);
        } catch (const Error& error) {
            return error.what();
        }
        return "it did not fail";
    }

    TempDir directory_;
    fs::path local_;
};

TEST_F(SftpReceiveTest, RefusesNamesThatLeaveTheDirectory) {
    for (const std::string name : {"../evil", "a/b", "/etc/evil", ""}) {
        EXPECT_THAT(
            failure_of(Replies().top(directory_mode).entry(name, file_mode).status(1).status(0)),
            HasSubstr("as a file name"))
            << name;
    }
    EXPECT_FALSE(fs::exists(directory_.path() / "evil"));
}

TEST_F(SftpReceiveTest, NoticesALinkThatLeadsBackUp) {
    const Replies replies = Replies()
                                .top(directory_mode)
                                .entry("loop", link_mode)
                                .status(1)
                                .status(0)
                                .attributes(directory_mode)
                                .path("/srv");
    EXPECT_THAT(failure_of(replies), HasSubstr("leads back"));
}

TEST_F(SftpReceiveTest, SaysThatALinkLeadsNowhere) {
    const Replies replies =
        Replies().top(directory_mode).entry("gone", link_mode).status(1).status(0).status(2);
    EXPECT_THAT(failure_of(replies), HasSubstr("link to nothing"));
}

TEST_F(SftpReceiveTest, RefusesDevices) {
    const Replies replies = Replies().top(directory_mode).entry("null", 020666).status(1).status(0);
    EXPECT_THAT(failure_of(replies), HasSubstr("neither a file nor a directory"));
}

TEST_F(SftpReceiveTest, DoesNotWriteThroughALocalLink) {
    fs::create_directory_symlink(directory_.path(), local_ / "top");
    EXPECT_THAT(failure_of(Replies().top(directory_mode)), HasSubstr("symbolic link"));
}

TEST_F(SftpReceiveTest, EndsATreeThatIsTooDeep) {
    Replies replies;
    replies.top(directory_mode);
    for (int i = 0; i < 200; ++i) {
        replies.entry("d", directory_mode).status(1).status(0).handle();
    }
    EXPECT_THAT(failure_of(replies), HasSubstr("too deep"));
}

TEST(SftpSend, RefusesADirectoryIntoNothing) {
    const TempDir directory(temp_root());
    ScriptedStream stream(Replies().status(2).text());
    SftpClient client(stream);
    EXPECT_THROW(sftp_send_tree(client, LocalTree(directory.path().string()), "/absent"), Error);
}

}  // namespace
}  // namespace kiln
