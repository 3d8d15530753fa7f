// Small units of base: durations, sizes, globs, suggestions, secrets, digests, UUIDs, locks, ports.

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/duration.h"
#include "base/event.h"
#include "base/glob.h"
#include "base/lock.h"
#include "base/port.h"
#include "base/secret.h"
#include "base/size.h"
#include "base/suggest.h"
#include "base/uuid.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsGoForm) {
    EXPECT_EQ(parse_duration("1h30m"), 90min);
    EXPECT_EQ(parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_duration("-1s"), -1s);
    EXPECT_EQ(parse_duration("300µs"), 300us);
    EXPECT_EQ(parse_duration("0"), 0ns);
    EXPECT_EQ(parse_duration(".5s"), 500ms);
}

TEST(Duration, RefusesWhatGoRefuses) {
    for (const char* text : {"", "5", "s", "1x", "1s 2s", "1..5s", "-", "99999999h", "."}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

TEST(Duration, PrintsGoForm) {
    EXPECT_EQ(format_duration(0s), "0s");
    EXPECT_EQ(format_duration(80s), "1m20s");
    EXPECT_EQ(format_duration(1500ms), "1.5s");
    EXPECT_EQ(format_duration(2h), "2h0m0s");
    EXPECT_EQ(format_duration(-300ms), "-300ms");
    EXPECT_EQ(format_duration(7us), "7µs");
}

TEST(Duration, PrintsTheFirstTwoUnitsInWords) {
    EXPECT_EQ(format_duration_words(125s), "2 minutes 5 seconds");
    EXPECT_EQ(format_duration_words(45210us), "45 milliseconds 210 microseconds");
    EXPECT_EQ(format_duration_words(1h + 1s), "1 hour 1 second");
    EXPECT_EQ(format_duration_words(0s), "0 seconds");
}

TEST(Size, PrintsBinaryUnits) {
    EXPECT_EQ(format_size(512), "512 B");
    EXPECT_EQ(format_size(1536), "1.5 KiB");
    EXPECT_EQ(format_size(std::uint64_t{3} << 30), "3.0 GiB");
}

TEST(Glob, CrossesDotsAndKnowsEveryForm) {
    EXPECT_TRUE(glob_match("*.a", "b.qemu.a"));
    EXPECT_TRUE(glob_match("qemu.?", "qemu.x"));
    EXPECT_TRUE(glob_match("{null,qemu}.[a-c]", "qemu.b"));
    EXPECT_FALSE(glob_match("{null,qemu}.[!a-c]", "qemu.b"));
    EXPECT_TRUE(glob_match("a\\*b", "a*b"));
    EXPECT_FALSE(glob_match("a.b", "axb"));
    EXPECT_THROW(glob_match("[a", "a"), Error);
    EXPECT_THROW(glob_match("{a", "a"), Error);
}

TEST(Suggest, FindsTheNearestNameWithinTwoEdits) {
    EXPECT_EQ(suggest("memry", {"cpus", "memory"}), "memory");
    EXPECT_EQ(suggest("xyz", {"cpus", "memory"}), std::nullopt);
    EXPECT_EQ(did_you_mean("cpu", {"cpus"}), " Did you mean \"cpus\"?");
    EXPECT_EQ(suggest("get", {"set", "GET"}), "GET") << "case counts last";
    EXPECT_EQ(suggest("x", {"a", "eq"}), std::nullopt) << "everything is near to a short name";
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Secrets, HideTheWholeValueAndItsLines) {
    SecretRegistry registry;
    registry.add("one\r\ntwo");
    registry.add("");
    EXPECT_EQ(registry.redact("has one and two"), "has <sensitive> and <sensitive>");
    registry.add("one more");
    EXPECT_EQ(registry.redact("one more"), "<sensitive>");
}

class CollectingSink : public EventSink {
  public:
    void emit(const Event& event) override { events.push_back(event); }
    std::vector<Event> events;
};

TEST(RedactingSink, HidesSecretsInEveryText) {
    secrets().add("pass-word");
    CollectingSink collected;
    RedactingSink sink(collected);
    Reporter(sink, "b").say("the pass-word");
    sink.emit(BuildFinishedEvent{"b", {}, "wrong pass-word", false, {}, {}});
    EXPECT_EQ(std::get<MessageEvent>(collected.events[0]).text, "the <sensitive>");
    EXPECT_EQ(std::get<BuildFinishedEvent>(collected.events[1]).error, "wrong <sensitive>");
    secrets().clear();
}

TEST(Secrets, AnOptionsValueIsHiddenAsAWordOfItsOwn) {
    SecretRegistry registry;
    registry.add_word("valid");
    registry.add_word("ab");
    EXPECT_EQ(registry.redact("is valid: 'valid', invalid, validate; ab"),
              "is <sensitive>: '<sensitive>', invalid, validate; ab");
    registry.add_word("$x!");
    EXPECT_EQ(registry.redact("a$x!b"), "a<sensitive>b");
    registry.add("valid");
    EXPECT_EQ(registry.redact("validate"), "<sensitive>ate");
}

TEST(Digest, MatchesPublishedValues) {
    EXPECT_EQ(digest_hex(DigestType::Sha256, "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest_hex(DigestType::Md5, ""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(digest_from_name("sha512"), DigestType::Sha512);
    EXPECT_EQ(digest_from_name("crc"), std::nullopt);
}

TEST(Digest, ReadsAFileAndObeysCancellation) {
    const TempDir directory(temp_root());
    write_file_atomically(directory.path() / "a", "abc");
    EXPECT_EQ(digest_file_hex(DigestType::Sha1, directory.path() / "a"),
              "a9993e364706816aba3e25717850c26c9cd0d89d");
    CancelSource source;
    source.cancel("no");
    EXPECT_THROW(digest_file_hex(DigestType::Sha1, directory.path() / "a", source.token()),
                 Cancelled);
}

TEST(Uuid, HasItsFormAndDoesNotRepeat) {
    const std::string uuid = random_uuid();
    ASSERT_EQ(uuid.size(), 36u);
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(uuid[dash], '-') << uuid;
    EXPECT_EQ(uuid[14], '4') << uuid;
    EXPECT_NE(random_uuid(), uuid);
    EXPECT_EQ(time_ordered_uuid().size(), 36u);
}

TEST(FileLock, IsExclusiveAndGoesWithItsHolder) {
    const TempDir directory(temp_root());
    const auto path = directory.path() / "lock";
    {
        const auto held = FileLock::try_acquire(path);
        ASSERT_TRUE(held.has_value());
        EXPECT_FALSE(FileLock::try_acquire(path).has_value());
    }
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_TRUE(FileLock::try_acquire(path).has_value());
}

TEST(Port, LeasesDifferentPortsAndSaysWhenTheRangeIsUsedUp) {
    const TempDir locks(temp_root());
    std::optional<PortLease> first;
    int base = 20000;
    // Another program may hold ports of this range; a pair that is free is looked for.
    for (; base < 21000 && !first; base += 2) {
        try {
            first = lease_port("127.0.0.1", base, base, locks.path(), "test");
        } catch (const Error&) {
        }
    }
    ASSERT_TRUE(first.has_value());
    const int port = first->port();
    try {
        lease_port("127.0.0.1", port, port, locks.path(), "test server");
        FAIL() << "did not throw";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("test server: no free port"), std::string::npos);
        EXPECT_FALSE(error.hint().empty());
    }
    first.reset();
    EXPECT_EQ(lease_port("127.0.0.1", port, port, locks.path(), "test").port(), port);
}

TEST(Port, RemovesOnlyTheLocksOfRunsThatAreGone) {
    const TempDir locks(temp_root());
    write_file_atomically(locks.path() / "2222", "");
    const auto held = FileLock::try_acquire(locks.path() / "2223");
    EXPECT_EQ(remove_stale_port_locks(locks.path()), 1u);
    EXPECT_FALSE(std::filesystem::exists(locks.path() / "2222"));
    EXPECT_TRUE(std::filesystem::exists(locks.path() / "2223"));
}

TEST(Port, RefusesWhatIsNoRangeOrAddress) {
    const TempDir locks(temp_root());
    EXPECT_THROW(lease_port("127.0.0.1", 10, 9, locks.path(), "x"), Error);
    EXPECT_THROW(lease_port("localhost", 20000, 20010, locks.path(), "x"), Error);
}

}  // namespace
}  // namespace kiln
