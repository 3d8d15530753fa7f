#include "engine/option_checks.h"

#include <filesystem>
#include <vector>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace kiln::option_check {
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names_of(Alternatives options, bool only_set);

}  // namespace

void file_exists(const std::string& option, const std::string& path, Problems& problems) {
    if (path.empty()) return;
    std::error_code failure;
    const auto status = fs::status(expand_home(path), failure);
    if (!fs::exists(status)) {
        problems.error(option, fmt::format("{}: {} does not exist.", option, path));
    } else if (fs::is_directory(status)) {
        problems.error(option, fmt::format("{}: {} is a directory, not a file.", option, path));
    }
}

void directory_exists(const std::string& option, const std::string& path, Problems& problems) {
    if (path.empty()) return;
    std::error_code failure;
    const auto status = fs::status(expand_home(path), failure);
    if (!fs::exists(status)) {
        problems.error(option, fmt::format("{}: {} does not exist.", option, path));
    } else if (!fs::is_directory(status)) {
        problems.error(option, fmt::format("{}: {} is not a directory.", option, path));
    }
}

void is_port(const std::string& option, int port, Problems& problems) {
    if (port >= 1 && port <= 65535) return;
    problems.error(option, fmt::format("{} is {}, not a port from 1 to 65535.", option, port));
}

void is_port_range(const std::string& min_option, int min, const std::string& max_option, int max,
                   Problems& problems) {
    const auto is_bad = [](int port) { return port < 0 || port > 65535; };
    const auto refuse = [&](const std::string& option, int port) {
        problems.error(option, fmt::format("{} is {}, not a port.", option, port));
    };
    if (is_bad(min)) refuse(min_option, min);
    if (is_bad(max)) refuse(max_option, max);
    if (!is_bad(min) && !is_bad(max) && min > max) {
        problems.error(min_option, fmt::format("{} must be at most {}.", min_option, max_option));
    }
}

void is_not_negative(const std::string& option, int number, Problems& problems) {
    if (number < 0) problems.error(option, fmt::format("{} must not be negative.", option));
}

void is_not_negative(const std::string& option, Duration duration, Problems& problems) {
    if (duration < Duration::zero()) {
        problems.error(option, fmt::format("{} must not be negative.", option));
    }
}

void at_most_one(Alternatives options, Problems& problems) {
    const auto set = names_of(options, true);
    if (set.size() < 2) return;
    problems.error(set[1], fmt::format("{} cannot be used together.", fmt::join(set, " and ")));
}

void exactly_one(Alternatives options, Problems& problems) {
    at_most_one(options, problems);
    if (!names_of(options, true).empty()) return;
    problems.error(
        "", fmt::format("One of {} must be set.", fmt::join(names_of(options, false), ", ")));
}

void needs(const std::string& option, bool is_set, const std::string& needed, bool needed_is_set,
           Problems& problems) {
    if (is_set && !needed_is_set) {
        problems.error(option, fmt::format("{} needs {}.", option, needed));
    }
}

void is_json(const std::string& option, const std::string& text, JsonShape shape,
             Problems& problems) {
    if (text.empty()) return;
    const auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded()) {
        problems.error(option, fmt::format("{} is not JSON.", option));
    } else if (shape == JsonShape::Object && !document.is_object()) {
        problems.error(option, fmt::format("{} is not a JSON object.", option));
    }
}

namespace {

std::vector<std::string> names_of(Alternatives options, bool only_set) {
    std::vector<std::string> names;
    for (const auto& [name, is_set] : options) {
        if (is_set || !only_set) names.emplace_back(name);
    }
    return names;
}

}  // namespace
}  // namespace kiln::option_check
