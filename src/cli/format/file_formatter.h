#pragma once

#include <filesystem>
#include <string>

#include "base/cancel.h"
#include "base/diagnostic.h"

namespace kiln {

struct FormatOptions {
    bool check = false;  ///< write nothing
    bool diff = false;
    bool write = true;
    bool recursive = false;
};

/// What formatting came to, over all paths that were given.
struct FormatOutcome {
    bool changed = false;     ///< some text is not in canonical form (or was not)
    Diagnostics diagnostics;  ///< what went wrong; the other files were formatted all the same
};

/// Brings HCL2 files into canonical form (spec/cli.md, 2.5): `*.pkr.hcl` and `*.pkrvars.hcl`, alone
/// or in directories. Printed to `out`: the name of each file that changes, and differences when
/// they are wanted.
class FileFormatter {
  public:
    FileFormatter(FormatOptions options, const std::function<void(std::string_view)>& out,
                  SourceMap& sources, CancelToken cancel);

    void format_path(const std::filesystem::path& path);
    /// Prints the text in canonical form. A text that changes is printed only when writing is on.
    void format_stdin(const std::string& text);

    const FormatOutcome& outcome() const { return outcome_; }

  private:
    void format_directory(const std::filesystem::path& directory);
    void format_file(const std::filesystem::path& path);
    /// The canonical form, or nothing when the text cannot be parsed, which is told.
    std::optional<std::string> formatted(const std::string& text, const std::string& name);
    void print_difference(const std::filesystem::path& path, const std::string& formatted_text);
    void fail(const std::string& name, const std::string& detail);

    FormatOptions options_;
    const std::function<void(std::string_view)>& out_;
    SourceMap& sources_;
    CancelToken cancel_;
    FormatOutcome outcome_;
};

}  // namespace kiln
