#include "base/glob.h"

#include <regex>
#include <string>

#include "base/error.h"

namespace kiln {
namespace {

// Turns the pattern into an ECMAScript expression, piece by piece.
class Translator {
  public:
    explicit Translator(std::string_view pattern) : pattern_(pattern) {}

    std::string translate() {
        while (at_ < pattern_.size()) piece();
        if (depth_ > 0) throw malformed("a { is not closed");
        return out_;
    }

  private:
    void piece() {
        const char c = pattern_[at_++];
        switch (c) {
            case '*':
                out_ += ".*";
                return;
            case '?':
                out_ += '.';
                return;
            case '[':
                char_class();
                return;
            case '{':
                ++depth_;
                out_ += "(?:";
                return;
            case '}':
                if (depth_ == 0) return literal(c);
                --depth_;
                out_ += ')';
                return;
            case ',':
                if (depth_ == 0) return literal(c);
                out_ += '|';
                return;
            case '\\':
                if (at_ == pattern_.size()) throw malformed("it ends in a backslash");
                return literal(pattern_[at_++]);
            default:
                literal(c);
        }
    }

    void char_class() {
        const std::size_t end = pattern_.find(']', at_ + 1);
        if (end == std::string_view::npos) throw malformed("a [ is not closed");
        std::string_view members = pattern_.substr(at_, end - at_);
        at_ = end + 1;
        out_ += '[';
        if (members[0] == '!' || members[0] == '^') {
            out_ += '^';
            members.remove_prefix(1);
        }
        for (const char member : members) {
            if (member == '\\' || member == '[' || member == '^') out_ += '\\';
            out_ += member;
        }
        out_ += ']';
    }

    void literal(char c) {
        constexpr std::string_view special = "^$\\.*+?()[]{}|";
        if (special.find(c) != std::string_view::npos) out_ += '\\';
        out_ += c;
    }

    Error malformed(std::string_view why) const {
        return Error(fmt::format("\"{}\" is not a pattern", pattern_)).because(why);
    }

    std::string_view pattern_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::string out_;
};

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
    // std::regex recurses once per character, so the text is bounded; names are short.
    constexpr std::size_t longest = 4096;
    if (pattern.size() > longest || text.size() > longest) throw Error("the pattern is too long");
    try {
        const std::regex compiled(Translator(pattern).translate(), std::regex::ECMAScript);
        return std::regex_match(std::string(text), compiled);
    } catch (const std::regex_error& error) {
        throw Error(fmt::format("\"{}\" is not a pattern", pattern)).because(error);
    }
}

}  // namespace kiln
