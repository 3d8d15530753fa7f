#include "datasource/host_info.h"

#include <unistd.h>

#include "data_source_fixture.h"

namespace kiln::test {
namespace {

TEST(HostInfo, TellsOfThisMachine) {
    const Setting::Map values = read("host-info", {});
    EXPECT_EQ(values.at("os_type"), Setting("linux"));
    EXPECT_EQ(values.at("cpus"), Setting(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN))));
    EXPECT_GT(std::stol(values.at("memory").as_number()->text), 0);
    EXPECT_FALSE(values.at("hostname").as_string()->empty());
    EXPECT_FALSE(values.at("version").as_string()->empty());
    ASSERT_NE(values.at("addresses").as_list(), nullptr);
    for (const Setting& address : *values.at("addresses").as_list()) {
        EXPECT_NE(*address.as_string(), "127.0.0.1");
    }
}

TEST(HostInfo, FindsTheFamilyOfADistribution) {
    struct Case {
        const char* text;
        const char* platform;
        const char* family;
        const char* version;
    };
    const std::vector<Case> cases = {
        {"ID=debian\nVERSION_ID=\"12\"\n", "debian", "debian", "12"},
        {"NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"22.04\"", "ubuntu", "debian",
         "22.04"},
        {"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID='9.3'\n", "rocky", "rhel",
         "9.3"},
        {"ID=fedora\nVERSION_ID=40\n", "fedora", "fedora", "40"},
        {"ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\nVERSION_ID=\"15.5\"\n", "opensuse-leap",
         "suse", "15.5"},
        {"# nothing\nID=mine\n\n=\n", "mine", "mine", ""},
        {"", "linux", "linux", ""},
    };
    for (const Case& c : cases) {
        const Distribution found = read_os_release(c.text);
        EXPECT_EQ(found.platform, c.platform) << c.text;
        EXPECT_EQ(found.family, c.family) << c.text;
        EXPECT_EQ(found.version, c.version) << c.text;
    }
}

TEST(HostInfo, NamesProcessorsAsThePeerDoes) {
    EXPECT_EQ(architecture_name("x86_64"), "amd64");
    EXPECT_EQ(architecture_name("aarch64"), "arm64");
    EXPECT_EQ(architecture_name("i686"), "386");
    EXPECT_EQ(architecture_name("armv7l"), "arm");
    EXPECT_EQ(architecture_name("riscv64"), "riscv64");
}

}  // namespace
}  // namespace kiln::test
