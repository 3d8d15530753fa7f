#include "writers.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace kiln::formats::judge {

namespace {

std::vector<std::pair<std::string, std::string>> option_values(const Format& format);
std::vector<std::map<std::string, std::string>> combinations(std::string_view format);

}  // namespace

std::string Writer::name() const {
    std::string text(format->name);
    for (const auto& [key, value] : options) text += "_" + key + "_" + value;
    for (char& c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return text;
}

void PrintTo(const Writer& writer, std::ostream* out) {
    *out << writer.name();
}

std::vector<Writer> all_writers() {
    std::vector<Writer> writers;
    for (const Format* format : all_formats()) {
        if (format->make_sink == nullptr) continue;
        writers.push_back({format, {}});
        const auto values = option_values(*format);
        for (const auto& [key, value] : values) writers.push_back({format, {{key, value}}});
        // What a subformat takes and what it does not.
        for (const auto& [key, value] : values) {
            for (const auto& [other, its_value] : values) {
                if (key != "subformat" || other == key) continue;
                writers.push_back({format, {{key, value}, {other, its_value}}});
            }
        }
        for (const auto& options : combinations(format->name)) {
            writers.push_back({format, options});
        }
    }
    return writers;
}

std::vector<Writer> plain_writers() {
    std::vector<Writer> writers = all_writers();
    std::erase_if(writers, [](const Writer& writer) { return !writer.options.empty(); });
    return writers;
}

namespace {

// "subformat=a|b" gives two; what stands for a number or a name gets some from the table.
std::vector<std::pair<std::string, std::string>> option_values(const Format& format) {
    const std::map<std::string, std::string, std::less<>> numbers = {
        {"cluster_size", "512|4k|64k|2M"},
        {"block_size", "1M|8M"},
        {"log_size", "1M|4M"},
        {"hwversion", "13"},
        {"vm_name", "judge"},
    };
    std::vector<std::pair<std::string, std::string>> result;
    std::string_view rest = format.options;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const std::size_t equals = line.find('=');
        const std::string key(line.substr(0, equals));
        std::string_view values =
            equals == std::string_view::npos ? std::string_view() : line.substr(equals + 1);
        values = values.substr(0, values.find(' '));
        const auto known = numbers.find(key);
        if (known != numbers.end()) values = known->second;
        while (!values.empty()) {
            const std::string_view value = values.substr(0, values.find('|'));
            values.remove_prefix(std::min(value.size() + 1, values.size()));
            const bool stands_for_one = std::ranges::all_of(
                value, [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; });
            if (!stands_for_one) result.emplace_back(key, value);
        }
    }
    return result;
}

std::vector<std::map<std::string, std::string>> combinations(std::string_view format) {
    std::vector<std::map<std::string, std::string>> result;
    if (format == "qcow2") {
        for (const char* cluster : {"512", "4k", "64k", "2M"}) {
            for (const char* compression : {"zlib", "zstd"}) {
                result.push_back({{"cluster_size", cluster}, {"compression_type", compression}});
            }
        }
        result.push_back({{"compat", "0.10"}, {"compress", "on"}});
        result.push_back({{"compress", "on"}, {"window", "32k"}});
        result.push_back({{"lazy_refcounts", "on"}, {"compression_type", "zstd"}});
        if (find_format("qcow2")->options.find("extended_l2") != std::string_view::npos) {
            for (const char* cluster : {"16k", "64k", "2M"}) {
                result.push_back({{"extended_l2", "on"}, {"cluster_size", cluster}});
                result.push_back({{"extended_l2", "on"},
                                  {"cluster_size", cluster},
                                  {"compression_type", "zlib"}});
            }
        }
    }
    if (format == "ova") result.push_back({{"firmware", "efi"}, {"secure_boot", "on"}});
    return result;
}

}  // namespace
}  // namespace kiln::formats::judge
