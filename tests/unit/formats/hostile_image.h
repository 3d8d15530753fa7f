#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "formats/inspect.h"
#include "image_builder.h"

namespace kiln::formats {

/// A good image with one change, and words of what must be said of it. `Bytes` holds a file.
template <typename Bytes>
struct HostileCase {
    const char* name;
    std::function<void(Bytes&)> change;
    const char* words;
};

template <typename Bytes>
void PrintTo(const HostileCase<Bytes>& bad, std::ostream* out) {
    *out << bad.name;
}

template <typename Bytes>
std::string name_of(const testing::TestParamInfo<HostileCase<Bytes>>& bad) {
    return bad.param.name;
}

inline auto cut(std::size_t size) {
    return [=](auto& file) { file.resize(size); };
}

template <typename First, typename Second>
auto both(First first, Second second) {
    return [=](auto& file) {
        first(file);
        second(file);
    };
}

/// Opens the image, asks for every extent and reads all; what an error said, or "no error".
inline std::string use_image(const std::filesystem::path& path, const OpenOptions& options) {
    try {
        const auto source = open_source(path, options);
        const std::uint64_t size = source->virtual_size();
        for (std::uint64_t offset = 0; offset < size;) {
            offset = source->next_extent(offset, size - offset).end();
        }
        read_disk(*source);
        source->info();
    } catch (const Error& error) {
        return error.to_string();
    }
    return "no error";
}

/// What `kiln image check` finds, a line each, or what an error said.
inline std::string check_words(const std::filesystem::path& path, const OpenOptions& options) {
    try {
        return fmt::format("{}", fmt::join(check_image(path, options).problems, "\n"));
    } catch (const Error& error) {
        return error.to_string();
    }
}

}  // namespace kiln::formats
