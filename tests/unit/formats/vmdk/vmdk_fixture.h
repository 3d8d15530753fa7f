#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "formats/inspect.h"
#include "formats/source.h"
#include "formats/vmdk/vmdk_check.h"
#include "formats/vmdk/vmdk_format.h"
#include "tests/unit/formats/image_builder.h"
#include "vmdk_builder.h"

namespace kiln::formats {

/// Files in a directory of their own, opened as VMDKs.
class VmdkRead : public testing::Test {
  protected:
    std::filesystem::path path(std::string_view name) const { return directory_.path() / name; }

    void put(std::string_view name, std::span<const std::byte> bytes) const {
        write_text(path(name), {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    void put_text(std::string_view name, std::string_view text) const {
        write_text(path(name), text);
    }
    /// A descriptor with these extent lines, as `disk.vmdk`.
    void describe(const std::vector<std::string>& lines, std::string_view type = "custom") const {
        put_text("disk.vmdk", builder_.descriptor(type, lines));
    }

    std::unique_ptr<Source> open(std::string_view name, OpenOptions options = allowed()) const {
        options.format = &kVmdkFormat;
        return open_source(path(name), options);
    }
    std::vector<std::byte> disk(std::string_view name,
                                const OpenOptions& options = allowed()) const {
        return read_disk(*open(name, options));
    }
    std::string refusal(std::string_view name, const OpenOptions& options = allowed()) const {
        try {
            open(name, options);
            return "opened";
        } catch (const Error& error) {
            return error.to_string();
        }
    }
    CheckReport check(std::string_view name, OpenOptions options = allowed()) const {
        options.ignore_backing = true;
        CheckReport report;
        check_vmdk(InputFile::open(path(name)), report, {}, options);
        return report;
    }
    std::string problems(std::string_view name, const OpenOptions& options = allowed()) const {
        return fmt::format("{}", fmt::join(check(name, options).problems, "\n"));
    }

    static OpenOptions allowed() {
        OpenOptions options;
        options.allow_backing = true;
        return options;
    }

    TempDir directory_{temp_root()};
    VmdkBuilder builder_;
};

}  // namespace kiln::formats
