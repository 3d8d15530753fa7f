#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "hcl/function/builtin.h"
#include "hcl/function/timestamp.h"

/// YAML 1.1, read and written.
namespace kiln::hcl {
namespace {

/// Aliases let a small text stand for an enormous value.
constexpr std::size_t kMaxNodes = 200'000;

class Decoder {
  public:
    Value decode(const YAML::Node& node);

  private:
    Value decode_scalar(const YAML::Node& node);
    Value decode_mapping(const YAML::Node& node);
    void merge_into(Value::Entries& entries, const YAML::Node& source);

    std::size_t nodes_ = 0;
};

std::optional<Number> read_number(std::string_view text);
std::optional<std::string> read_timestamp(const std::string& text);
std::string encode_yaml(const Value& value);
void append_block(const Value& value, std::size_t indent, std::string& out);
void append_entry(const Value& value, std::size_t indent, std::string& out);
std::string scalar_text(const Value& value);
std::string literal_block(const std::string& text, std::size_t indent);
std::string quoted(const std::string& text);
bool is_block(const Value& value);
bool is_literal(const Value& value);

}  // namespace

void add_yaml_functions(FunctionTable& table) {
    table.add("yamldecode", dynamic({string_parameter("src")}, [](const Arguments& a) {
                  try {
                      const auto documents = YAML::LoadAll(a[0].as_string());
                      if (documents.size() > 1) throw Error("only one document is expected");
                      return documents.empty() ? Value() : Decoder().decode(documents[0]);
                  } catch (const YAML::Exception& error) {
                      throw Error(fmt::format("on line {}, column {}: {}", error.mark.line + 1,
                                              error.mark.column + 1, error.msg));
                  }
              }));
    Parameter value = any_parameter("value");
    value.allow_null = true;
    table.add("yamlencode", fixed({value}, Type::string(), [](const Arguments& a) {
                  return Value::string(encode_yaml(a[0]));
              }));
}

namespace {

Value Decoder::decode(const YAML::Node& node) {
    if (++nodes_ > kMaxNodes) {
        throw Error(fmt::format("the document has more than {} values", kMaxNodes));
    }
    switch (node.Type()) {
        case YAML::NodeType::Scalar:
            return decode_scalar(node);
        case YAML::NodeType::Map:
            return decode_mapping(node);
        case YAML::NodeType::Sequence: {
            Value::Elements elements;
            for (const YAML::Node& element : node) elements.push_back(decode(element));
            return Value::tuple(std::move(elements));
        }
        default:
            return Value();
    }
}

Value Decoder::decode_scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    const std::string& tag = node.Tag();
    if (tag == "tag:yaml.org,2002:binary") {
        // There are no byte strings here, so that it stays as it is written.
        if (!decode_base64(text)) throw Error("a !!binary value is no base64 text");
        return Value::string(text);
    }
    const auto is_one_of = [&](std::initializer_list<const char*> words) {
        return std::find(words.begin(), words.end(), text) != words.end();
    };
    if (tag == "tag:yaml.org,2002:str" || tag == "!") return Value::string(text);
    if (is_one_of({"", "~", "null", "Null", "NULL"})) return Value();
    if (is_one_of({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) {
        return Value::boolean(true);
    }
    if (is_one_of({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
        return Value::boolean(false);
    }
    if (is_one_of({".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) {
        return Value::number(Number::infinity(false));
    }
    if (is_one_of({"-.inf", "-.Inf", "-.INF"})) return Value::number(Number::infinity(true));
    if (is_one_of({".nan", ".NaN", ".NAN"})) throw Error("floating point NaN is not supported");
    if (const auto number = read_number(text)) return Value::number(*number);
    if (const auto time = read_timestamp(text)) return Value::string(*time);
    return Value::string(text);
}

Value Decoder::decode_mapping(const YAML::Node& node) {
    Value::Entries entries;
    for (const auto& item : node) {
        if (!item.first.IsScalar()) throw Error("only string keys are allowed in mappings");
        if (item.first.Scalar() == "<<" && item.first.Tag() != "!")
            merge_into(entries, item.second);
    }
    for (const auto& item : node) {
        if (item.first.Scalar() == "<<" && item.first.Tag() != "!") continue;
        entries.insert_or_assign(item.first.Scalar(), decode(item.second));
    }
    return Value::object(std::move(entries));
}

/// `<<`: the entries of a mapping, or of several, of which the first wins.
void Decoder::merge_into(Value::Entries& entries, const YAML::Node& source) {
    if (source.IsSequence()) {
        for (const YAML::Node& element : source) merge_into(entries, element);
        return;
    }
    if (!source.IsMap()) throw Error("cannot merge what is no mapping");
    const Value merged = decode(source);
    for (const auto& [key, value] : merged.entries()) entries.emplace(key, value);
}

std::optional<Number> read_number(std::string_view text) {
    std::string plain;
    for (const char c : text) {
        if (c != '_') plain += c;
    }
    std::string_view digits = plain;
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.empty() || digits[0] == '-' || digits[0] == '+') return std::nullopt;
    const auto in_base = [&](std::string_view rest, int base) -> std::optional<Number> {
        if (rest.empty() || rest[0] == '-' || rest[0] == '+') return std::nullopt;
        const auto number = Number::parse_integer(rest, base);
        return number && negative ? number->negated() : number;
    };
    if (digits.starts_with("0x")) return in_base(digits.substr(2), 16);
    if (digits.starts_with("0o")) return in_base(digits.substr(2), 8);
    if (digits.starts_with("0b")) return in_base(digits.substr(2), 2);
    const bool all_digits = digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (all_digits && digits.size() > 1 && digits[0] == '0') {
        if (const auto octal = in_base(digits.substr(1), 8)) return octal;
    }
    if (digits.find_first_of("0123456789") == std::string_view::npos ||
        digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos) {
        return std::nullopt;
    }
    return Number::parse(plain);
}

std::optional<std::string> read_timestamp(const std::string& text) {
    if (text.size() < 10 || text[4] != '-') return std::nullopt;
    try {
        return parse_timestamp(text.size() == 10 ? text + "T00:00:00Z" : text, true).to_text();
    } catch (const Error&) {
        return std::nullopt;
    }
}

std::string encode_yaml(const Value& value) {
    std::string out;
    if (is_block(value)) {
        append_block(value, 0, out);
    } else if (is_literal(value)) {
        out = literal_block(value.as_string(), 2);
    } else {
        out = scalar_text(value) + "\n";
        // A bare scalar that is no string is closed by an end marker.
        const bool open =
            !value.is_null() && (value.type() == Type::string() || value.can_iterate());
        if (!open) out += "...\n";
    }
    return out;
}

void append_block(const Value& value, std::size_t indent, std::string& out) {
    if (value.type().is_mapping()) {
        for (const auto& [key, entry] : value.entries()) {
            out += std::string(indent, ' ') + quoted(key) + ":";
            if (is_block(entry)) {
                out += '\n';
                append_block(entry, indent + (entry.type().is_mapping() ? 2 : 0), out);
            } else {
                append_entry(entry, indent + 2, out);
            }
        }
        return;
    }
    for (const Value& element : value.elements()) {
        if (is_block(element)) {
            // The first line of the inner block stands behind the dash.
            std::string inner;
            append_block(element, indent + 2, inner);
            out += std::string(indent, ' ') + "- " + inner.substr(indent + 2);
        } else {
            out += std::string(indent, ' ') + "-";
            append_entry(element, indent + 2, out);
        }
    }
}

void append_entry(const Value& value, std::size_t indent, std::string& out) {
    out += is_literal(value) ? " " + literal_block(value.as_string(), indent)
                             : " " + scalar_text(value) + "\n";
}

std::string scalar_text(const Value& value) {
    if (value.is_null()) return "null";
    switch (value.type().kind()) {
        case TypeKind::String:
            return quoted(value.as_string());
        case TypeKind::Bool:
            return value.as_bool() ? "true" : "false";
        case TypeKind::Number: {
            const Number& number = value.as_number();
            if (number.is_infinite()) return number.is_negative() ? "-.inf" : "+.inf";
            return number.to_text();
        }
        default:
            return value.type().is_mapping() ? "{}" : "[]";
    }
}

std::string literal_block(const std::string& text, std::size_t indent) {
    std::string out = "|";
    if (text.starts_with(' ') || text.starts_with('\n')) out += "2";
    if (!text.ends_with('\n')) {
        out += '-';
    } else if (text.ends_with("\n\n") || text == "\n") {
        out += '+';
    }
    out += '\n';
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        if (end > at) out += std::string(indent, ' ') + text.substr(at, end - at);
        out += '\n';
        at = end + 1;
    }
    return out;
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                    out += fmt::format("\\x{:02X}", static_cast<int>(c));
                } else {
                    out += c;
                }
        }
    }
    return out + "\"";
}

bool is_block(const Value& value) {
    return !value.is_null() && value.can_iterate() && value.length() > 0;
}

bool is_literal(const Value& value) {
    if (value.is_null() || !(value.type() == Type::string())) return false;
    const std::string& text = value.as_string();
    return text.find('\n') != std::string::npos &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
           });
}

}  // namespace
}  // namespace kiln::hcl
