#include "cli/format/file_formatter.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "hcl/format/format.h"
#include "hcl/syntax/parser.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

constexpr auto stdin_name = "<stdin>";
constexpr int max_directory_depth = 100;

bool is_hcl_name(std::string_view name);
bool is_editors_leftover(const std::string& name);
void replace_text(const fs::path& path, const std::string& text);

}  // namespace

FileFormatter::FileFormatter(FormatOptions options,
                             const std::function<void(std::string_view)>& out, SourceMap& sources,
                             CancelToken cancel)
    : options_(options), out_(out), sources_(sources), cancel_(std::move(cancel)) {
    if (options_.check) options_.write = false;
}

void FileFormatter::format_path(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        format_directory(path);
        return;
    }
    if (is_hcl_name(path.filename().string())) {
        format_file(path);
        return;
    }
    const bool exists = fs::exists(path, ignored);
    outcome_.diagnostics.add(Diagnostic::error(
        fmt::format("Cannot tell whether {} contains HCL2 configuration data", path.string()),
        exists ? fmt::format("file {} is not a HCL file: its name must end in .pkr.hcl or "
                             ".pkrvars.hcl.",
                             path.string())
               : fmt::format("There is no file or directory {}.", path.string())));
}

void FileFormatter::format_stdin(const std::string& text) {
    const auto result = formatted(text, stdin_name);
    if (!result) return;
    const bool changes = *result != text;
    outcome_.changed = outcome_.changed || changes;
    if (!changes || options_.write) out_(*result);
}

void FileFormatter::format_directory(const fs::path& directory) {
    cancel_.throw_if_cancelled();
    std::vector<fs::directory_entry> entries;
    try {
        for (const auto& entry : fs::directory_iterator(directory)) entries.push_back(entry);
    } catch (const fs::filesystem_error& error) {
        fail(directory.string(), error.code().message());
        return;
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return a.path().filename().string() < b.path().filename().string();
    });
    const auto depth = std::distance(directory.begin(), directory.end());
    for (const auto& entry : entries) {
        const std::string name = entry.path().filename().string();
        if (is_editors_leftover(name)) continue;
        // A link to a directory could lead around in a circle.
        if (entry.is_directory() && !entry.is_symlink()) {
            if (options_.recursive && depth < max_directory_depth) format_directory(entry.path());
        } else if (is_hcl_name(name)) {
            format_file(entry.path());
        }
    }
}

void FileFormatter::format_file(const fs::path& path) {
    try {
        const std::string text = read_file(path);
        const auto result = formatted(text, path.string());
        if (!result || *result == text) return;
        outcome_.changed = true;
        out_(path.string() + "\n");
        if (options_.diff) print_difference(path, *result);
        if (options_.write) replace_text(path, *result);
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        fail(path.string(), describe(error));
    }
}

std::optional<std::string> FileFormatter::formatted(const std::string& text,
                                                    const std::string& name) {
    Diagnostics found;
    hcl::parse_file(text, name, &sources_, found);
    if (!found.has_errors()) return hcl::format_source(text);
    fail(name, fmt::format("{} cannot be parsed; it stays as it is.", name));
    outcome_.diagnostics.append(std::move(found));
    return std::nullopt;
}

void FileFormatter::print_difference(const fs::path& path, const std::string& formatted_text) {
    ProcessSpec diff;
    diff.program = "diff";
    diff.arguments = {
        "-u", "--label=old/" + path.string(), "--label=new/" + path.string(), "--", path.string(),
        "-"};
    diff.input = formatted_text;
    const ProcessOutput result = run_process(diff, cancel_);
    constexpr int trouble = 2;
    if (result.status.signal != 0 || result.status.code >= trouble) {
        throw Error("the difference cannot be shown").because(result.err);
    }
    out_(result.out);
}

void FileFormatter::fail(const std::string& name, const std::string& detail) {
    outcome_.diagnostics.add(
        Diagnostic::error(fmt::format("encountered an error while formatting {}", name), detail));
}

namespace {

bool is_hcl_name(std::string_view name) {
    return name.ends_with(".pkr.hcl") || name.ends_with(".pkrvars.hcl");
}

bool is_editors_leftover(const std::string& name) {
    return name.starts_with('.') || name.ends_with('~') ||
           (name.starts_with('#') && name.ends_with('#'));
}

// A file that a link names is replaced, not the link, and its mode stays.
void replace_text(const fs::path& path, const std::string& text) {
    const fs::path real = fs::canonical(path);
    write_file_atomically(real, text, static_cast<mode_t>(fs::status(real).permissions()));
}

}  // namespace
}  // namespace kiln
