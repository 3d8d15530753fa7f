#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/error.h"
#include "formats/ova/ovf.h"
#include "formats/ova/ovf_descriptor.h"
#include "formats/ova/xml.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& text) {
    try {
        parse_xml(text);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(Xml, IsReadAsItStands) {
    const XmlElement root = parse_xml(
        "\xef\xbb\xbf<?xml version='1.0'?>\r\n<!-- a -- comment --><a x = 'it&apos;s' "
        "ovf:y=\"&lt;&#65;&#x42;"
        "&#x1F600;\n\"><b/>one<![CDATA[<&]]> two<!-- > --> <c >&amp;\r\n</c><?pi ?></a>\n<!---->");
    EXPECT_EQ(root.name, "a");
    EXPECT_EQ(*root.attribute("x"), "it's");
    EXPECT_EQ(*root.attribute("y"), "<AB\xf0\x9f\x98\x80 ");
    EXPECT_EQ(root.attribute("z"), nullptr);
    EXPECT_EQ(root.text, "one<& two ");
    ASSERT_EQ(root.children.size(), 2U);
    EXPECT_EQ(root.child("c")->text, "&\n");
    EXPECT_EQ(root.child("d"), nullptr);
}

TEST(Xml, ComesBackAsItWasWritten) {
    XmlElement root;
    root.name = "r";
    root.set("a", "<tab\t line\n \"quoted\" 'single' & > \xc3\xa9");
    root.add_text("t", "<a> & \"b\"\n\t]]> \xe2\x82\xac");
    root.add("empty");
    const XmlElement back = parse_xml(to_xml(root));
    EXPECT_EQ(*back.attribute("a"), root.attributes[0].second);
    EXPECT_EQ(back.child("t")->text, root.children[0].text);
    EXPECT_EQ(to_xml(root).substr(to_xml(root).find("  <empty")), "  <empty />\n</r>\n");
    root.set("b", "\x01");
    EXPECT_THROW(to_xml(root), Error);
}

TEST(Xml, RefusesWhatIsNotWellFormed) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "no element"},
        {"text", "no element"},
        {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "DOCTYPE"},
        {"<a><!DOCTYPE b></a>", "DOCTYPE"},
        {"<a>&e;</a>", "entity"},
        {"<a>&</a>", "reference"},
        {"<a>& b;</a>", "entity"},
        {"<a>&#0;</a>", "not valid"},
        {"<a>&#xd800;</a>", "not valid"},
        {"<a>&#x110000;</a>", "not valid"},
        {"<a>&#99999999;</a>", "not valid"},
        {"<a>&#;</a>", "not valid"},
        {"<a>&#1f;</a>", "not valid"},
        {"<a", "no space"},
        {"<a>", "not closed"},
        {"<a></b>", "another name"},
        {"<a></a", "no >"},
        {"<a></a><b/>", "behind the root"},
        {"<a/>text", "behind the root"},
        {"< a/>", "no name"},
        {"<1/>", "no name"},
        {"<a b/>", "no ="},
        {"<a b=c/>", "quotes"},
        {"<a b='c/>", "no end"},
        {"<a b='<'/>", "no end"},
        {"<a b='1'c='2'/>", "no space"},
        {"<a b='1' b='2'/>", "twice"},
        {"<a><!-- </a>", "no end"},
        {"<a><![CDATA[ </a>", "no end"},
        {"<?xml ", "no end"},
        {"<a>\xff</a>", "UTF-8"},
        {"<a>\xc0\x80</a>", "UTF-8"},
        {"<a>\xe0\x80\x80</a>", "not allowed"},
        {"<a>\xed\xa0\x80</a>", "not allowed"},
        {"<a>\xf4\x90\x80\x80</a>", "not allowed"},
        {"<a>\xe2\x82", "UTF-8"},
        {"<a>\x01</a>", "not allowed"},
        {std::string("<a>\0</a>", 8), "UTF-8"},
    };
    for (const auto& [text, reason] : cases) {
        EXPECT_THAT(refusal(text), HasSubstr(reason)) << text;
    }
    EXPECT_THAT(refusal("<a>\n\n<b>\n</a>"), HasSubstr("line 4"));
}

TEST(Xml, IsLimited) {
    std::string deep;
    for (unsigned i = 0; i < 100'000; ++i) deep += "<a>";
    EXPECT_THAT(refusal(deep), HasSubstr("nested too deeply"));
    std::string many = "<a>";
    for (unsigned i = 0; i < 30'000; ++i) many += "<b/>";
    EXPECT_THAT(refusal(many + "</a>"), HasSubstr("too many elements"));
    std::string attributes = "<a";
    for (unsigned i = 0; i < 100; ++i) attributes += fmt::format(" b{}='x'", i);
    EXPECT_THAT(refusal(attributes + "/>"), HasSubstr("too many attributes"));
}

TEST(Xml, SurvivesEveryTruncation) {
    const std::string whole = to_ovf(
        [] {
            OvfMachine machine;
            machine.name = "vm";
            machine.annotation = "\xe2\x82\xac & more";
            return machine;
        }(),
        {{"vm-disk1.vmdk", 1 << 30, 4096, 4096}});
    EXPECT_EQ(refusal(whole), "");
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
    }
}

// The digests are those of what the first writer, over an XML library, made.
TEST(OvfText, IsTheSameBytesAsEver) {
    const auto digest = [](const OvfMachine& machine, const std::vector<OvfDisk>& disks) {
        return digest_hex(DigestType::Sha256, to_ovf(machine, disks));
    };
    OvfMachine plain;
    plain.name = "vm";
    EXPECT_EQ(digest(plain, {{"vm-disk1.vmdk", 1073741824, 123456, 65536}}),
              "f6013ae369ecc6507a9a2bc44caf5db6c58b619169fd15935311b9c8633b493b");
    OvfMachine full;
    full.name = "a <b> & \"c\" 'd' \t \xc3\xa9\n x";
    full.annotation = "line one\n\tline <two> & \"q\" 'a' > ]]> end \xc3\xa9";
    full.firmware = Firmware::Efi;
    full.secure_boot = true;
    full.disk_controller = DiskController::Pvscsi;
    full.cpus = 8;
    full.memory_mib = 65536;
    full.hardware_version = 19;
    full.network_cards = {{"VmxNet3", "A & B\n\"net\""}, {"E1000e", "LAN"}, {"E1000e", "LAN"}};
    full.vmware_os_type = "debian11_64Guest";
    std::vector<OvfDisk> disks;
    for (int i = 1; i <= 9; i++) {
        disks.push_back({fmt::format("a-disk{}.vmdk", i), 1ULL << 40, 18446744073709551615ULL, 0});
    }
    EXPECT_EQ(digest(full, disks),
              "4d2e399bbf28606ff8ca39270f9340bbba468568e004b44f40283569385b7824");
    OvfMachine small;
    small.name = " ";
    small.annotation = " ";
    small.disk_controller = DiskController::Ide;
    small.network_cards = {};
    EXPECT_EQ(digest(small, {{"", 0, 0, 0}}),
              "4bbdbb7792eeb740b8fdf26dc252f16acbb296fbb7d568e49131e101f1bc450b");
}

constexpr const char* kDescriptor =
    R"(<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
<ovf:References>
  <ovf:File ovf:id="f1" ovf:href="a.vmdk" ovf:size="10"/>
  <ovf:File ovf:id="f2" ovf:href="b.vmdk.gz" ovf:compression="gzip"/>
  <ovf:File ovf:id="f3" ovf:href="c.vmdk" ovf:chunkSize="100"/>
  <ovf:File ovf:id="f4" ovf:href="d.img"/>
  <ovf:File ovf:id="f5" ovf:href="e.vmdk" ovf:size="9999999999999999999999"/>
  <ovf:File ovf:id="f6" ovf:href="x.iso"/>
</ovf:References>
<ovf:DiskSection>
  <ovf:Disk ovf:diskId="1" ovf:fileRef="f1" ovf:format="http://x/vmdk.html#streamOptimized"/>
  <ovf:Disk ovf:diskId="2" ovf:fileRef="f2" ovf:format="http://x/vmdk.html"/>
  <ovf:Disk ovf:diskId="3" ovf:fileRef="f3" ovf:format="http://x/vmdk.html"/>
  <ovf:Disk ovf:diskId="4" ovf:fileRef="f4" ovf:format="http://x/qcow-image-format.html"/>
  <ovf:Disk ovf:diskId="5" ovf:fileRef="f5" ovf:parentRef="1"/>
  <ovf:Disk ovf:diskId="6" ovf:capacity="10"/>
</ovf:DiskSection>
</ovf:Envelope>)";

TEST(OvfDescriptor, TellsDisksAndWhatHindersReadingThem) {
    const OvfDescriptor descriptor = parse_ovf(kDescriptor);
    ASSERT_EQ(descriptor.files.size(), 6U);
    EXPECT_EQ(descriptor.files[0].size, 10U);
    EXPECT_EQ(descriptor.files[4].size, std::nullopt);
    ASSERT_EQ(descriptor.disks.size(), 5U);
    const auto choose = [&](std::string_view choice) {
        try {
            return choose_ovf_disk(descriptor, choice, "x.ova").file;
        } catch (const Error& error) {
            return fmt::format("{} {}", error.what(), error.hint());
        }
    };
    EXPECT_EQ(choose("1"), "a.vmdk");
    EXPECT_EQ(choose("a.vmdk"), "a.vmdk");
    EXPECT_THAT(choose("2"), HasSubstr("compressed as a whole"));
    EXPECT_THAT(choose("3"), HasSubstr("several files"));
    EXPECT_THAT(choose("4"), HasSubstr("not VMDK"));
    EXPECT_THAT(choose("5"), HasSubstr("another disk"));
    EXPECT_THAT(choose(""), HasSubstr("a.vmdk, b.vmdk.gz"));
    EXPECT_THAT(choose("6"), HasSubstr("no disk 6"));
    EXPECT_THAT(choose("0"), HasSubstr("no disk 0"));
    EXPECT_THAT(choose("x.iso"), HasSubstr("no disk x.iso"));
    EXPECT_THROW(parse_ovf("<html/>"), Error);
}

}  // namespace
}  // namespace kiln::formats
