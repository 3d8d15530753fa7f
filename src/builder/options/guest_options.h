#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/schema.h"
#include "http_server/http_options.h"

namespace kiln {

/// What is typed into a booting guest, and when (spec/boot-command.md, section 1).
struct BootOptions {
    Duration boot_wait{0};  ///< 0: not set
    std::vector<std::string> boot_command;
    std::vector<std::vector<std::string>> boot_steps;
    Duration boot_key_interval{0};
    Duration boot_keygroup_interval{0};
    Duration boot_wait_timeout = std::chrono::minutes(5);
    bool disable_vnc = false;

    /// All texts to type, each with its description, in order.
    struct Text {
        std::string command;
        std::string description;
    };
    std::vector<Text> texts() const;
    /// How long to wait after power-on before typing: nothing when nothing is typed or when the
    /// command itself begins by waiting for the screen, and 10 s when the template is silent.
    Duration initial_wait() const;
};
Schema<BootOptions> boot_schema();

/// A floppy for the guest (spec/components.md, section 2.3).
struct FloppyOptions {
    std::vector<std::string> floppy_files;
    std::vector<std::string> floppy_dirs;
    std::map<std::string, std::string> floppy_content;
    std::string floppy_label = "packer";
};
Schema<FloppyOptions> floppy_schema();

/// Extra media for the guest (spec/components.md, sections 2.3 and 2.4).
struct MediaOptions {
    FloppyOptions floppy;
    std::vector<std::string> cd_files;
    std::map<std::string, std::string> cd_content;
    std::string cd_label = "packer";

    bool wants_cd() const { return !cd_files.empty() || !cd_content.empty(); }
};
Schema<MediaOptions> media_schema();

struct ShutdownOptions {
    std::string shutdown_command;
    Duration shutdown_timeout = std::chrono::minutes(5);
};
Schema<ShutdownOptions> shutdown_schema();

/// The embedded HTTP server's options.
Schema<http::HttpOptions> http_schema();

}  // namespace kiln
