#include "hcl/value/print.h"

#include <fmt/format.h>
#include <utf8proc.h>

namespace kiln::hcl {
namespace {

void print_nested(const Value& value, std::size_t indent, std::string& out);
void print_entries(const Value& value, std::size_t indent, std::string& out);
bool is_printable(utf8proc_int32_t c);

}  // namespace

std::string print_for_console(const Value& value) {
    if (!value.is_wholly_known()) return "<unknown>";
    if (!value.is_null() && value.type() == Type::string()) return value.as_string();
    std::string out;
    print_nested(value, 0, out);
    return out;
}

std::string describe_value(const Value& value) {
    const Type& type = value.type();
    switch (type.kind()) {
        case TypeKind::String:
            return quote(value.as_string());
        case TypeKind::Number:
            return value.as_number().to_short_text();
        case TypeKind::Bool:
            return value.as_bool() ? "true" : "false";
        case TypeKind::Object:
            switch (value.length()) {
                case 0:
                    return "object with no attributes";
                case 1:
                    return "object with 1 attribute " + quote(value.entries().begin()->first);
                default:
                    return fmt::format("object with {} attributes", value.length());
            }
        case TypeKind::Dynamic:
            return "dynamic";
        default:
            switch (value.length()) {
                case 0:
                    return "empty " + type.friendly_name();
                case 1:
                    return type.friendly_name() + " with 1 element";
                default:
                    return fmt::format("{} with {} elements", type.friendly_name(), value.length());
            }
    }
}

std::string quote(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        utf8proc_int32_t c = 0;
        const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                             static_cast<utf8proc_ssize_t>(text.size()), &c);
        if (length <= 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
            text.remove_prefix(1);
            continue;
        }
        switch (c) {
            case '\a':
                out += "\\a";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
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
            case '\v':
                out += "\\v";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '"':
                out += "\\\"";
                break;
            default:
                if (is_printable(c)) {
                    out += text.substr(0, static_cast<std::size_t>(length));
                } else if (c < 0x80) {
                    out += fmt::format("\\x{:02x}", c);
                } else if (c < 0x10000) {
                    out += fmt::format("\\u{:04x}", c);
                } else {
                    out += fmt::format("\\U{:08x}", c);
                }
        }
        text.remove_prefix(static_cast<std::size_t>(length));
    }
    return out + "\"";
}

namespace {

void print_nested(const Value& value, std::size_t indent, std::string& out) {
    if (value.is_null()) {
        out += "null";
        return;
    }
    switch (value.type().kind()) {
        case TypeKind::String:
            out += quote(value.as_string());
            return;
        case TypeKind::Number:
            out += value.as_number().to_console_text();
            return;
        case TypeKind::Bool:
            out += value.as_bool() ? "true" : "false";
            return;
        case TypeKind::Map:
        case TypeKind::Object:
            print_entries(value, indent, out);
            return;
        default:
            break;
    }
    if (value.length() == 0) {
        out += "[]";
        return;
    }
    out += "[\n";
    for (const Value& element : value.elements()) {
        out.append(indent + 2, ' ');
        print_nested(element, indent + 2, out);
        out += ",\n";
    }
    out.append(indent, ' ');
    out += "]";
}

void print_entries(const Value& value, std::size_t indent, std::string& out) {
    if (value.length() == 0) {
        out += "{}";
        return;
    }
    out += "{\n";
    for (const auto& [key, element] : value.entries()) {
        if (element.is_null()) continue;
        out.append(indent + 2, ' ');
        out += quote(key) + " = ";
        print_nested(element, indent + 2, out);
        out += "\n";
    }
    out.append(indent, ' ');
    out += "}";
}

bool is_printable(utf8proc_int32_t c) {
    if (c < 0x80) return c >= 0x20 && c < 0x7F;
    switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_CN:
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CS:
        case UTF8PROC_CATEGORY_CO:
        case UTF8PROC_CATEGORY_ZS:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            return false;
        default:
            return true;
    }
}

}  // namespace
}  // namespace kiln::hcl
