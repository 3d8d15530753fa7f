#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace kiln {

/// A place in a source file. `byte` counts from 0; `line` and `column` from 1; a column is one
/// grapheme cluster (spec/hcl2.md, section 1).
struct SourcePos {
    std::size_t byte = 0;
    std::size_t line = 1;
    std::size_t column = 1;

    friend bool operator==(const SourcePos&, const SourcePos&) = default;
};

/// A half-open stretch of a source file. `filename` is the name as it was given when it was read.
struct SourceRange {
    std::string filename;
    SourcePos start;
    SourcePos end;

    bool empty() const { return start.byte == end.byte; }
    /// `file:L,C1-C2` on one line, `file:L1,C1-L2,C2` over several; the end column is exclusive.
    std::string to_string() const;
    /// The smallest range that covers both. Both must be of the same file.
    static SourceRange between(const SourceRange& first, const SourceRange& last);

    friend bool operator==(const SourceRange&, const SourceRange&) = default;
};

enum class Severity { Error, Warning };

/// One thing to tell about a template: a value that renderers print and editors show.
struct Diagnostic {
    Severity severity = Severity::Error;
    std::string summary;                 ///< short, no full stop
    std::string detail;                  ///< sentences
    std::optional<SourceRange> subject;  ///< what is wrong
    std::optional<SourceRange> context;  ///< what to show around it
    /// The values of the references in the failing expression, already rendered and sorted, like
    /// `var.x as "v"` or `local.y set to null`.
    std::vector<std::string> with;

    static Diagnostic error(std::string summary, std::string detail,
                            std::optional<SourceRange> subject = {},
                            std::optional<SourceRange> context = {});
    static Diagnostic warning(std::string summary, std::string detail,
                              std::optional<SourceRange> subject = {},
                              std::optional<SourceRange> context = {});
    bool operator==(const Diagnostic&) const = default;
};

/// A list of diagnostics that grows while a template is read, so that all of them are reported at
/// once and not the first alone.
class Diagnostics {
  public:
    void add(Diagnostic diagnostic) { items_.push_back(std::move(diagnostic)); }
    void append(Diagnostics other);
    /// The same in the order in which a reader meets their places, those without a place last, and
    /// each once.
    Diagnostics in_reading_order() const;
    bool has_errors() const;
    bool empty() const { return items_.empty(); }
    std::size_t size() const { return items_.size(); }
    void clear() { items_.clear(); }
    const Diagnostic& operator[](std::size_t index) const { return items_[index]; }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

  private:
    std::vector<Diagnostic> items_;
};

/// Thrown where a list of diagnostics has to end the work from inside a call that returns a value.
class DiagnosticsError : public Error {
  public:
    explicit DiagnosticsError(Diagnostics diagnostics);
    const Diagnostics& diagnostics() const { return diagnostics_; }

  private:
    Diagnostics diagnostics_;
};

/// The texts of the files that diagnostics point into, with what is needed to say in which block a
/// place stands. Parsers fill it; the diagnostic printer reads it.
class SourceMap {
  public:
    /// A top-level block, from its type name to its closing brace, and its header as it is printed:
    /// `source "null" "x"`.
    struct Block {
        SourceRange range;
        std::string header;
    };

    void add_file(std::string filename, std::string text);
    void add_block(const std::string& filename, Block block);

    /// The file's text, or nullptr when it is not known.
    const std::string* text(const std::string& filename) const;
    /// The header of the top-level block that holds `byte`, or an empty view.
    std::string_view block_at(const std::string& filename, std::size_t byte) const;

  private:
    struct File {
        std::string text;
        std::vector<Block> blocks;
    };
    std::map<std::string, File> files_;
};

/// Prints one diagnostic in the layout of spec/hcl2.md, section 26.2: summary, place, source lines,
/// values, wrapped detail. Carets under the line point at the subject; with `color` it is
/// underlined in the line itself, and the severity painted.
std::string format_diagnostic(const Diagnostic& diagnostic, const SourceMap& sources, bool color);

}  // namespace kiln
