#include <algorithm>

#include <fmt/format.h>

#include "base/suggest.h"
#include "hcl/json/node.h"
#include "hcl/syntax/text.h"
#include "hcl/syntax/token.h"
#include "hcl/value/number.h"
#include "hcl/value/print.h"

namespace kiln::hcl::json {
namespace {

/// Reads one document. Every `read_` function stands before the first byte of what it reads and
/// gives false after the first error, which has been reported then.
class Reader {
  public:
    Reader(Document& document, Diagnostics& diagnostics)
        : document_(document), text_(document.text), diagnostics_(diagnostics) {}

    bool read();

  private:
    bool read_value(Node& node);
    bool read_object(Node& node);
    bool read_property(Node& object);
    bool read_colon(const Node& name);
    bool read_array(Node& node);
    bool read_string(Node& node);
    bool read_number(Node& node);
    bool read_keyword(Node& node);
    bool no_value();
    /// After a value in an object or array: true when another one follows.
    bool read_comma(const Node& open, char closing, bool& more);
    bool not_separated(const Node& open, char closing);

    void skip_space();
    /// Moves over bytes that are one column each.
    void take(std::size_t bytes);
    char peek() const { return pos_.byte < text_.size() ? text_[pos_.byte] : '\0'; }
    bool at_end() const { return pos_.byte >= text_.size(); }
    std::string_view rest() const { return text_.substr(pos_.byte); }
    bool fail(const char* summary, std::string detail, SourceRange subject);
    bool fail_here(const char* summary, std::string detail);
    SourceRange here() const;

    Document& document_;
    std::string_view text_;
    Diagnostics& diagnostics_;
    SourcePos pos_;
    int nesting_ = 0;
};

constexpr const char* kMissingComma = "Missing attribute separator comma";
constexpr const char* kInvalidString = "Invalid JSON string";

bool is_json_number(std::string_view text);
/// The value of four hexadecimal digits, or nothing.
std::optional<char32_t> hex4(std::string_view text);

}  // namespace

DocumentPtr read_json(std::string_view text, const std::string& filename,
                      Diagnostics& diagnostics) {
    const SourceRange start{filename, {}, {}};
    if (text.size() > kMaxTextSize) {
        diagnostics.add(Diagnostic::error(
            "JSON text too large", fmt::format("At most {} bytes of JSON are read.", kMaxTextSize),
            start));
        return nullptr;
    }
    auto document = std::make_shared<Document>();
    document->filename = filename;
    document->text = std::string(text);
    if (!Reader(*document, diagnostics).read()) return nullptr;
    return document;
}

bool decode_escape(std::string_view raw, std::size_t& at, std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char next = at + 1 < raw.size() ? raw[at + 1] : '\0';
    if (const auto index = letters.find(next); index != std::string_view::npos) {
        out += meanings[index];
        at += 2;
        return true;
    }
    auto code = next == 'u' ? hex4(raw.substr(at + 2)) : std::nullopt;
    if (!code) return false;
    at += 6;
    constexpr char32_t replacement = 0xFFFD;
    if (*code >= 0xD800 && *code < 0xDC00) {
        const auto low =
            raw.substr(at).starts_with("\\u") ? hex4(raw.substr(at + 2)) : std::nullopt;
        if (low && *low >= 0xDC00 && *low < 0xE000) {
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
            at += 6;
        } else {
            code = replacement;
        }
    } else if (*code >= 0xDC00 && *code < 0xE000) {
        code = replacement;
    }
    append_utf8(out, *code);
    return true;
}

namespace {

bool Reader::read() {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text_.starts_with(byte_order_mark)) pos_.byte += byte_order_mark.size();
    skip_space();
    if (!read_value(document_.root)) return false;
    skip_space();
    if (at_end()) return true;
    return fail_here("Extraneous data after value",
                     "A file of JSON holds one value; this stands behind its end.");
}

bool Reader::read_value(Node& node) {
    if (nesting_ >= kMaxNesting) {
        return fail_here("Nesting too deep",
                         fmt::format("JSON values may be nested {} levels deep.", kMaxNesting));
    }
    node.start = pos_;
    const char c = peek();
    bool good = false;
    if (c == '{') {
        good = read_object(node);
    } else if (c == '[') {
        good = read_array(node);
    } else if (c == '"') {
        good = read_string(node);
    } else if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') {
        good = read_number(node);
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        good = read_keyword(node);
    } else {
        return no_value();
    }
    node.end = pos_;
    return good;
}

bool Reader::no_value() {
    if (at_end()) return fail_here("Missing value", "The text ends where a value should stand.");
    std::string hint = "A value is an object, an array, a string, a number, true, false or null.";
    const char c = peek();
    if (c == '}') return fail_here("Missing JSON value", std::move(hint));
    if (c == ']') return fail_here("Missing array element value", std::move(hint));
    if (c == '\'') hint += " Strings stand in double quotes.";
    if (c == '/' || c == '#') {
        hint += " JSON has no comments; a property named \"//\" is ignored and can hold one.";
    }
    return fail_here("Invalid start of value", std::move(hint));
}

bool Reader::read_object(Node& node) {
    node.kind = Kind::Object;
    take(1);
    skip_space();
    if (peek() == '}') {
        take(1);
        return true;
    }
    ++nesting_;
    for (bool more = true; more;) {
        if (!read_property(node) || !read_comma(node, '}', more)) return false;
    }
    --nesting_;
    return true;
}

bool Reader::read_property(Node& object) {
    if (at_end()) {
        return fail("Unclosed object", "The brace that opens this object is never closed.",
                    document_.open_range(object));
    }
    if (peek() != '"') {
        return fail_here("Invalid object property name",
                         "The name of a JSON property is a string in double quotes.");
    }
    Property& property = object.properties.emplace_back();
    if (!read_value(property.name) || !read_colon(property.name)) return false;
    skip_space();
    return read_value(property.value);
}

bool Reader::read_colon(const Node& name) {
    skip_space();
    const char c = peek();
    if (c == ':') {
        take(1);
        return true;
    }
    if (c == '}' || c == ',') {
        return fail_here("Missing object value",
                         fmt::format("The property {} has no value: a colon and a value follow a "
                                     "property's name.",
                                     quote(name.text)));
    }
    return fail_here("Missing property value colon",
                     c == '=' ? "JSON sets a property's name and value apart by a colon, not by an "
                                "equals sign."
                              : "A colon must stand between a property's name and its value.");
}

bool Reader::read_array(Node& node) {
    node.kind = Kind::Array;
    take(1);
    skip_space();
    if (peek() == ']') {
        take(1);
        return true;
    }
    ++nesting_;
    for (bool more = true; more;) {
        if (at_end()) {
            return fail("Unclosed array", "The bracket that opens this array is never closed.",
                        document_.open_range(node));
        }
        if (!read_value(node.items.emplace_back()) || !read_comma(node, ']', more)) return false;
    }
    --nesting_;
    return true;
}

bool Reader::read_comma(const Node& open, char closing, bool& more) {
    skip_space();
    const char c = peek();
    more = c == ',';
    if (c == closing && !at_end()) {
        take(1);
        return true;
    }
    if (!more) return not_separated(open, closing);
    const SourceRange comma = here();
    take(1);
    skip_space();
    if (peek() != closing) return true;
    return closing == '}'
               ? fail("Trailing comma in object",
                      "JSON allows no comma after the last property of an object.", comma)
               : fail("Trailing comma in array",
                      "JSON allows no comma after the last value of an array.", comma);
}

bool Reader::not_separated(const Node& open, char closing) {
    const bool object = closing == '}';
    const char c = peek();
    if (at_end()) {
        return fail(object ? "Unclosed object" : "Unclosed array",
                    object ? "The brace that opens this object is never closed."
                           : "The bracket that opens this array is never closed.",
                    document_.open_range(open));
    }
    if (object && c == ']') {
        return fail_here("Mismatched braces", "A JSON object ends with a brace, not a bracket.");
    }
    if (!object && c == '}') {
        return fail_here("Mismatched brackets", "A JSON array ends with a bracket, not a brace.");
    }
    if (!object && c == ':') {
        return fail_here("Invalid array value", "The values of a JSON array have no names.");
    }
    if (c == '/' || c == '#') {
        return fail_here(kMissingComma,
                         "JSON has no comments; a property named \"//\" is ignored and can hold "
                         "one.");
    }
    return fail_here(kMissingComma, object ? "A comma must stand between two properties."
                                           : "A comma must stand between two values.");
}

bool Reader::read_string(Node& node) {
    node.kind = Kind::String;
    const std::size_t open = pos_.byte;
    std::size_t at = open + 1;
    bool plain = true;  // no escapes
    bool ascii = true;
    while (at < text_.size() && text_[at] != '"' && text_[at] != '\n') {
        if (text_[at] == '\\') {
            plain = false;
            ++at;
        } else if (static_cast<unsigned char>(text_[at]) >= 0x80) {
            ascii = false;
        }
        ++at;
    }
    if (at >= text_.size() || text_[at] == '\n') {
        return fail_here(kInvalidString, "This string has no closing quote on its line.");
    }
    const std::string_view raw = text_.substr(open + 1, at - open - 1);
    if (!ascii && !is_valid_utf8(raw)) {
        return fail_here("Invalid character encoding",
                         "All text must be UTF-8. This string holds bytes that are not.");
    }
    const auto fault = [&](std::size_t offset, std::size_t length, const char* detail) {
        const SourcePos from = advance(pos_, text_.substr(open, offset + 1));
        const SourcePos to = advance(from, raw.substr(offset, length));
        return fail(kInvalidString, detail, {document_.filename, from, to});
    };
    for (std::size_t i = 0; i < raw.size();) {
        if (static_cast<unsigned char>(raw[i]) < 0x20) {
            return fault(i, 1, "Control characters are written as escapes: \\n, \\t, \\u001b.");
        }
        if (raw[i] != '\\') {
            const std::size_t from = i;
            while (i < raw.size() && raw[i] != '\\' && static_cast<unsigned char>(raw[i]) >= 0x20) {
                ++i;
            }
            node.text.append(raw.substr(from, i - from));
        } else if (const std::size_t from = i; !decode_escape(raw, i, node.text)) {
            return fault(from, 2,
                         "The escapes of JSON are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with "
                         "four hexadecimal digits.");
        }
    }
    const std::size_t length = at + 1 - open;
    if (ascii && plain) {
        take(length);
    } else {
        pos_ = advance(pos_, text_.substr(open, length));
    }
    return true;
}

bool Reader::read_number(Node& node) {
    node.kind = Kind::Number;
    const std::string_view digits = rest().substr(0, rest().find_first_not_of("0123456789.+-eE"));
    if (!is_json_number(digits)) {
        const SourceRange range{document_.filename, pos_, advance(pos_, digits)};
        return fail("Invalid JSON number",
                    fmt::format("{} is no JSON number: it starts with a digit or a minus sign, has "
                                "no leading zeros, and digits on both sides of a dot.",
                                quote(digits)),
                    range);
    }
    // Only an exponent can make a number too large for the language.
    if (digits.find_first_of("eE") != std::string_view::npos && !Number::parse(digits)) {
        return fail("Invalid JSON number", "This number is too large to be represented.",
                    {document_.filename, pos_, hcl::advance(pos_, digits)});
    }
    node.text = std::string(digits);
    take(digits.size());
    return true;
}

bool Reader::read_keyword(Node& node) {
    std::size_t length = 0;
    while (length < rest().size() &&
           (std::isalnum(static_cast<unsigned char>(rest()[length])) || rest()[length] == '_')) {
        ++length;
    }
    const std::string word(rest().substr(0, length));
    if (word != "true" && word != "false" && word != "null") {
        const bool script = word == "undefined" || word == "NaN" || word == "Infinity";
        return fail("Invalid JSON keyword",
                    script ? fmt::format("{} belongs to JavaScript and not to JSON.", quote(word))
                           : fmt::format("{} is no keyword of JSON.{}", quote(word),
                                         did_you_mean(word, {"true", "false", "null"})),
                    {document_.filename, pos_, hcl::advance(pos_, std::string_view(word))});
    }
    node.kind = word == "null" ? Kind::Null : Kind::Bool;
    node.boolean = word == "true";
    take(length);
    return true;
}

void Reader::skip_space() {
    for (; !at_end(); ++pos_.byte) {
        const char c = text_[pos_.byte];
        if (c == ' ') {
            ++pos_.column;
        } else if (c == '\t') {
            pos_.column += 2;
        } else if (c == '\n') {
            ++pos_.line;
            pos_.column = 1;
        } else if (c != '\r') {
            break;
        }
    }
}

void Reader::take(std::size_t bytes) {
    pos_.byte += bytes;
    pos_.column += bytes;
}

SourceRange Reader::here() const {
    if (at_end()) return {document_.filename, pos_, pos_};
    const std::size_t length = std::max<std::size_t>(1, grapheme_length(rest().substr(0, 64)));
    SourcePos end = pos_;
    end.byte += length;
    ++end.column;
    return {document_.filename, pos_, end};
}

bool Reader::fail(const char* summary, std::string detail, SourceRange subject) {
    diagnostics_.add(Diagnostic::error(summary, std::move(detail), std::move(subject)));
    return false;
}

bool Reader::fail_here(const char* summary, std::string detail) {
    return fail(summary, std::move(detail), here());
}

bool is_json_number(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - from;
    };
    const auto next_is = [&](std::string_view set) {
        return at < text.size() && set.find(text[at]) != std::string_view::npos;
    };
    if (next_is("-")) ++at;
    const bool leading_zero = next_is("0");
    const std::size_t whole = digits();
    if (whole == 0 || (leading_zero && whole > 1)) return false;
    if (next_is(".")) {
        ++at;
        if (digits() == 0) return false;
    }
    if (next_is("eE")) {
        ++at;
        if (next_is("+-")) ++at;
        if (digits() == 0) return false;
    }
    return at == text.size();
}

std::optional<char32_t> hex4(std::string_view text) {
    if (text.size() < 4) return std::nullopt;
    char32_t code = 0;
    for (const char c : text.substr(0, 4)) {
        const char lower = static_cast<char>(c | 0x20);
        if (c >= '0' && c <= '9') {
            code = code * 16 + static_cast<char32_t>(c - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            code = code * 16 + static_cast<char32_t>(lower - 'a' + 10);
        } else {
            return std::nullopt;
        }
    }
    return code;
}

}  // namespace
}  // namespace kiln::hcl::json
