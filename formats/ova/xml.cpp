#include "formats/ova/xml.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "formats/bytes/text.h"

namespace kiln::formats {

namespace {

constexpr unsigned kMaxDepth = 64;
constexpr std::size_t kMaxElements = 20'000;
constexpr std::size_t kMaxAttributes = 64;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_name(char c);
bool may_stand(std::uint32_t code);

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}
    XmlElement document();

  private:
    void skip_misc();
    bool skip_markup(std::string_view begin, std::string_view end);
    XmlElement element(unsigned depth);
    void attributes(XmlElement& out);
    void content(XmlElement& out, unsigned depth);
    std::string name();
    std::string quoted();
    void reference(std::string& out);
    void plain(std::string& out);
    void skip_spaces();
    bool take(std::string_view expected);
    void need(std::string_view expected);
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    [[noreturn]] void fail(std::string_view reason) const;

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t elements_ = 0;
};

void write(const XmlElement& element, unsigned depth, std::string& out);
void write_escaped(std::string_view text, bool in_attribute, std::string& out);

}  // namespace

const XmlElement* XmlElement::child(std::string_view child_name) const {
    const auto found = std::ranges::find(children, child_name, &XmlElement::name);
    return found == children.end() ? nullptr : &*found;
}

const std::string* XmlElement::attribute(std::string_view attribute_name) const {
    for (const auto& [key, value] : attributes) {
        if (key == attribute_name) return &value;
        if (key.starts_with("ovf:") && std::string_view(key).substr(4) == attribute_name) {
            return &value;
        }
    }
    return nullptr;
}

XmlElement& XmlElement::add(std::string_view child_name) {
    children.emplace_back().name = child_name;
    return children.back();
}

void XmlElement::add_text(std::string_view child_name, std::string_view child_text) {
    add(child_name).text = child_text;
}

void XmlElement::set(std::string_view attribute_name, std::string_view value) {
    attributes.emplace_back(attribute_name, value);
}

XmlElement parse_xml(std::string_view text) {
    return Parser(text).document();
}

std::string to_xml(const XmlElement& root) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    write(root, 0, out);
    return out;
}

namespace {

XmlElement Parser::document() {
    take("\xef\xbb\xbf");
    if (text_.substr(at_).find('\0') != std::string_view::npos) {
        fail("it is not UTF-8 text");
    }
    skip_misc();
    if (peek() != '<') fail("there is no element");
    XmlElement root = element(0);
    skip_misc();
    if (at_ != text_.size()) fail("something stands behind the root element");
    return root;
}

// Spaces, comments and processing instructions.
void Parser::skip_misc() {
    do {
        skip_spaces();
    } while (skip_markup("<!--", "-->") || skip_markup("<?", "?>"));
}

bool Parser::skip_markup(std::string_view begin, std::string_view end) {
    if (!take(begin)) return false;
    const std::size_t found = text_.find(end, at_);
    if (found == std::string_view::npos) fail("a comment or an instruction has no end");
    at_ = found + end.size();
    return true;
}

XmlElement Parser::element(unsigned depth) {
    need("<");
    if (peek() == '!') fail("a DOCTYPE is not allowed here");
    if (depth == kMaxDepth) fail("elements are nested too deeply");
    if (++elements_ > kMaxElements) fail("there are too many elements");
    XmlElement out;
    out.name = name();
    attributes(out);
    if (take("/>")) return out;
    need(">");
    content(out, depth);
    if (!take(out.name)) fail("an element is closed by another name than " + out.name);
    skip_spaces();
    need(">");
    return out;
}

void Parser::attributes(XmlElement& out) {
    while (true) {
        const bool spaced = is_space(peek());
        skip_spaces();
        if (peek() == '>' || peek() == '/') return;
        if (!spaced) fail("there is no space before an attribute");
        std::string key = name();
        skip_spaces();
        need("=");
        skip_spaces();
        std::string value = quoted();
        const auto same = [&](const auto& other) { return other.first == key; };
        if (std::ranges::any_of(out.attributes, same)) fail("an attribute stands twice");
        if (out.attributes.size() == kMaxAttributes) fail("there are too many attributes");
        out.attributes.emplace_back(std::move(key), std::move(value));
    }
}

// Up to the name in the closing tag.
void Parser::content(XmlElement& out, unsigned depth) {
    while (at_ < text_.size()) {
        if (take("</")) return;
        if (take("<![CDATA[")) {
            const std::size_t end = text_.find("]]>", at_);
            if (end == std::string_view::npos) fail("a CDATA section has no end");
            while (at_ < end) plain(out.text);
            at_ = end + 3;
        } else if (skip_markup("<!--", "-->") || skip_markup("<?", "?>")) {
            continue;
        } else if (peek() == '<') {
            out.children.push_back(element(depth + 1));
        } else if (peek() == '&') {
            reference(out.text);
        } else {
            plain(out.text);
        }
    }
    fail("the element " + out.name + " is not closed");
}

std::string Parser::name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const std::string_view found = text_.substr(begin, at_ - begin);
    if (found.empty() || (found[0] >= '0' && found[0] <= '9') || found[0] == '-' ||
        found[0] == '.') {
        fail("there is no name");
    }
    return std::string(found);
}

std::string Parser::quoted() {
    const char quote = peek();
    if (quote != '"' && quote != '\'') fail("an attribute has no value in quotes");
    ++at_;
    std::string value;
    while (peek() != quote) {
        if (at_ == text_.size() || peek() == '<') fail("an attribute's value has no end");
        if (peek() == '&') {
            reference(value);
        } else {
            plain(value);
            if (!value.empty() && is_space(value.back())) value.back() = ' ';
        }
    }
    ++at_;
    return value;
}

void Parser::reference(std::string& out) {
    constexpr std::size_t kLongest = 10;
    const std::size_t end = text_.substr(0, at_ + kLongest + 2).find(';', at_);
    if (end == std::string_view::npos) fail("an & begins no reference");
    std::string_view body = text_.substr(at_ + 1, end - at_ - 1);
    static constexpr std::pair<std::string_view, char> kNamed[] = {
        {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    const auto named = std::ranges::find(kNamed, body, [](const auto& item) { return item.first; });
    at_ = end + 1;
    if (named != std::end(kNamed)) {
        out += named->second;
        return;
    }
    if (!body.starts_with('#')) fail("an entity is not known");
    body.remove_prefix(1);
    const bool hexadecimal = body.starts_with('x');
    if (hexadecimal) body.remove_prefix(1);
    std::uint32_t code = 0;
    for (const char c : body) {
        const std::string_view digits = "0123456789abcdef";
        const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
        if (digit >= (hexadecimal ? 16U : 10U)) fail("a numeric reference is not valid");
        code = code * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit);
        if (code > 0x10ffff) break;
    }
    if (body.empty() || !may_stand(code)) fail("a numeric reference is not valid");
    append_utf8(out, code);
}

// One character as it stands, which must be UTF-8 and one that XML allows. Line ends become \n.
void Parser::plain(std::string& out) {
    const auto first = static_cast<unsigned char>(text_[at_]);
    const unsigned length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (text_.size() - at_ < length || (first >= 0x80 && first < 0xc2) || first > 0xf4) {
        fail("it is not UTF-8 text");
    }
    constexpr unsigned kFirstBits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    std::uint32_t code = first & kFirstBits[length];
    for (unsigned i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text_[at_ + i]);
        if ((next & 0xc0) != 0x80) fail("it is not UTF-8 text");
        code = code << 6 | (next & 0x3fU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kLeast[length] || !may_stand(code)) fail("a character is not allowed");
    at_ += length;
    if (code == '\r') {
        if (peek() != '\n') out += '\n';
        return;
    }
    append_utf8(out, code);
}

void Parser::skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

bool Parser::take(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
}

void Parser::need(std::string_view expected) {
    if (!take(expected)) fail(fmt::format("there is no {} where one must be", expected));
}

void Parser::fail(std::string_view reason) const {
    const auto line = 1 + std::ranges::count(text_.substr(0, std::min(at_, text_.size())), '\n');
    throw Error(fmt::format("it is not well-formed XML: line {}: {}", line, reason));
}

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '_' || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

bool may_stand(std::uint32_t code) {
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && code != 0xfffe && code != 0xffff;
}

void write(const XmlElement& element, unsigned depth, std::string& out) {
    const std::string indent(2 * depth, ' ');
    out += indent + "<" + element.name;
    for (const auto& [name, value] : element.attributes) {
        out += " " + name + "=\"";
        write_escaped(value, true, out);
        out += '"';
    }
    if (element.text.empty() && element.children.empty()) {
        out += " />\n";
        return;
    }
    out += '>';
    write_escaped(element.text, false, out);
    if (!element.children.empty()) {
        out += '\n';
        for (const XmlElement& child : element.children) write(child, depth + 1, out);
        out += indent;
    }
    out += "</" + element.name + ">\n";
}

// A tab or a line end in an attribute would come back as a space.
void write_escaped(std::string_view text, bool in_attribute, std::string& out) {
    for (const char c : text) {
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>' && !in_attribute) {
            out += "&gt;";
        } else if (c == '"' && in_attribute) {
            out += "&quot;";
        } else if ((c == '\t' || c == '\n') && in_attribute) {
            out += c == '\t' ? "&#09;" : "&#10;";
        } else if (!may_stand(static_cast<unsigned char>(c)) || c == '\r') {
            throw Error("a control character cannot be written as XML");
        } else {
            out += c;
        }
    }
}

}  // namespace
}  // namespace kiln::formats
