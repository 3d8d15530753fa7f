#include <gtest/gtest.h>

#include "base/file.h"
#include "builder/null_builder.h"
#include "builder/qemu/qemu_builder.h"

namespace kiln {
namespace {

using namespace std::chrono_literals;

using Messages = std::vector<std::string>;

Setting::Map least_settings() {
    return {{"iso_url", "x.iso"}, {"iso_checksum", std::string(64, 'a')}, {"ssh_username", "root"}};
}

std::vector<std::string> problems_of(Setting::Map more) {
    Setting::Map settings = least_settings();
    for (auto& [name, value] : more) settings[name] = value;
    Problems problems;
    qemu_schema().decode(settings, problems);
    std::vector<std::string> out;
    for (const auto& problem : problems) out.push_back(problem.message);
    return out;
}

// The options that a qemu source with these settings has gaps in.
std::vector<std::string> gaps_of(Setting::Map more) {
    Setting::Map settings = least_settings();
    const TempDir directory(temp_root());
    settings["output_directory"] = (directory.path() / "new").string();
    for (auto& [name, value] : more) settings[name] = value;
    QemuBuilder builder(std::make_shared<const Schema<QemuOptions>>(qemu_schema()));
    Problems problems;
    builder.prepare(settings, PrepareContext{}, problems);
    std::vector<std::string> out;
    for (const auto& gap : builder.gaps()) out.push_back(gap.option);
    return out;
}

bool mentions(const std::vector<std::string>& messages, std::string_view part) {
    return std::any_of(messages.begin(), messages.end(), [&](const std::string& message) {
        return message.find(part) != std::string::npos;
    });
}

TEST(QemuOptions, NeedsLittle) {
    EXPECT_TRUE(problems_of({}).empty());
}

// Section 4 of spec/qemu-builder.md, row by row.
TEST(QemuOptions, RefusesWhatThePeerRefuses) {
    const std::vector<std::pair<Setting::Map, std::string>> cases = {
        {{{"disk_size", "1X"}}, "is no disk size"},
        {{{"disk_size", "M"}}, "is no disk size"},
        {{{"format", "vmdk"}}, "format must be one of"},
        {{{"use_backing_file", true}}, "use_backing_file needs disk_image"},
        {{{"skip_resize_disk", true}}, "skip_resize_disk needs disk_image"},
        {{{"accelerator", "fast"}}, "accelerator must be one of"},
        {{{"disk_interface", "floppy"}}, "disk_interface must be one of"},
        {{{"disk_cache", "warm"}}, "disk_cache must be one of"},
        {{{"cpus", -1}}, "cpus must not be negative"},
        {{{"vnc_port_min", 80}}, "vnc_port_min must be at least 5900"},
        {{{"vnc_port_min", 6000}, {"vnc_port_max", 5901}}, "vnc_port_max must be"},
        {{{"boot_command", "a"}, {"disable_vnc", true}}, "boot command cannot be used"},
        {{{"boot_command", "<wait0s>"}}, "longer than nothing"},
        {{{"boot_command", "{{ .HTTPIP }"}}, "boot_command cannot be read"},
        {{{"host_port_min", 5000}, {"host_port_max", 4000}}, "host_port_min must be at most"},
        {{{"iso_urls", Setting::List{"y.iso"}}}, "Only one of iso_url or iso_urls"},
        {{{"iso_checksum", "md5:12"}}, "md5:12"},
        {{{"http_directory", "a"}, {"http_content", Setting::Map{{"/b", "c"}}}}, "http_content"},
        {{{"ssh_username", ""}}, "ssh_username must be specified"},
        {{{"communicator", "winrm"}}, "winrm_username must be specified"},
        {{{"communicator", "telnet"}}, "communicator must be one of"},
        {{{"floppy_files", "/nonexistent"}}, "Bad Floppy disk file '/nonexistent'"},
        {{{"floppy_dirs", "/nonexistent"}}, "Bad Floppy disk directory '/nonexistent'"},
        {{{"cd_files", "/nonexistent"}}, "Bad CD disk file '/nonexistent'"},
        {{{"http_directory", "/nonexistent"}}, "there is no directory /nonexistent yet"},
        {{{"iso_checksum", "file:/nonexistent"}}, "/nonexistent"},
        {{{"iso_checksum", "file:///nonexistent"}}, "/nonexistent"},
        {{{"vnc_use_password", true}, {"vnc_password", "123456789"}}, "longer than the 8 bytes"},
        {{{"ssh_bastion_host", "b"}}, "ssh_bastion_password"},
        {{{"qemuargs", Setting::List{Setting::List{"serial"}}}}, "begins with a switch"},
    };
    for (const auto& [settings, expected] : cases) {
        const auto found = problems_of(settings);
        EXPECT_TRUE(mentions(found, expected)) << expected;
    }
}

TEST(QemuOptions, NamesWhatIsNotThereYet) {
    const std::vector<std::pair<Setting::Map, std::string>> cases = {
        {{{"vtpm", true}}, "vtpm"},
        {{{"net_bridge", "br0"}}, "net_bridge"},
        {{{"floppy_content", Setting::Map{{"a", "b"}}}}, "floppy_content"},
        {{{"iso_skip_cache", true}}, "iso_skip_cache"},
        {{{"vnc_use_password", true}}, "vnc_use_password"},
        {{{"communicator", "winrm"}, {"winrm_username", "x"}}, "communicator"},
        {{{"ssh_bastion_host", "b"}, {"ssh_bastion_password", "p"}}, "ssh_bastion_host"},
        {{{"ssh_proxy_host", "p"}}, "ssh_proxy_host"},
        {{{"ssh_local_tunnels", Setting::List{"1:h:2"}}}, "ssh_local_tunnels"},
    };
    for (const auto& [settings, expected] : cases) {
        EXPECT_EQ(problems_of(settings), Messages{}) << expected;
        EXPECT_EQ(gaps_of(settings), Messages{expected});
    }
    EXPECT_EQ(gaps_of({{"vtpm", false}, {"net_bridge", ""}, {"communicator", "none"}}), Messages{});
}

TEST(QemuOptions, ReadsAChecksumFileOnThisHost) {
    const TempDir directory(temp_root());
    const std::string file = (directory.path() / "SHA256SUMS").string();
    write_file_atomically(file, std::string(64, 'b') + "  x.iso\n");
    EXPECT_EQ(problems_of({{"iso_checksum", "file:" + file}}), Messages{});
    EXPECT_EQ(problems_of({{"iso_checksum", "file://" + file}}), Messages{});
    EXPECT_EQ(problems_of({{"iso_checksum", "file:https://127.0.0.1/SHA256SUMS"}}), Messages{});
    EXPECT_TRUE(mentions(problems_of({{"iso_checksum", "file:" + file}, {"iso_url", "y.iso"}}),
                         "has no checksum for y.iso"));
}

TEST(QemuOptions, NeedsNoChecksumForAnIsoThatItDoesNotKeep) {
    EXPECT_EQ(problems_of({{"iso_checksum", ""}, {"iso_skip_cache", true}}), Messages{});
    EXPECT_TRUE(mentions(problems_of({{"iso_checksum", ""}}), "A checksum must be specified"));
}

TEST(QemuOptions, WarnsOfAMisspelledKey) {
    EXPECT_TRUE(mentions(problems_of({{"boot_command", "<entre>"}}), "<enter>"));
}

TEST(QemuOptions, SettlesWhatFollowsFromOtherOptions) {
    Problems problems;
    QemuOptions options;
    options.memory = 1;
    options.disk_size = "2048";
    options.format = "raw";
    options.disk_compression = true;
    options.efi_firmware_code = "/x";
    options.ssh_host_port_min = 3000;
    const TempDir directory(temp_root());
    options.vm.output_directory = (directory.path() / "new").string();
    complete_qemu_options(options, "box", false, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(options.memory, 512);
    EXPECT_EQ(options.disk_size, "2048M");
    EXPECT_TRUE(options.skip_compaction);
    EXPECT_FALSE(options.disk_compression);
    EXPECT_TRUE(options.efi_boot);
    EXPECT_EQ(options.vm.host_port_min, 3000);
    EXPECT_EQ(options.vm.vm_name, "packer-box");
}

TEST(QemuOptions, RefusesAnOutputDirectoryThatExistsUnlessForced) {
    const TempDir directory(temp_root());
    for (const bool force : {false, true}) {
        Problems problems;
        QemuOptions options;
        options.vm.output_directory = directory.path().string();
        complete_qemu_options(options, "box", force, problems);
        EXPECT_EQ(problems.has_errors(), !force);
    }
}

TEST(BootOptions, WaitsTenSecondsOnlyWhereNothingSaysBetter) {
    BootOptions options;
    EXPECT_EQ(options.initial_wait(), 0s) << "nothing is typed";
    options.boot_command = {"<enter>"};
    EXPECT_EQ(options.initial_wait(), 10s);
    options.boot_wait = 3s;
    EXPECT_EQ(options.initial_wait(), 3s);
    options.boot_wait = -1s;
    EXPECT_EQ(options.initial_wait(), 0s);
    options.boot_wait = 0s;
    options.boot_command = {"<wait \"login\">", "root"};
    EXPECT_EQ(options.initial_wait(), 0s) << "the command waits for the screen itself";
}

TEST(NullOptions, WantsExactlyOneWayToLogIn) {
    const auto problems_with = [](Setting::Map settings) {
        settings["ssh_host"] = "127.0.0.1";
        settings["ssh_username"] = "root";
        Problems problems;
        null_builder_schema().decode(settings, problems);
        return problems.has_errors();
    };
    EXPECT_TRUE(problems_with({}));
    EXPECT_FALSE(problems_with({{"ssh_password", "x"}}));
    EXPECT_TRUE(problems_with({{"ssh_password", "x"}, {"ssh_agent_auth", true}}));
    EXPECT_FALSE(problems_with({{"communicator", "none"}}));
}

}  // namespace
}  // namespace kiln
