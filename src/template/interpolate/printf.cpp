#include "template/interpolate/printf.h"

#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "template/interpolate/quoted.h"

namespace kiln::interpolation {
namespace {

// Go ignores larger widths and precisions with a note, and so bounds the output.
constexpr std::int64_t kWidest = 1000000;

constexpr std::size_t kLongest = std::size_t{16} << 20;

struct Spec {
    bool plus = false;
    bool minus = false;
    bool sharp = false;
    bool space = false;
    bool zero = false;
    std::optional<int> width;
    std::optional<int> precision;
};

std::string format_int(std::int64_t value, char verb, const Spec& spec);
std::string format_float(double value, char verb, const Spec& spec);
std::string format_string(std::string_view text, char verb, const Spec& spec);
std::string pad(std::string text, const Spec& spec);
std::string bad_verb(char32_t verb, const Value& value);
std::string_view go_type(const Value& value);
std::size_t count_code_points(std::string_view text);

class Printer {
  public:
    Printer(std::string_view format, const std::vector<Value>& arguments)
        : format_(format), arguments_(arguments) {}

    std::string run() {
        while (!format_.empty()) {
            const std::size_t percent = format_.find('%');
            out_ += format_.substr(0, percent);
            if (percent == std::string_view::npos) break;
            format_.remove_prefix(percent + 1);
            directive();
            if (out_.size() > kLongest) throw Error("the result is too long");
        }
        if (!reordered_ && next_ < arguments_.size()) note_extra();
        return std::move(out_);
    }

  private:
    bool take(char c) {
        if (!format_.starts_with(c)) return false;
        format_.remove_prefix(1);
        return true;
    }

    void directive() {
        Spec spec;
        good_index_ = true;
        while (take_flag(spec)) {
        }
        take_index();
        if (take('*')) {
            spec.width = take_star("%!(BADWIDTH)");
            if (spec.width && *spec.width < 0) {
                spec.minus = true;
                spec.zero = false;
                spec.width = -*spec.width;
            }
        } else {
            spec.width = take_number();
        }
        if (take('.')) {
            take_index();
            if (take('*')) {
                spec.precision = take_star("%!(BADPREC)");
                if (spec.precision && *spec.precision < 0) spec.precision.reset();
            } else {
                spec.precision = take_number().value_or(0);
            }
        }
        take_index();
        if (format_.empty()) {
            out_ += "%!(NOVERB)";
            return;
        }
        const CodePoint verb = take_code_point(format_);
        print_argument(verb.value, spec);
    }

    bool take_flag(Spec& spec) {
        if (take('+')) return spec.plus = true;
        if (take('-')) return spec.minus = true;
        if (take('#')) return spec.sharp = true;
        if (take(' ')) return spec.space = true;
        if (take('0')) return spec.zero = true;
        return false;
    }

    std::optional<int> take_number() {
        std::int64_t value = 0;
        bool any = false;
        while (!format_.empty() && format_[0] >= '0' && format_[0] <= '9') {
            value = std::min<std::int64_t>(value * 10 + (format_[0] - '0'), kWidest + 1);
            format_.remove_prefix(1);
            any = true;
        }
        if (!any || value > kWidest) return std::nullopt;
        return static_cast<int>(value);
    }

    std::optional<int> take_star(std::string_view complaint) {
        const std::int64_t* number =
            next_ < arguments_.size() ? arguments_[next_].as_int() : nullptr;
        if (next_ < arguments_.size()) ++next_;
        if (number == nullptr || *number > kWidest || *number < -kWidest) {
            out_ += complaint;
            return std::nullopt;
        }
        return static_cast<int>(*number);
    }

    // `[n]`: the next argument is the n-th.
    void take_index() {
        if (!format_.starts_with('[')) return;
        reordered_ = true;
        const std::size_t close = format_.find(']');
        std::size_t index = 0;
        const std::string_view digits = format_.substr(1, close == format_.npos ? 0 : close - 1);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        good_index_ = close != format_.npos && read.ec == std::errc() &&
                      read.ptr == digits.data() + digits.size() && index >= 1 &&
                      index <= arguments_.size();
        format_.remove_prefix(close == format_.npos ? 1 : close + 1);
        if (good_index_) next_ = index - 1;
    }

    void print_argument(char32_t verb, const Spec& spec) {
        std::string name;
        append_utf8(name, verb);
        if (verb == '%') {
            out_ += '%';
        } else if (!good_index_) {
            out_ += "%!" + name + "(BADINDEX)";
        } else if (next_ >= arguments_.size()) {
            out_ += "%!" + name + "(MISSING)";
        } else {
            out_ += format_value(arguments_[next_++], verb, spec);
        }
    }

    static std::string format_value(const Value& value, char32_t verb, const Spec& spec) {
        if (verb == 'T') return pad(std::string(go_type(value)), spec);
        if (value.is_nothing()) return verb == 'v' ? pad("<nil>", spec) : bad_verb(verb, value);
        if (value.as_list() != nullptr || value.as_map() != nullptr) {
            return format_elements(value, verb, spec);
        }
        const char letter = verb < 0x80 ? static_cast<char>(verb) : '?';
        std::string out;
        if (const auto* flag = value.as_bool()) {
            if (letter == 't' || letter == 'v') return pad(*flag ? "true" : "false", spec);
        } else if (const auto* number = value.as_int()) {
            out = format_int(*number, letter, spec);
        } else if (const auto* real = value.as_float()) {
            out = format_float(*real, letter, spec);
        } else if (const auto* text = value.as_string()) {
            if (std::string_view("vsqxX").find(letter) == std::string_view::npos) {
                return bad_verb(verb, value);
            }
            return format_string(*text, letter, spec);
        }
        return out.empty() ? bad_verb(verb, value) : out;
    }

    static std::string format_elements(const Value& value, char32_t verb, const Spec& spec) {
        std::string out;
        if (const auto* list = value.as_list()) {
            for (const Value& item : *list) {
                out += (out.empty() ? "" : " ") + format_value(item, verb, spec);
            }
            return "[" + out + "]";
        }
        for (const auto& [key, item] : *value.as_map()) {
            if (!out.empty()) out += ' ';
            out += format_value(Value(key), verb, spec) + ":" + format_value(item, verb, spec);
        }
        return "map[" + out + "]";
    }

    void note_extra() {
        out_ += "%!(EXTRA ";
        for (std::size_t i = next_; i < arguments_.size(); ++i) {
            if (i > next_) out_ += ", ";
            const Value& value = arguments_[i];
            out_ +=
                value.is_nothing() ? "<nil>" : fmt::format("{}={}", go_type(value), go_text(value));
        }
        out_ += ')';
    }

    std::string_view format_;
    const std::vector<Value>& arguments_;
    std::size_t next_ = 0;
    bool reordered_ = false;
    bool good_index_ = true;
    std::string out_;
};

}  // namespace

std::string go_printf(std::string_view format, const std::vector<Value>& arguments) {
    return Printer(format, arguments).run();
}

std::string go_text(const Value& value) {
    return go_printf("%v", {value});
}

namespace {

std::string format_int(std::int64_t value, char verb, const Spec& spec) {
    const bool negative = value < 0;
    const std::uint64_t magnitude =
        negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    std::string digits;
    std::string prefix;
    switch (verb) {
        case 'd':
        case 'v':
            digits = fmt::format("{}", magnitude);
            break;
        case 'b':
            digits = fmt::format("{:b}", magnitude);
            prefix = spec.sharp ? "0b" : "";
            break;
        case 'o':
        case 'O':
            digits = fmt::format("{:o}", magnitude);
            prefix = verb == 'O' ? "0o" : spec.sharp ? "0" : "";
            break;
        case 'x':
            digits = fmt::format("{:x}", magnitude);
            prefix = spec.sharp ? "0x" : "";
            break;
        case 'X':
            digits = fmt::format("{:X}", magnitude);
            prefix = spec.sharp ? "0X" : "";
            break;
        case 'c':
        case 'q': {
            std::string text;
            append_utf8(text, magnitude > 0x10FFFF || negative ? char32_t{0xFFFD}
                                                               : static_cast<char32_t>(magnitude));
            if (verb == 'q') text = magnitude == '\'' ? "'\\''" : "'" + text + "'";
            return pad(text, spec);
        }
        case 'U':
            return pad(fmt::format("U+{:04X}", magnitude), spec);
        default:
            return {};
    }
    if (spec.precision) {
        if (*spec.precision == 0 && value == 0) digits.clear();
        const auto least = static_cast<std::size_t>(*spec.precision);
        if (digits.size() < least) digits.insert(0, least - digits.size(), '0');
    }
    const std::string sign = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    if (spec.zero && !spec.minus && !spec.precision && spec.width) {
        const std::size_t used = sign.size() + digits.size();
        const auto width = static_cast<std::size_t>(*spec.width);
        if (used < width) digits.insert(0, width - used, '0');
    }
    Spec plain = spec;
    plain.zero = false;
    return pad(sign + prefix + digits, plain);
}

std::string format_float(double value, char verb, const Spec& spec) {
    if (verb == 'v') verb = 'g';
    if (std::string_view("eEfFgG").find(verb) == std::string_view::npos) return {};
    std::string sign = std::signbit(value) ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    const double magnitude = std::fabs(value);
    Spec plain = spec;
    plain.zero = false;
    if (std::isnan(value)) return pad("NaN", plain);
    if (std::isinf(value)) return pad((sign.empty() ? "+" : sign) + "Inf", plain);
    std::string digits;
    const bool shortest = !spec.precision && (verb == 'g' || verb == 'G');
    if (shortest) {
        // The shortest digits, in exponent form below 1e-4 and from 1e6 on, as Go prints them.
        digits = fmt::format("{:e}", magnitude);
        const int exponent = std::atoi(digits.c_str() + digits.find('e') + 1);
        char buffer[64];
        const auto format = exponent < -4 || exponent >= 6 ? std::chars_format::scientific
                                                           : std::chars_format::fixed;
        const auto end = std::to_chars(buffer, buffer + sizeof buffer, magnitude, format);
        digits.assign(buffer, end.ptr);
        if (verb == 'G') std::replace(digits.begin(), digits.end(), 'e', 'E');
    } else {
        const int precision = spec.precision.value_or(6);
        const std::string form = fmt::format("{{:.{}{}}}", precision, verb);
        digits = fmt::format(fmt::runtime(form), magnitude);
    }
    if (spec.zero && !spec.minus && spec.width) {
        const auto width = static_cast<std::size_t>(*spec.width);
        const std::size_t used = sign.size() + digits.size();
        if (used < width) digits.insert(0, width - used, '0');
    }
    return pad(sign + digits, plain);
}

std::string format_string(std::string_view text, char verb, const Spec& spec) {
    if (verb == 'x' || verb == 'X') {
        const std::size_t count =
            spec.precision ? std::min(text.size(), static_cast<std::size_t>(*spec.precision))
                           : text.size();
        std::string out;
        for (const char c : text.substr(0, count)) {
            const auto byte = static_cast<unsigned char>(c);
            if (spec.space && !out.empty()) out += ' ';
            if (spec.sharp && (spec.space || out.empty())) out += verb == 'x' ? "0x" : "0X";
            out += verb == 'x' ? fmt::format("{:02x}", byte) : fmt::format("{:02X}", byte);
        }
        return pad(out, spec);
    }
    if (spec.precision) {
        std::string_view rest = text;
        for (int i = 0; i < *spec.precision && !rest.empty(); ++i) take_code_point(rest);
        text.remove_suffix(rest.size());
    }
    const bool quoted = verb == 'q' || (verb == 'v' && spec.sharp);
    if (!quoted) return pad(std::string(text), spec);
    const bool raw = verb == 'q' && spec.sharp && text.find_first_of("`\n\r") == text.npos;
    return pad(raw ? "`" + std::string(text) + "`" : go_quote(text), spec);
}

std::string pad(std::string text, const Spec& spec) {
    if (!spec.width) return text;
    const std::size_t length = count_code_points(text);
    const auto width = static_cast<std::size_t>(*spec.width);
    if (length >= width) return text;
    if (spec.minus) return text.append(width - length, ' ');
    return text.insert(0, width - length, spec.zero ? '0' : ' ');
}

std::string bad_verb(char32_t verb, const Value& value) {
    std::string name;
    append_utf8(name, verb);
    if (value.is_nothing()) return "%!" + name + "(<nil>)";
    return fmt::format("%!{}({}={})", name, go_type(value), go_text(value));
}

std::string_view go_type(const Value& value) {
    if (value.is_nothing()) return "<nil>";
    if (value.as_list() != nullptr) return "[]interface {}";
    if (value.as_map() != nullptr) return "map[string]interface {}";
    return value.type_name();
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        take_code_point(text);
        ++count;
    }
    return count;
}

}  // namespace
}  // namespace kiln::interpolation
