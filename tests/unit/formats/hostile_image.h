#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/format.h"
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

/// A file of one format that a test writes, and what opening and checking it say.
template <typename Bytes>
class HostileFile : public testing::TestWithParam<HostileCase<Bytes>> {
  protected:
    HostileFile(const Format& format, const char* name) : path_(directory_.path() / name) {
        options_.format = &format;
    }
    std::string use() const { return use_image(path_, options_); }
    std::string check() const { return check_words(path_, options_); }

    void expect_refused(const char* words) const {
        EXPECT_THAT(use(), testing::HasSubstr(words));
        EXPECT_THAT(check(), testing::Not(testing::IsEmpty()));
    }
    // It can be read, for all anyone can tell, and is wrong.
    void expect_damaged(const char* words) const {
        EXPECT_EQ(use(), "no error");
        EXPECT_THAT(check(), testing::HasSubstr(words));
    }
    void expect_check_can_be_cancelled() const {
        CancelSource cancel;
        cancel.cancel("enough");
        ConvertOptions work;
        work.cancel = cancel.token();
        EXPECT_THROW(check_image(path_, options_, work), Cancelled);
    }

    TempDir directory_{temp_root()};
    std::filesystem::path path_;
    OpenOptions options_;
};

}  // namespace kiln::formats
