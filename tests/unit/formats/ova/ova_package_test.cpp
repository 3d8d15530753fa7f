// OVAs and OVF directories with one disk and several, and what `check` says of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "formats/format.h"
#include "formats/inspect.h"
#include "formats/ova/ova_source.h"
#include "formats/ova/ova_writer.h"
#include "tests/unit/formats/image_builder.h"
#include "tests/unit/formats/packed/packed_builder.h"

namespace kiln::formats {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class OvfPackageTest : public testing::Test {
  protected:
    void SetUp() override {
        const MemorySource a(first_);
        const MemorySource b(second_);
        const Source* const disks[] = {&a, &b};
        OvfMachine machine;
        OvaOptions options;
        options.digests = {DigestType::Sha512};
        result_ = write_ova(path("vm.ova"), machine, disks, options);
        const InputFile file = InputFile::open(path("vm.ova"));
        for (const TarMember& member : read_ova(file).members) {
            std::string text(member.entry.size, '\0');
            file.read(member.offset, std::as_writable_bytes(std::span(text.data(), text.size())));
            members_.push_back({member.entry.name, text});
            write_text(path(member.entry.name), text);
        }
    }
    fs::path path(const std::string& name) const { return directory_.path() / name; }
    PackedMember& member(const std::string& name) {
        return *std::ranges::find(members_, name, &PackedMember::name);
    }
    fs::path ova_of(const std::vector<PackedMember>& members) {
        write_text(path("other.ova"), make_archive(members, "ustar"));
        return path("other.ova");
    }
    CheckReport check(const fs::path& file, bool allow = true) {
        OpenOptions options;
        options.allow_backing = allow;
        return check_image(file, options);
    }
    std::string refusal(const fs::path& file, const OpenOptions& options) {
        try {
            open_source(file, options);
        } catch (const Error& error) {
            return fmt::format("{} {}", error.what(), error.hint());
        }
        return "";
    }
    static OpenOptions disk(const std::string& name, bool allow = false) {
        OpenOptions options;
        options.disk = name;
        options.allow_backing = allow;
        return options;
    }

    TempDir directory_{temp_root()};
    std::vector<std::byte> first_ = mixed_disk(700'416, 51);
    std::vector<std::byte> second_ = mixed_disk(300'032, 52);
    OutputResult result_;
    std::vector<PackedMember> members_;
};

TEST_F(OvfPackageTest, AnOvaGivesTheDiskThatIsMeant) {
    EXPECT_TRUE(read_disk(*open_source(path("vm.ova"), disk("1"))) == first_);
    EXPECT_TRUE(read_disk(*open_source(path("vm.ova"), disk("vm-disk2.vmdk"))) == second_);
    EXPECT_THAT(refusal(path("vm.ova"), {}),
                AllOf(HasSubstr("holds 2 disks"), HasSubstr("vm-disk1.vmdk, vm-disk2.vmdk")));
    EXPECT_THAT(refusal(path("vm.ova"), disk("3")), HasSubstr("no disk 3"));
    ASSERT_EQ(result_.digests.size(), 1U);
    EXPECT_EQ(result_.digests[0].hex, digest_hex(DigestType::Sha512, read_text(path("vm.ova"))));
}

TEST_F(OvfPackageTest, ADirectoryIsReadWhenItsFilesAreAllowed) {
    EXPECT_TRUE(read_disk(*open_source(path("vm.ovf"), disk("1", true))) == first_);
    EXPECT_TRUE(read_disk(*open_source(path("vm.ovf"), disk("2", true))) == second_);
    EXPECT_EQ(open_source(path("vm.ovf"), disk("2", true))->info().format, "ovf");
    EXPECT_THAT(refusal(path("vm.ovf"), disk("1")), HasSubstr("--allow-backing"));
}

TEST_F(OvfPackageTest, FilesOutsideOfTheDirectoryAreNotOpened) {
    const std::string text = member("vm.ovf").content;
    for (const std::string name :
         {"../vm-disk1.vmdk", "/etc/passwd", "..", "json:{}", "nbd://x", ""}) {
        std::string changed = text;
        changed.replace(changed.find("vm-disk1.vmdk"), 13, name);
        write_text(path("bad.ovf"), changed);
        EXPECT_NE(refusal(path("bad.ovf"), disk("1", true)), "") << name;
    }
}

TEST_F(OvfPackageTest, CheckFindsNothingInWhatIsWhole) {
    for (const std::string name : {"vm.ova", "vm.ovf"}) {
        const CheckReport report = check(path(name));
        EXPECT_TRUE(report.clean()) << name;
        EXPECT_THAT(report.notes, IsEmpty()) << name;
    }
    const CheckReport report = check(path("vm.ovf"), false);
    EXPECT_TRUE(report.clean());
    EXPECT_THAT(report.notes, Contains(HasSubstr("--allow-backing")));
}

TEST_F(OvfPackageTest, CheckTellsWhatIsWrongInADirectory) {
    const std::string disk2 = read_text(path("vm-disk2.vmdk"));
    write_text(path("vm-disk2.vmdk"), disk2 + "x");
    EXPECT_THAT(check(path("vm.ovf")).problems,
                AllOf(Contains(HasSubstr("the size")), Contains(HasSubstr("SHA256"))));
    fs::remove(path("vm-disk2.vmdk"));
    EXPECT_THAT(check(path("vm.ovf")).problems, Contains(HasSubstr("which is missing")));
}

TEST_F(OvfPackageTest, CheckNotesOrderCertificateAndWhatTheManifestLeavesOut) {
    auto members = members_;
    members.push_back({"vm.cert", "a signature"});
    std::swap(members[1], members[2]);  // the manifest between the disks
    members.push_back({"readme.txt", "text"});
    const CheckReport report = check(ova_of(members));
    EXPECT_TRUE(report.clean());
    EXPECT_THAT(report.notes, AllOf(Contains(HasSubstr("signature in vm.cert")),
                                    Contains(HasSubstr("behind the manifest")),
                                    Contains(HasSubstr("readme.txt is not in the manifest"))));
    members = members_;
    members.erase(members.begin() + 1);
    EXPECT_THAT(check(ova_of(members)).notes, Contains(HasSubstr("no manifest")));
}

TEST_F(OvfPackageTest, CheckTellsWhatIsWrongInAnArchive) {
    auto twice = members_;
    twice.push_back(members_[2]);
    EXPECT_THAT(check(ova_of(twice)).problems, Contains(HasSubstr("twice")));
    member("vm.mf").content += member("vm.mf").content;
    EXPECT_THAT(check(ova_of(members_)).problems, Contains(HasSubstr("names vm.ovf twice")));
    auto missing = members_;
    missing.pop_back();
    EXPECT_THAT(check(ova_of(missing)).problems, Contains(HasSubstr("which is missing")));
    EXPECT_THAT(refusal(ova_of(missing), disk("2")), HasSubstr("which is missing"));
}

TEST_F(OvfPackageTest, HostileDescriptorsAreRefused) {
    std::string entities = "<!DOCTYPE lol [<!ENTITY a \"aaaa\">]>" + member("vm.ovf").content;
    auto members = members_;
    members[0].content = entities.substr(0);
    EXPECT_THAT(refusal(ova_of(members), disk("1")), HasSubstr("descriptor"));
    members[0].content = std::string((4 << 20) + 1, ' ');
    EXPECT_THAT(refusal(ova_of(members), disk("1")), HasSubstr("descriptor"));
    members[0].content.clear();
    EXPECT_THAT(refusal(ova_of(members), disk("1")), HasSubstr("descriptor"));
}

}  // namespace
}  // namespace kiln::formats
