#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "boot/screen.h"

namespace re2 {
class RE2;
}

namespace kiln::boot {

/// What to look for on a screen: a text as it stands, or a regular expression (RE2 syntax, where
/// `^` and `$` match at the ends of each row). A value; copies share the compiled expression, and
/// any thread may use them.
class ScreenPattern {
  public:
    static ScreenPattern text(std::string text);
    /// Throws Error with what is wrong with the expression.
    static ScreenPattern regex(std::string expression);

    /// True when a row has it, or when it goes over the end of a row that is full to the last
    /// column.
    bool matches(const ScreenText& screen) const;
    /// As boot commands have it: `"text"` or `/regex/`.
    std::string to_string() const;

    friend bool operator==(const ScreenPattern& a, const ScreenPattern& b) {
        return a.source_ == b.source_ && (a.regex_ == nullptr) == (b.regex_ == nullptr);
    }

  private:
    ScreenPattern(std::string source, std::shared_ptr<const re2::RE2> regex)
        : source_(std::move(source)), regex_(std::move(regex)) {}
    bool found_in(std::string_view text) const;

    std::string source_;
    std::shared_ptr<const re2::RE2> regex_;  // nothing: source_ is plain text
};

}  // namespace kiln::boot
