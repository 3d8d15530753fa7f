#include "communicator/scp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "scripted_stream.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;
using test::ScriptedStream;
using testing::HasSubstr;

const std::string ok(1, '\0');

std::string failure_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return "it did not fail";
}

ByteSource source_of(std::string text) {
    return [text = std::move(text)](std::size_t size) mutable {
        const std::string part = text.substr(0, size);
        text.erase(0, size);
        return part;
    };
}

TEST(ScpQuote, EscapesWhatEndsAWordAndLeavesWhatTheShellShallExpand) {
    EXPECT_EQ(scp_quote("/tmp/a b"), "/tmp/a\\ b");
    EXPECT_EQ(scp_quote("it's \"x\""), "it\\'s\\ \\\"x\\\"");
    EXPECT_EQ(scp_quote("a;b&c|d(e)<f>#g`h"), "a\\;b\\&c\\|d\\(e\\)\\<f\\>\\#g\\`h");
    EXPECT_EQ(scp_quote("~/x/$HOME/*.log?[a]"), "~/x/$HOME/*.log?[a]");
    EXPECT_EQ(scp_quote("-rf"), "./-rf");
    EXPECT_THROW(scp_quote("a\nb"), Error);
}

TEST(ScpCommand, QuotesAsGuestsNeedIt) {
    EXPECT_EQ(scp_take_file_command("/a b"), "scp -t /a\\ b");
    EXPECT_EQ(scp_take_tree_command("/a", false), "scp -r -t /a");
    EXPECT_EQ(scp_take_tree_command("/a", true), "scp -r -d -t /a");
    EXPECT_EQ(scp_give_command("/a", false), "scp -f /a");
    EXPECT_EQ(scp_give_command("C:/Program Files/x", true), "scp -r -f \"C:/Program Files/x\"");
    EXPECT_EQ(scp_give_command("/a b/*", true), "scp -r -f /a\\ b/*");
}

TEST(ScpSend, SpeaksTheProtocol) {
    ScriptedStream stream(ok + ok + ok);
    scp_send_file(stream, "name", 0755, 3, source_of("abc"), {});
    EXPECT_EQ(stream.written(), "C0755 3 name\nabc" + ok);
}

TEST(ScpSend, RaisesTheGuestsError) {
    ScriptedStream stream(ok + "\1scp: /x: Permission denied\n");
    EXPECT_THAT(failure_of([&] { scp_send_file(stream, "x", 0644, 1, source_of("a"), {}); }),
                HasSubstr("Permission denied"));
}

TEST(ScpSend, RefusesAFileThatBecomesShorter) {
    ScriptedStream stream(ok + ok + ok);
    EXPECT_THAT(failure_of([&] { scp_send_file(stream, "x", 0644, 5, source_of("abc"), {}); }),
                HasSubstr("shorter"));
}

TEST(ScpSend, SendsATreeAsNestedDirectories) {
    const TempDir directory(temp_root());
    const fs::path root = directory.path() / "root";
    fs::create_directories(root / "sub");
    fs::permissions(root, fs::perms(0755));
    fs::permissions(root / "sub", fs::perms(0700));
    write_file_atomically(root / "sub/f", "xy");
    fs::permissions(root / "sub/f", fs::perms(0644));
    ScriptedStream named(std::string(10, '\0'));
    scp_send_tree(named, LocalTree(root.string()));
    EXPECT_EQ(named.written(), "D0755 0 root\nD0700 0 sub\nC0644 2 f\nxy" + ok + "E\nE\n");
    ScriptedStream content(std::string(10, '\0'));
    scp_send_tree(content, LocalTree(root.string() + "/"));
    EXPECT_EQ(content.written(), "D0700 0 sub\nC0644 2 f\nxy" + ok + "E\n");
}

TEST(ScpRun, SaysThatScpIsMissing) {
    ScriptedStream stream("", 127, "sh: scp: not found");
    EXPECT_EQ(failure_of([&] {
                  run_scp(stream, [&] { scp_send_file(stream, "x", 0644, 0, source_of(""), {}); });
              }),
              "SCP is not installed in the guest");
}

TEST(ScpRun, AddsTheGuestsOwnWords) {
    ScriptedStream stream("", 1, "sh: cannot create\x1b[2J");
    EXPECT_EQ(failure_of([&] {
                  run_scp(stream, [&] { scp_send_file(stream, "x", 0644, 0, source_of(""), {}); });
              }),
              "the guest ended the transfer too early: sh: cannot create.[2J");
    EXPECT_TRUE(stream.finished());
}

TEST(ScpRun, FailsForAStatusAfterAllWentWell) {
    ScriptedStream stream(ok + ok + ok, 1);
    EXPECT_THAT(failure_of([&] {
                    run_scp(stream,
                            [&] { scp_send_file(stream, "x", 0644, 0, source_of(""), {}); });
                }),
                HasSubstr("status 1"));
}

class ScpReceiveTest : public testing::Test {
  protected:
    ScpReceiveTest() : directory_(temp_root()) {}
    TempDir directory_;
};

TEST_F(ScpReceiveTest, ReceivesAFile) {
    ScriptedStream stream("C0600 3 x\nabc" + ok);
    scp_receive_file(stream, directory_.path() / "f", {});
    EXPECT_EQ(read_file(directory_.path() / "f"), "abc");
    EXPECT_EQ(stream.written(), ok + ok + ok);
}

TEST_F(ScpReceiveTest, RefusesADirectoryForAFile) {
    ScriptedStream stream("D0755 0 x\n");
    EXPECT_EQ(failure_of([&] { scp_receive_file(stream, directory_.path() / "f", {}); }),
              "remote file is directory");
}

TEST_F(ScpReceiveTest, RefusesASecondFile) {
    ScriptedStream stream("C0600 1 x\na" + ok + "C0600 1 y\nb" + ok);
    EXPECT_THAT(failure_of([&] { scp_receive_file(stream, directory_.path() / "f", {}); }),
                HasSubstr("more than one"));
    EXPECT_TRUE(fs::is_empty(directory_.path()));
}

TEST_F(ScpReceiveTest, LeavesNothingOfAFileThatIsCutAtAnyByte) {
    const std::string whole = "C0600 3 x\nabc" + ok;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        ScriptedStream stream(whole.substr(0, size));
        EXPECT_THROW(scp_receive_file(stream, directory_.path() / "f", {}), Error) << size;
        EXPECT_TRUE(fs::is_empty(directory_.path())) << size;
    }
}

TEST_F(ScpReceiveTest, ReceivesATreeWithTimesAndModes) {
    ScriptedStream stream("T1 0 1 0\nD0500 0 top\nT1 0 1 0\nC4755 2 f\nxy" + ok + "E\n");
    scp_receive_tree(stream, directory_.path(), "/some/top/");
    EXPECT_EQ(read_file(directory_.path() / "top/f"), "xy");
    EXPECT_EQ(fs::status(directory_.path() / "top/f").permissions(), fs::perms(0755))
        << "the set-user-id bit is not taken over";
    EXPECT_EQ(fs::status(directory_.path() / "top").permissions(), fs::perms(0500));
    fs::permissions(directory_.path() / "top", fs::perms(0700));
}

TEST_F(ScpReceiveTest, RefusesATreeWithoutEnd) {
    ScriptedStream cut("D0755 0 top\n");
    EXPECT_THROW(scp_receive_tree(cut, directory_.path(), "top"), Error);
    std::string deep;
    for (int i = 0; i < 1000; ++i) deep += "D0755 0 top\n";
    ScriptedStream stream(deep);
    EXPECT_THAT(failure_of([&] { scp_receive_tree(stream, directory_.path(), "top"); }),
                HasSubstr("too deep"));
}

TEST_F(ScpReceiveTest, TakesOnlyTopNamesThatFitThePattern) {
    ScriptedStream fits("C0644 1 a.log\nx" + ok);
    scp_receive_tree(fits, directory_.path(), "/var/*.log");
    ScriptedStream other("C0644 1 a.txt\nx" + ok);
    EXPECT_THROW(scp_receive_tree(other, directory_.path(), "/var/*.log"), Error);
}

}  // namespace
}  // namespace kiln
