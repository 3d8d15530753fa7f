#include "communicator/sftp_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "communicator/ssh_wire.h"
#include "scripted_stream.h"

namespace kiln {
namespace {

using test::ScriptedStream;
using testing::HasSubstr;

// The replies of a server, by the numbers of draft-ietf-secsh-filexfer-02.
std::string packet(std::uint8_t type, std::uint32_t id, const std::string& body) {
    WireWriter writer;
    writer.u32(static_cast<std::uint32_t>(body.size() + 5)).u8(type).u32(id);
    return writer.bytes() + body;
}
const std::string greeting = packet(2, 3, "");
std::string status(std::uint32_t id, std::uint32_t code, const std::string& text = "") {
    return packet(101, id, WireWriter().u32(code).string(text).string("").bytes());
}
std::string handle(std::uint32_t id) {
    return packet(102, id, WireWriter().string("h").bytes());
}
std::string data(std::uint32_t id, const std::string& bytes) {
    return packet(103, id, WireWriter().string(bytes).bytes());
}

std::string failure_of(const std::string& answers, const std::function<void(SftpClient&)>& action) {
    ScriptedStream stream(answers);
    try {
        SftpClient client(stream);
        action(client);
    } catch (const Error& error) {
        return error.what();
    }
    return "it did not fail";
}

std::string read_whole(SftpClient& client) {
    std::string content;
    client.read_file("/f", [&](std::uint64_t offset, std::string_view bytes) {
        if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size());
        content.replace(offset, bytes.size(), bytes);
    });
    return content;
}

TEST(SftpClient, RefusesAnOldServer) {
    EXPECT_THAT(failure_of(packet(2, 2, ""), [](SftpClient&) {}), HasSubstr("no version"));
}

TEST(SftpClient, TellsTextOnStandardOutputFromSftp) {
    EXPECT_THAT(failure_of("Welcome to this machine!\n", [](SftpClient&) {}),
                HasSubstr("too long"));
}

TEST(SftpClient, PutsShortReadsTogetherInAnyOrder) {
    // The client asks for blocks 1 and 2; as they come it asks for 3, 4, 5, for the rest of block 1
    // (as 6), then for 7 and 8.
    const std::string half(16384, 'a');
    const std::string rest(16384, 'b');
    const std::string second(32768, 'c');
    ScriptedStream stream(greeting + handle(0) + data(2, second) + data(1, half) + status(3, 1) +
                          data(6, rest) + status(8, 1) + status(4, 1) + status(5, 1) +
                          status(7, 1) + status(9, 0));
    SftpClient client(stream);
    EXPECT_TRUE(read_whole(client) == half + rest + second);
}

TEST(SftpClient, RefusesAFileWithAHole) {
    // The first block is said to be past the end, but the second has bytes.
    EXPECT_THAT(failure_of(greeting + handle(0) + status(1, 1) + data(2, std::string(32768, 'x')),
                           [](SftpClient& client) { read_whole(client); }),
                HasSubstr("changes meanwhile"));
}

TEST(SftpClient, RefusesAnswersThatNobodyWaitsFor) {
    for (const std::string& answer :
         {data(9, "x"), data(1, ""), data(1, std::string(32769, 'x')), handle(1)}) {
        EXPECT_THAT(failure_of(greeting + handle(0) + answer,
                               [](SftpClient& client) { read_whole(client); }),
                    HasSubstr("breaks its protocol"));
    }
    EXPECT_THAT(failure_of(greeting + status(4, 0),
                           [](SftpClient& client) { client.make_directory("/d", 0755); }),
                HasSubstr("breaks its protocol"));
}

TEST(SftpClient, SurvivesAReplyCutAtAnyByte) {
    const WireWriter entry = [] {
        WireWriter writer;
        writer.u32(1).string("name").string("long").u32(4).u32(0100644);
        return writer;
    }();
    const std::string whole =
        greeting + handle(0) + packet(104, 1, entry.bytes()) + status(2, 1) + status(3, 0);
    ScriptedStream complete(whole);
    SftpClient client(complete);
    const auto entries = client.list("/d");
    ASSERT_EQ(entries.size(), 1U);
    EXPECT_EQ(entries[0].name, "name");
    EXPECT_TRUE(entries[0].attributes.is_regular_file());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_NE(failure_of(whole.substr(0, size), [](SftpClient& cut) { cut.list("/d"); }),
                  "it did not fail")
            << size;
    }
    // Lengths inside a whole packet that point outside it.
    for (std::size_t size = 0; size < entry.bytes().size(); ++size) {
        EXPECT_THAT(failure_of(greeting + handle(0) + packet(104, 1, entry.bytes().substr(0, size)),
                               [](SftpClient& cut) { cut.list("/d"); }),
                    HasSubstr("ends too early"))
            << size;
    }
}

TEST(SftpClient, ClaimsOfHugeCountsEndAtThePacket) {
    EXPECT_THAT(
        failure_of(greeting + handle(0) + packet(104, 1, WireWriter().u32(0xffffffff).bytes()),
                   [](SftpClient& client) { client.list("/d"); }),
        HasSubstr("ends too early"));
}

TEST(SftpClient, NamesThePathAndTheReason) {
    EXPECT_EQ(failure_of(greeting + status(0, 3),
                         [](SftpClient& client) { client.write_file("/etc/x", 0644, {}); }),
              "cannot write /etc/x in the guest: permission denied");
    EXPECT_THAT(failure_of(greeting + status(0, 4, "Failure"),
                           [](SftpClient& client) { client.make_directory("/d", 0755); }),
                HasSubstr("gives no reason"));
}

TEST(SftpClient, TellsAMissingFileFromAnError) {
    ScriptedStream stream(greeting + status(0, 2) + status(1, 3));
    SftpClient client(stream);
    EXPECT_FALSE(client.stat("/absent"));
    EXPECT_THROW(client.stat("/secret"), Error);
}

TEST(SftpClient, RaisesAFailedWrite) {
    EXPECT_THAT(failure_of(greeting + handle(0) + status(1, 4, "No space left on device"),
                           [](SftpClient& client) {
                               bool given = false;
                               client.write_file("/f", 0644, [&](std::size_t) {
                                   return std::exchange(given, true) ? "" : "abc";
                               });
                           }),
                HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace kiln
