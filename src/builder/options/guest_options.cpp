#include "builder/options/guest_options.h"

#include <filesystem>

#include "base/file.h"
#include "boot/boot_command.h"
#include "boot/boot_media.h"
#include "engine/late_text.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

constexpr Duration default_boot_wait = std::chrono::seconds(10);

void check_boot(const BootOptions& options, Problems& problems);
void check_floppy_paths(const std::string& option, std::string_view kind,
                        const std::vector<std::string>& paths, Problems& problems);
void check_http_directory(const http::HttpOptions& options, Problems& problems);
void check_text(const std::string& option, const std::string& text, Problems& problems);
std::string joined(const std::vector<std::string>& parts);

}  // namespace

Schema<BootOptions> boot_schema() {
    using O = BootOptions;
    Schema<O> schema("boot", "What is typed into the booting guest.");
    schema
        .option("boot_wait", &O::boot_wait,
                "How long to wait after power-on before typing; negative: not at all.")
        .default_is("\"10s\"; nothing when the boot command begins with a wait for the screen")
        .option("boot_command", &O::boot_command,
                "What to type: text and keys like <enter>, <f10>, <wait5s>, and waits for the "
                "screen: <wait \"text\">, <wait /regex/>.")
        .rendered_late()
        .option("boot_steps", &O::boot_steps,
                "What to type, in steps: rows of a command and its description.")
        .rendered_late()
        .option("boot_key_interval", &O::boot_key_interval, "The pause after each key event.")
        .default_is("PACKER_KEY_INTERVAL, or 5 ms")
        .option("boot_keygroup_interval", &O::boot_keygroup_interval,
                "Used by hypervisors that take groups of keys; nothing for QEMU.")
        .option("boot_wait_timeout", &O::boot_wait_timeout,
                "How long a wait for the screen may take.")
        .option("disable_vnc", &O::disable_vnc, "Do not use VNC (kiln types without it).")
        .check(check_boot);
    return schema;
}

std::vector<BootOptions::Text> BootOptions::texts() const {
    if (!boot_command.empty()) return {{joined(boot_command), ""}};
    std::vector<Text> out;
    for (const auto& row : boot_steps) {
        if (!row.empty()) out.push_back({row[0], row.size() > 1 ? row[1] : ""});
    }
    return out;
}

Duration BootOptions::initial_wait() const {
    const auto typed = texts();
    if (typed.empty() || boot_wait < Duration::zero()) return Duration::zero();
    if (boot_wait > Duration::zero()) return boot_wait;
    const std::string& first = typed.front().command;
    const bool waits_itself = first.starts_with("<wait \"") || first.starts_with("<wait /");
    return waits_itself ? Duration::zero() : default_boot_wait;
}

Schema<MediaOptions> media_schema() {
    using O = MediaOptions;
    Schema<O> schema("media", "Extra media for the guest.");
    schema
        .option("cd_files", &O::cd_files,
                "Files and directories (globs allowed) for an extra CD; a directory keeps its "
                "structure.")
        .option("cd_content", &O::cd_content,
                "Files for the extra CD by path, with their text; they win over cd_files.")
        .option("cd_label", &O::cd_label, "The label of the extra CD.")
        .include(&O::floppy, floppy_schema())
        .check([](const O& options, Problems& problems) {
            for (const Error& error : boot::cd_file_errors(options.cd_files)) {
                problems.error("cd_files", error.to_string());
            }
        });
    return schema;
}

Schema<FloppyOptions> floppy_schema() {
    using O = FloppyOptions;
    const std::string later = "floppies come with a later version; use cd_files or cd_content";
    Schema<O> schema("floppy", "A floppy for the guest.");
    schema
        .option("floppy_files", &O::floppy_files,
                "Files (globs allowed) for the floppy's root; directories are flattened.")
        .unavailable(later)
        .option("floppy_dirs", &O::floppy_dirs,
                "Directories for the floppy, which keep their structure.")
        .unavailable(later)
        .option("floppy_content", &O::floppy_content,
                "Files for the floppy by name, with their text; they win over the others.")
        .unavailable(later)
        .option("floppy_label", &O::floppy_label, "The label of the floppy.")
        .check([](const O& options, Problems& problems) {
            check_floppy_paths("floppy_files", "file", options.floppy_files, problems);
            check_floppy_paths("floppy_dirs", "directory", options.floppy_dirs, problems);
        });
    return schema;
}

Schema<ShutdownOptions> shutdown_schema() {
    using O = ShutdownOptions;
    Schema<O> schema("shutdown", "How the guest is shut down.");
    schema
        .option("shutdown_command", &O::shutdown_command,
                "The command that shuts the guest down; without one kiln presses the power button.")
        .option("shutdown_timeout", &O::shutdown_timeout, "How long the shutdown may take.")
        .check([](const O& options, Problems& problems) {
            if (options.shutdown_timeout < Duration::zero()) {
                problems.error("shutdown_timeout", "shutdown_timeout must not be negative.");
            }
        });
    return schema;
}

Schema<http::HttpOptions> http_schema() {
    using O = http::HttpOptions;
    Schema<O> schema("http", "The embedded HTTP server for answer files.");
    schema.option("http_directory", &O::directory, "A directory to serve to the guest over HTTP.")
        .option("http_content", &O::content, "What to serve over HTTP: path and text.")
        .option("http_port_min", &O::port_min, "The first port that the server may take.")
        .option("http_port_max", &O::port_max, "The last port that the server may take.")
        .option("http_bind_address", &O::bind_address, "The address that the server listens on.")
        .default_is("\"0.0.0.0\"")
        .option("http_interface", &O::interface,
                "The network interface that the server listens on.")
        .option("http_network_protocol", &O::network_protocol, "The server's network protocol.")
        .default_is("\"tcp\"")
        .check([](const O& options, Problems& problems) {
            for (const Error& error : http::validate(options))
                problems.error("", error.to_string());
        })
        .check(check_http_directory);
    return schema;
}

namespace {

void check_boot(const BootOptions& options, Problems& problems) {
    if (!options.boot_command.empty() && !options.boot_steps.empty()) {
        problems.error("boot_steps", "boot_command and boot_steps cannot be used together.");
    }
    if (!options.boot_command.empty() && options.disable_vnc) {
        problems.error("disable_vnc", "A boot command cannot be used when vnc is disabled.");
    }
    if (options.boot_wait_timeout <= Duration::zero()) {
        problems.error("boot_wait_timeout", "boot_wait_timeout must be positive.");
    }
    const std::string option = options.boot_command.empty() ? "boot_steps" : "boot_command";
    for (const auto& text : options.texts()) check_text(option, text.command, problems);
}

void check_text(const std::string& option, const std::string& text, Problems& problems) {
    check_late_text(option, text, problems);
    try {
        boot::parse_boot_command(text);
    } catch (const Error& error) {
        problems.error(option, error.to_string());
    }
    for (const auto& warning : boot::boot_command_warnings(text)) problems.warning(option, warning);
}

// The peer looks for the directory when the build runs only; a template may make it before.
void check_http_directory(const http::HttpOptions& options, Problems& problems) {
    if (options.directory.empty() || fs::is_directory(expand_home(options.directory))) return;
    problems.warning("http_directory",
                     fmt::format("http_directory: there is no directory {} yet; a build needs it.",
                                 options.directory));
}

void check_floppy_paths(const std::string& option, std::string_view kind,
                        const std::vector<std::string>& paths, Problems& problems) {
    for (const std::string& path : paths) {
        const bool is_pattern = path.find_first_of("*?[") != std::string::npos;
        if (is_pattern || fs::exists(expand_home(path))) continue;
        problems.error(option,
                       fmt::format("Bad Floppy disk {} '{}': it does not exist.", kind, path));
    }
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const auto& part : parts) out += part;
    return out;
}

}  // namespace
}  // namespace kiln
