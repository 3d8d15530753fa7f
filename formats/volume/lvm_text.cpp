#include "formats/volume/lvm_text.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kMostItems = 65536;
constexpr unsigned kDeepest = 8;

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}
    LvmNode parse();

  private:
    void parse_section(LvmNode& node, unsigned depth);
    void parse_values(LvmNode& node);
    LvmNode::Value parse_value();
    std::string_view parse_word();
    void skip_space();
    bool take(char c);
    void expect(char c);
    void count();
    [[noreturn]] void fail(std::string_view reason) const;

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t items_ = 0;
};

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '+';
}

}  // namespace

const LvmNode* LvmNode::child(std::string_view wanted) const {
    const auto found = std::find_if(children.begin(), children.end(),
                                    [&](const LvmNode& node) { return node.name == wanted; });
    return found == children.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> LvmNode::number(std::string_view key) const {
    const LvmNode* node = child(key);
    if (node == nullptr || node->values.size() != 1) return std::nullopt;
    const auto* value = std::get_if<std::uint64_t>(&node->values.front());
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::string_view> LvmNode::text(std::string_view key) const {
    const LvmNode* node = child(key);
    if (node == nullptr || node->values.size() != 1) return std::nullopt;
    const auto* value = std::get_if<std::string_view>(&node->values.front());
    return value == nullptr ? std::nullopt : std::optional(*value);
}

bool LvmNode::lists(std::string_view key, std::string_view word) const {
    const LvmNode* node = child(key);
    return node != nullptr && std::find(node->values.begin(), node->values.end(),
                                        LvmNode::Value(word)) != node->values.end();
}

LvmNode parse_lvm_text(std::string_view text) {
    return Parser(text).parse();
}

namespace {

LvmNode Parser::parse() {
    LvmNode root;
    root.section = true;
    parse_section(root, 0);
    return root;
}

void Parser::parse_section(LvmNode& node, unsigned depth) {
    if (depth > kDeepest) fail("sections stand too deep in each other");
    for (skip_space(); at_ < text_.size(); skip_space()) {
        if (text_[at_] == '}') {
            if (depth == 0) fail("a brace closes nothing");
            return;
        }
        LvmNode child;
        count();
        child.name = parse_word();
        skip_space();
        if (take('{')) {
            child.section = true;
            parse_section(child, depth + 1);
            expect('}');
        } else {
            expect('=');
            parse_values(child);
        }
        node.children.push_back(std::move(child));
    }
    if (depth != 0) fail("a section is not closed");
}

void Parser::parse_values(LvmNode& node) {
    skip_space();
    if (!take('[')) {
        node.values.push_back(parse_value());
        return;
    }
    for (skip_space(); !take(']'); skip_space()) {
        node.values.push_back(parse_value());
        skip_space();
        if (!take(',') && (at_ >= text_.size() || text_[at_] != ']')) fail("a list is not closed");
    }
}

LvmNode::Value Parser::parse_value() {
    count();
    skip_space();
    if (take('"')) {
        const std::size_t start = at_;
        while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        if (at_ >= text_.size()) fail("a string is not closed");
        return text_.substr(start, at_++ - start);
    }
    const std::string_view word = parse_word();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    // Numbers with a sign or a point stand in places that nobody asks for.
    if (error != std::errc() || end != word.data() + word.size()) return word;
    return number;
}

std::string_view Parser::parse_word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    if (at_ == start) fail("a name or a value is missing");
    return text_.substr(start, at_ - start);
}

void Parser::skip_space() {
    constexpr std::string_view kSpace(" \t\r\n\0", 5);
    while (at_ < text_.size()) {
        if (text_[at_] == '#') {
            at_ = std::min(text_.find('\n', at_), text_.size());
        } else if (kSpace.find(text_[at_]) != std::string_view::npos) {
            ++at_;
        } else {
            return;
        }
    }
}

bool Parser::take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
}

void Parser::expect(char c) {
    if (!take(c)) fail(fmt::format("`{}` is missing", c));
}

void Parser::count() {
    if (++items_ > kMostItems) fail("it is too long");
}

void Parser::fail(std::string_view reason) const {
    throw Error("the description of an LVM volume group cannot be read")
        .because(fmt::format("{} (at byte {})", reason, at_));
}

}  // namespace
}  // namespace kiln::formats
