#include "template/config_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "hcl/json/parser.h"
#include "hcl/syntax/parser.h"

namespace kiln {
namespace {

constexpr std::size_t kLargestFile = std::size_t{16} << 20;

std::vector<std::filesystem::path> find_files(const std::filesystem::path& path);

}  // namespace

std::vector<ConfigFile> read_config_files(const TemplateOptions& options, SourceMap& sources,
                                          Diagnostics& diagnostics) {
    std::vector<ConfigFile> files;
    if (options.path.empty() && !options.stdin_text) return files;
    if (options.path.empty() || options.path == "-") {
        files.push_back({kStdinName, hcl::parse_file(options.stdin_text.value_or(""), kStdinName,
                                                     &sources, diagnostics)});
        return files;
    }
    const auto paths = find_files(options.path);
    if (paths.empty()) {
        diagnostics.add(Diagnostic::error(
            fmt::format("Could not find any config file in {}", options.path.string()),
            "A template is a file whose name ends in .pkr.hcl or .pkr.json, or a directory with "
            "such files."));
        return files;
    }
    for (const auto& file : paths) {
        const std::string name = file.string();
        try {
            const std::string text = read_template_file(options, file);
            const auto parse = name.ends_with(".json") ? hcl::parse_json_file : hcl::parse_file;
            files.push_back({name, parse(text, name, &sources, diagnostics)});
        } catch (const Error& error) {
            diagnostics.add(Diagnostic::error("Failed to read file", error.to_string()));
        }
    }
    return files;
}

std::string read_template_file(const TemplateOptions& options, const std::filesystem::path& path) {
    if (options.read_file) {
        if (auto text = options.read_file(path)) return std::move(*text);
    }
    return read_file(path, kLargestFile);
}

std::vector<std::filesystem::path> files_ending(const std::filesystem::path& directory,
                                                std::string_view suffix) {
    std::vector<std::filesystem::path> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(suffix) || entry.is_directory(ignored)) continue;
        found.push_back((directory / name).lexically_normal());
    }
    std::sort(found.begin(), found.end());
    return found;
}

std::string root_directory(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return path.string();
    const std::string parent = path.parent_path().string();
    return parent.empty() ? "." : parent;
}

TemplateLanguage template_language(const TemplateOptions& options) {
    const std::string path = options.path.string();
    if (path.empty() || path == "-") {
        return options.language == TemplateLanguage::Hcl2 ? TemplateLanguage::Hcl2
                                                          : TemplateLanguage::Json;
    }
    std::error_code ignored;
    const bool is_hcl = path.ends_with(".pkr.hcl") || path.ends_with(".pkr.json") ||
                        std::filesystem::is_directory(options.path, ignored);
    return is_hcl ? TemplateLanguage::Hcl2 : TemplateLanguage::Json;
}

namespace {

std::vector<std::filesystem::path> find_files(const std::filesystem::path& path) {
    std::error_code failure;
    if (std::filesystem::is_directory(path, failure)) {
        auto files = files_ending(path, ".pkr.hcl");
        const auto json = files_ending(path, ".pkr.json");
        files.insert(files.end(), json.begin(), json.end());
        return files;
    }
    if (std::filesystem::exists(path, failure)) return {path};
    return {};
}

}  // namespace
}  // namespace kiln
