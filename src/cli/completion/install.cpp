#include "cli/completion/install.h"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/completion/scripts.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = "# kiln's completion";

/// The start-up file of a shell gets one line.
struct StartFile {
    fs::path path;
    std::string line;
};

std::vector<StartFile> start_files();
fs::path fish_file();
fs::path home();
fs::path config_home();
std::string without_marked_lines(const std::string& text);
bool replace_if_changed(const fs::path& path, const std::string& before, const std::string& after);

}  // namespace

int install_completion(const Streams& streams) {
    bool any = false;
    for (const StartFile& file : start_files()) {
        if (!fs::exists(file.path)) continue;
        any = true;
        const std::string before = read_file(file.path);
        std::string after = without_marked_lines(before);
        if (!after.empty() && after.back() != '\n') after += '\n';
        after += fmt::format("{}  {}\n", file.line, mark);
        const bool changed = replace_if_changed(file.path, before, after);
        streams.out(fmt::format("{}: {}\n", file.path.string(),
                                changed ? "completion added" : "has completion already"));
    }
    if (fs::exists(config_home() / "fish")) {
        any = true;
        fs::create_directories(fish_file().parent_path());
        write_file_atomically(fish_file(), completion_script("fish"));
        streams.out(fmt::format("{}: written\n", fish_file().string()));
    }
    if (any) {
        streams.out("New shells will complete kiln's command lines.\n");
        return 0;
    }
    streams.out(
        "Error: there is no .bashrc, .zshrc or fish configuration to add completion to\n"
        "Make one, or load the script yourself: source <(kiln completion bash)\n");
    return 1;
}

int uninstall_completion(const Streams& streams) {
    bool any = false;
    for (const StartFile& file : start_files()) {
        if (!fs::exists(file.path)) continue;
        const std::string before = read_file(file.path);
        if (!replace_if_changed(file.path, before, without_marked_lines(before))) continue;
        any = true;
        streams.out(fmt::format("{}: completion taken out\n", file.path.string()));
    }
    if (fs::remove(fish_file())) {
        any = true;
        streams.out(fmt::format("{}: removed\n", fish_file().string()));
    }
    if (!any) streams.out("No shell has kiln's completion.\n");
    return 0;
}

namespace {

std::vector<StartFile> start_files() {
    const char* zsh = std::getenv("ZDOTDIR");
    const fs::path zsh_home = zsh == nullptr || *zsh == '\0' ? home() : fs::path(zsh);
    const auto line = [](std::string_view shell) {
        return fmt::format("command -v kiln >/dev/null && source <(kiln completion {})", shell);
    };
    return {{home() / ".bashrc", line("bash")}, {zsh_home / ".zshrc", line("zsh")}};
}

fs::path fish_file() {
    return config_home() / "fish" / "completions" / "kiln.fish";
}

fs::path home() {
    const char* value = std::getenv("HOME");
    if (value == nullptr || *value == '\0') {
        throw Error("the shells' start-up files cannot be found")
            .because("HOME is not set")
            .with_hint("Set HOME, or load the script yourself: source <(kiln completion bash)");
    }
    return value;
}

fs::path config_home() {
    const char* value = std::getenv("XDG_CONFIG_HOME");
    return value == nullptr || *value == '\0' ? home() / ".config" : fs::path(value);
}

std::string without_marked_lines(const std::string& text) {
    std::string out;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t newline = text.find('\n', start);
        const std::size_t end = newline == std::string::npos ? text.size() : newline + 1;
        const std::string line = text.substr(start, end - start);
        if (line.find(mark) == std::string::npos) out += line;
        start = end;
    }
    return out;
}

bool replace_if_changed(const fs::path& path, const std::string& before, const std::string& after) {
    if (before == after) return false;
    // The file that a link points to is replaced, and its mode stays.
    const fs::path real = fs::canonical(path);
    const auto mode = static_cast<mode_t>(fs::status(real).permissions());
    write_file_atomically(real, after, mode);
    return true;
}

}  // namespace
}  // namespace kiln
