#include <fmt/format.h>
#include <openssl/evp.h>

#include "hcl/function/builtin.h"
#include "hcl/json/expression.h"
#include "hcl/syntax/text.h"

/// JSON, base64, URLs and CSV.
namespace kiln::hcl {
namespace {

void append_json(const Value& value, std::string& out);
void append_json_string(const std::string& text, std::string& out);
std::string url_encode(std::string_view text);

/// The last of several equal names wins.
Value value_of(const json::Document& document, const json::Node& node);

class CsvReader {
  public:
    explicit CsvReader(std::string_view text) : text_(text) {}

    /// The next record that is not empty; nothing at the end.
    std::optional<std::vector<std::string>> next();
    std::size_t line() const { return line_; }

  private:
    std::string field();
    std::string quoted_field();
    bool at_line_end() const {
        return at_ == text_.size() || text_[at_] == '\n' || crlf() || text_.substr(at_) == "\r";
    }
    bool crlf() const { return text_.substr(at_, 2) == "\r\n"; }
    void skip_line_end();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 0;
};

Value csv_decode(const Arguments& arguments);

}  // namespace

void add_encoding_functions(FunctionTable& table) {
    Parameter value = any_parameter("val");
    value.allow_null = true;
    table.add("jsonencode", fixed({value}, Type::string(), [](const Arguments& a) {
                  return Value::string(encode_json(a[0]));
              }));
    table.add("jsondecode", dynamic({string_parameter("str")}, [](const Arguments& a) {
                  return decode_json(a[0].as_string());
              }));
    table.add("base64encode",
              fixed({string_parameter("str")}, Type::string(), [](const Arguments& a) {
                  return Value::string(encode_base64(a[0].as_string()));
              }));
    table.add(
        "base64decode", fixed({string_parameter("str")}, Type::string(), [](const Arguments& a) {
            const auto bytes = decode_base64(a[0].as_string());
            if (!bytes) {
                throw Error(fmt::format("failed to decode base64 data '{}'", a[0].as_string()));
            }
            if (!is_valid_utf8(*bytes)) {
                throw Error("the result of decoding the provided string is not valid UTF-8");
            }
            return Value::string(*bytes);
        }));
    table.add("urlencode", fixed({string_parameter("str")}, Type::string(), [](const Arguments& a) {
                  return Value::string(url_encode(a[0].as_string()));
              }));
    table.add("csvdecode", dynamic({string_parameter("str")}, csv_decode));
}

std::string encode_json(const Value& value) {
    std::string out;
    append_json(value, out);
    return out;
}

Value decode_json(std::string_view text) {
    Diagnostics diagnostics;
    const auto document = json::read_json(text, "", diagnostics);
    if (!document) {
        const Diagnostic& first = diagnostics[0];
        std::string why = first.detail;
        if (why.ends_with('.')) why.pop_back();
        throw Error(fmt::format("invalid JSON on line {}, column {}: {}", first.subject->start.line,
                                first.subject->start.column, why));
    }
    return value_of(*document, document->root);
}

std::string encode_base64(std::string_view bytes) {
    if (bytes.size() > (std::size_t{1} << 30)) throw Error("the text is too long");
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string packed;
    for (const char c : text) {
        if (c != '\n' && c != '\r') packed += c;
    }
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t padding = packed.ends_with("==") ? 2 : packed.ends_with('=') ? 1 : 0;
    const std::size_t digits = packed.size() - padding;
    if (packed.size() % 4 != 0 || packed.size() > (std::size_t{1} << 30) ||
        packed.find_first_not_of(alphabet) < digits) {
        return std::nullopt;
    }
    std::string out(packed.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(packed.data()),
                                       static_cast<int>(packed.size()));
    if (length < 0) return std::nullopt;
    out.resize(static_cast<std::size_t>(length) - padding);
    return out;
}

namespace {

void append_json(const Value& value, std::string& out) {
    if (value.is_null()) {
        out += "null";
        return;
    }
    bool first = true;
    switch (value.type().kind()) {
        case TypeKind::String:
            append_json_string(value.as_string(), out);
            return;
        case TypeKind::Bool:
            out += value.as_bool() ? "true" : "false";
            return;
        case TypeKind::Number:
            if (value.as_number().is_infinite()) throw Error("cannot serialize infinity as JSON");
            out += value.as_number().to_text();
            return;
        case TypeKind::Map:
        case TypeKind::Object:
            out += '{';
            for (const auto& [key, entry] : value.entries()) {
                if (!std::exchange(first, false)) out += ',';
                append_json_string(key, out);
                out += ':';
                append_json(entry, out);
            }
            out += '}';
            return;
        default:
            out += '[';
            for (const Value& element : value.elements()) {
                if (!std::exchange(first, false)) out += ',';
                append_json(element, out);
            }
            out += ']';
    }
}

void append_json_string(const std::string& text, std::string& out) {
    out += '"';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view three = std::string_view(text).substr(i, 3);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\b') {
            out += "\\b";
        } else if (c == '\f') {
            out += "\\f";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&') {
            out += fmt::format("\\u{:04x}", static_cast<int>(c));
        } else if (three == "\u2028" || three == "\u2029") {
            out += three == "\u2028" ? "\\u2028" : "\\u2029";
            i += 2;
        } else {
            out += c;
        }
    }
    out += '"';
}

Value value_of(const json::Document& document, const json::Node& node) {
    if (node.is(json::Kind::Array)) {
        Value::Elements elements;
        elements.reserve(node.items.size());
        for (const json::Node& item : node.items) elements.push_back(value_of(document, item));
        return Value::tuple(std::move(elements));
    }
    if (node.is(json::Kind::Object)) {
        Value::Entries entries;
        for (const json::Property& property : node.properties) {
            entries.insert_or_assign(normalize_nfc(property.name.text),
                                     value_of(document, property.value));
        }
        return Value::object(std::move(entries));
    }
    Diagnostics errors;
    Value value = json_value(document, node, errors);
    if (!errors.empty()) throw Error("a number in the JSON is too large");
    return value;
}

std::string url_encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out += c;
        } else if (c == ' ') {
            out += '+';
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

std::optional<std::vector<std::string>> CsvReader::next() {
    while (at_ < text_.size() && at_line_end()) skip_line_end();
    if (at_ >= text_.size()) return std::nullopt;
    ++line_;
    std::vector<std::string> fields;
    while (true) {
        fields.push_back(field());
        if (at_line_end()) break;
        ++at_;  // the comma
    }
    skip_line_end();
    return fields;
}

void CsvReader::skip_line_end() {
    if (crlf()) ++at_;
    if (at_ < text_.size()) ++at_;
}

std::string CsvReader::field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted_field();
    const std::size_t start = at_;
    while (!at_line_end() && text_[at_] != ',') {
        if (text_[at_] == '"') {
            throw Error(
                fmt::format("parse error on record {}: bare \" in non-quoted field", line_));
        }
        ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
}

std::string CsvReader::quoted_field() {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
        if (text_[at_] != '"') {
            // A line end inside quotes is always one newline character.
            if (!crlf()) out += text_[at_];
        } else if (text_.substr(at_, 2) == "\"\"") {
            out += '"';
            ++at_;
        } else {
            ++at_;
            if (at_line_end() || text_[at_] == ',') return out;
            throw Error(
                fmt::format("parse error on record {}: extraneous or missing \" in quoted "
                            "field",
                            line_));
        }
    }
    throw Error(fmt::format("parse error on record {}: quoted field has no end", line_));
}

Value csv_decode(const Arguments& arguments) {
    CsvReader reader(arguments[0].as_string());
    const auto names = reader.next();
    if (!names) throw Error("missing header line");
    Type::Attributes types;
    for (const std::string& name : *names) {
        if (!types.emplace(name, Type::string()).second) {
            throw Error(fmt::format("duplicate column name \"{}\"", name));
        }
    }
    Value::Elements rows;
    while (const auto fields = reader.next()) {
        if (fields->size() != names->size()) {
            throw Error(fmt::format("record {}: wrong number of fields", reader.line()));
        }
        Value::Entries row;
        for (std::size_t i = 0; i < fields->size(); ++i) {
            row.emplace((*names)[i], Value::string((*fields)[i]));
        }
        rows.push_back(Value::object(std::move(row)));
    }
    return Value::list(Type::object(std::move(types)), std::move(rows));
}

}  // namespace
}  // namespace kiln::hcl
