#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/secret.h"
#include "cli/app.h"

namespace kiln {

/// Runs commands in this process and keeps what they print. Templates stand in a directory of the
/// test's own.
class CommandTest : public testing::Test {
  protected:
    /// Runs kiln with these arguments: the exit code; the output is in `out`. What a sandbox's
    /// child prints is lost: image commands want `--sandbox=off` here.
    int kiln(const std::vector<std::string>& arguments, const std::string& input = "") {
        out.clear();
        errors.clear();
        secrets().clear();
        write("stdin", input);
        const UniqueFd in = open_file(path("stdin"), O_RDONLY);
        Streams streams;
        streams.err = [this](std::string_view text) { errors += text; };
        streams.out = [this](std::string_view text) { out += text; };
        streams.in = in.get();
        return run_app(arguments, streams);
    }

    std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

    std::string write(const std::string& name, const std::string& text) {
        const std::filesystem::path file = path(name);
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << text;
        return file.string();
    }

    /// A template of one `null` source with `blocks` before and `in_build` inside of the build.
    std::string write_template(const std::string& blocks, const std::string& in_build = "") {
        return write("t.pkr.hcl", blocks +
                                      "\nsource \"null\" \"a\" { communicator = \"none\" }\n"
                                      "build {\n  sources = [\"null.a\"]\n" +
                                      in_build + "\n}\n");
    }

    std::string out;
    std::string errors;  ///< what the image commands say on standard error

  private:
    TempDir directory_{temp_root()};
};

}  // namespace kiln
