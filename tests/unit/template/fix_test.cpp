#include "template/legacy/fix/fix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kiln {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string fixed(const std::string& text) {
    SourceMap sources;
    Diagnostics diagnostics;
    std::string result = fix_template(text, "box.json", sources, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics[0].summary << diagnostics[0].detail;
    return result;
}

// Brings one builder up to date and gives its members, one a line, without quotes of names.
std::string fixed_builder(const std::string& members) {
    const std::string text = fixed("{\"builders\": [{" + members + "}]}");
    const std::string open = "{\n  \"builders\": [\n    {\n";
    const std::string close = "\n    }\n  ]\n}";
    EXPECT_TRUE(text.starts_with(open) && text.ends_with(close)) << text;
    std::string inner = text.substr(open.size(), text.size() - open.size() - close.size());
    std::string lines;
    for (std::size_t start = 0; start < inner.size();) {
        const std::size_t end = std::min(inner.find('\n', start), inner.size());
        std::string line = inner.substr(start, end - start);
        line.erase(0, line.find_first_not_of(' '));
        lines += (lines.empty() ? "" : " ") + line;
        start = end + 1;
    }
    return lines;
}

std::string fixed_provisioner(const std::string& members) {
    return fixed("{\"provisioners\": [{" + members + "}]}");
}

std::string fixed_post_processor(const std::string& members) {
    return fixed("{\"post-processors\": [[{" + members + "}]]}");
}

TEST(Fix, SortsKeysAndIndentsByTwo) {
    EXPECT_EQ(fixed(R"({"b": [], "a": {"z": 1.50, "y": [true, null, "x"]}, "_c": {}})"), R"({
  "_c": {},
  "a": {
    "y": [
      true,
      null,
      "x"
    ],
    "z": 1.5
  },
  "b": []
})");
}

TEST(Fix, EscapesTextsAsThePeerDoes) {
    EXPECT_EQ(fixed(R"({"a": "<enter> & \"q\" \\ \n\t\u0001 é \u2028"})"),
              "{\n  \"a\": \"<enter> \\u0026 \\\"q\\\" \\\\ \\n\\t\\u0001 é \\u2028\"\n}");
}

TEST(Fix, LeavesWhatIsUpToDateAsItIs) {
    const std::string text = R"({
  "builders": [
    {
      "disk_size": "10G",
      "iso_checksum": "sha256:aa",
      "ssh_timeout": "1m",
      "type": "qemu"
    }
  ]
})";
    EXPECT_EQ(fixed(text), text);
    EXPECT_EQ(fixed(fixed(text)), text);
}

TEST(Fix, LeavesPartsOfAnotherShapeAlone) {
    EXPECT_EQ(fixed(R"({"builders": "x", "post-processors": ["manifest", [1]]})"), R"({
  "builders": "x",
  "post-processors": [
    "manifest",
    [
      1
    ]
  ]
})");
}

TEST(Fix, MistakesOfTheTextAreTold) {
    SourceMap sources;
    Diagnostics diagnostics;
    EXPECT_EQ(fix_template("{\"a\": }", "box.json", sources, diagnostics), "");
    ASSERT_EQ(diagnostics.size(), 1u);
    EXPECT_EQ(diagnostics[0].subject->filename, "box.json");
}

struct BuilderFix {
    const char* name;
    const char* before;
    const char* after;
};

class BuilderFixes : public ::testing::TestWithParam<BuilderFix> {};

TEST_P(BuilderFixes, BringTheBuilderUpToDate) {
    EXPECT_EQ(fixed_builder(GetParam().before), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    Fixers, BuilderFixes,
    ::testing::Values(
        BuilderFix{"IsoMd5", R"("type": "x", "iso_md5": "aa")",
                   R"("iso_checksum": "md5:aa", "type": "x")"},
        BuilderFix{"CreateTime", R"("type": "x", "l": ["a-{{ .CreateTime }}"])",
                   R"("l": [ "a-{{timestamp}}" ], "type": "x")"},
        BuilderFix{"GuestAdditionsAttached",
                   R"("type": "virtualbox", "guest_additions_attach": true)",
                   R"("guest_additions_mode": "attach", "type": "virtualbox-iso")"},
        BuilderFix{"GuestAdditionsUploaded",
                   R"("type": "virtualbox", "guest_additions_attach": false)",
                   R"("guest_additions_mode": "upload", "type": "virtualbox-iso")"},
        BuilderFix{"Vmware", R"("type": "vmware")", R"("type": "vmware-iso")"},
        BuilderFix{"ParallelsHeadless", R"("type": "parallels-iso", "headless": true)",
                   R"("type": "parallels-iso")"},
        BuilderFix{
            "ParallelsKeys",
            R"("type": "parallels-pvm", "parallels_tools_host_path": "x", "guest_os_distribution": "y")",
            R"("guest_os_type": "y", "type": "parallels-pvm")"},
        BuilderFix{"SshKeyPath", R"("ssh_key_path": "k", "type": "x")",
                   R"("ssh_private_key_file": "k", "type": "x")"},
        BuilderFix{"SshDisableAgent", R"("ssh_disable_agent": true, "type": "x")",
                   R"("ssh_disable_agent_forwarding": true, "type": "x")"},
        BuilderFix{"Scaleway", R"("access_key": "k", "type": "scaleway")",
                   R"("organization_id": "k", "type": "scaleway")"},
        BuilderFix{"AmazonShutdown", R"("shutdown_behaviour": "stop", "type": "amazon-ebs")",
                   R"("shutdown_behavior": "stop", "type": "amazon-ebs")"},
        BuilderFix{"AmazonNetworking", R"("enhanced_networking": true, "type": "amazon-ebs")",
                   R"("ena_support": true, "type": "amazon-ebs")"},
        BuilderFix{"AmazonPrivateIp", R"("ssh_private_ip": true, "type": "amazon-ebs")",
                   R"("ssh_interface": "private_ip", "type": "amazon-ebs")"},
        BuilderFix{"AmazonPublicIp", R"("ssh_private_ip": "false", "type": "amazon-ebs")",
                   R"("ssh_interface": "public_ip", "type": "amazon-ebs")"},
        BuilderFix{
            "AmazonCidrs",
            R"("temporary_security_group_source_cidr": "0.0.0.0/0", "type": "amazon-ebs")",
            R"("temporary_security_group_source_cidrs": [ "0.0.0.0/0" ], "type": "amazon-ebs")"},
        BuilderFix{"AmazonSpotProduct", R"("spot_price_auto_product": "x", "type": "amazon-ebs")",
                   R"("type": "amazon-ebs")"},
        BuilderFix{"DockerEmail", R"("login_email": "x", "type": "docker")", R"("type": "docker")"},
        BuilderFix{
            "Esx", R"("remote_type": "esx5", "type": "vmware-iso")",
            R"("disk_type_id": "zeroedthick", "remote_type": "esx5", "skip_compaction": true, "type": "vmware-iso")"},
        BuilderFix{"EsxThin",
                   R"("disk_type_id": "thin", "remote_type": "esx5", "type": "vmware-iso")",
                   R"("disk_type_id": "thin", "remote_type": "esx5", "type": "vmware-iso")"},
        BuilderFix{"HypervPath", R"("vhd_temp_path": "x", "type": "hyperv-iso")",
                   R"("type": "hyperv-iso")"},
        BuilderFix{"HypervTypo", R"("clone_from_vmxc_path": "x", "type": "hyperv-vmcx")",
                   R"("clone_from_vmcx_path": "x", "type": "hyperv-vmcx")"},
        BuilderFix{"HypervSizes", R"("cpu": 2, "ram_size": 1024, "type": "hyperv-iso")",
                   R"("cpus": 2, "memory": 1024, "type": "hyperv-iso")"},
        BuilderFix{"CleanName",
                   R"("n": "{{ x | clean_image_name }}{{clean_ami_name}}", "type": "x")",
                   R"("n": "{{ x | clean_resource_name }}{{clean_resource_name}}", "type": "x")"},
        BuilderFix{"QemuSize", R"("disk_size": 40960, "type": "qemu")",
                   R"("disk_size": "40960M", "type": "qemu")"},
        BuilderFix{
            "VirtualBoxPorts",
            R"("ssh_host_port_min": 1, "ssh_host_port_max": 2, "ssh_skip_nat_mapping": true, "type": "virtualbox-ovf")",
            R"("host_port_max": 2, "host_port_min": 1, "skip_nat_mapping": true, "type": "virtualbox-ovf")"},
        BuilderFix{"SshWait", R"("ssh_wait_timeout": "1m", "type": "x")",
                   R"("ssh_timeout": "1m", "type": "x")"},
        BuilderFix{
            "Vsphere",
            R"("network": "n", "network_card": "c", "disk_size": 1, "disk_thin_provisioned": true, "type": "vsphere-iso")",
            R"("network_adapters": [ { "network": "n", "network_card": "c" } ], "storage": [ { "disk_size": 1, "disk_thin_provisioned": true } ], "type": "vsphere-iso")"},
        BuilderFix{"ChecksumType",
                   R"("iso_checksum": "aa", "iso_checksum_type": "sha256", "type": "x")",
                   R"("iso_checksum": "sha256:aa", "type": "x")"},
        BuilderFix{
            "ChecksumUrl",
            R"("iso_checksum_url": "http://x/SUMS", "iso_checksum_type": "sha256", "type": "x")",
            R"("iso_checksum": "file:http://x/SUMS", "type": "x")"},
        BuilderFix{"ChecksumNone",
                   R"("iso_checksum": "", "iso_checksum_type": "none", "type": "x")",
                   R"("iso_checksum": "none", "type": "x")"},
        BuilderFix{"QemuPorts", R"("ssh_host_port_min": 1, "ssh_host_port_max": 2, "type": "qemu")",
                   R"("host_port_max": 2, "host_port_min": 1, "type": "qemu")"},
        BuilderFix{"AzureTypo", R"("exlude_from_latest": true, "type": "azure-arm")",
                   R"("exclude_from_latest": true, "type": "azure-arm")"},
        BuilderFix{"Proxmox", R"("type": "proxmox")", R"("type": "proxmox-iso")"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Fix, RenamedBuildersAreOverriddenByTheirNewNames) {
    const std::string text = fixed_provisioner(
        R"("type": "shell", "override": {"virtualbox": {"a": 1}, "vmware": {}, "x": {}})");
    EXPECT_THAT(text, HasSubstr("\"virtualbox-iso\": {"));
    EXPECT_THAT(text, HasSubstr("\"vmware-iso\": {}"));
    EXPECT_THAT(text, HasSubstr("\"x\": {}"));
}

TEST(Fix, PowershellTextsLoseTheirEscapes) {
    const std::string text = fixed_provisioner(
        R"("type": "powershell", "environment_vars": ["A=`$x`\"``y"], "elevated_password": "p`'w")");
    EXPECT_THAT(text, HasSubstr(R"("A=$x\"`y")"));
    EXPECT_THAT(text, HasSubstr(R"("p'w")"));
}

TEST(Fix, AnsibleGalaxyCommandIsRenamed) {
    const std::string text = fixed_provisioner(R"("type": "ansible-local", "galaxycommand": "g")");
    EXPECT_THAT(text, HasSubstr("\"galaxy_command\": \"g\""));
}

TEST(Fix, PostProcessorsInChainsAreMended) {
    EXPECT_THAT(fixed_post_processor(R"("type": "manifest", "filename": "f")"),
                HasSubstr("\"output\": \"f\""));
    EXPECT_THAT(
        fixed_post_processor(R"("type": "vagrant", "aws": {"a": 1}, "override": {"x": {}})"),
        testing::AllOf(HasSubstr("\"override\": {"), HasSubstr("\"aws\": {"),
                       HasSubstr("\"x\": {}")));
    EXPECT_THAT(
        fixed_post_processor(R"("type": "docker-tag", "tag": "a", "tags": ["b"])"),
        testing::AllOf(HasSubstr("\"b\",\n"), HasSubstr("\"a\"\n"), Not(HasSubstr("\"tag\""))));
    EXPECT_THAT(fixed_post_processor(R"("type": "docker-push", "login_email": "x")"),
                Not(HasSubstr("login_email")));
}

}  // namespace
}  // namespace kiln
