#include "base/go_time.h"

#include <ctime>

#include <fmt/format.h>

namespace kiln {
namespace {

struct Moment {
    std::tm utc{};
    long nanoseconds = 0;

    int year() const { return utc.tm_year + 1900; }
    int hour12() const { return utc.tm_hour % 12 == 0 ? 12 : utc.tm_hour % 12; }
    std::string_view month() const { return kMonthNames[static_cast<std::size_t>(utc.tm_mon)]; }
    std::string_view day() const { return kDayNames[static_cast<std::size_t>(utc.tm_wday)]; }
};

Moment split(std::chrono::system_clock::time_point moment);
/// Writes the element that stands at the start of `layout` and returns its length, or 0.
std::size_t format_element(const Moment& at, std::string_view layout, std::string& out);
std::size_t format_fraction(const Moment& at, std::string_view layout, std::string& out);

}  // namespace

std::string format_go_time(std::chrono::system_clock::time_point moment, std::string_view layout) {
    const Moment at = split(moment);
    std::string out;
    while (!layout.empty()) {
        const std::size_t length = format_element(at, layout, out);
        if (length == 0) out += layout.front();
        layout.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

std::string format_strftime(std::chrono::system_clock::time_point moment, std::string_view format) {
    const Moment at = split(moment);
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 == format.size()) {
            out += format[i];
            continue;
        }
        switch (format[++i]) {
            case 'B':
                out += at.month();
                break;
            case 'b':
                out += at.month().substr(0, 3);
                break;
            case 'm':
                out += fmt::format("{:02}", at.utc.tm_mon + 1);
                break;
            case 'A':
                out += at.day();
                break;
            case 'a':
                out += at.day().substr(0, 3);
                break;
            case 'd':
                out += fmt::format("{:02}", at.utc.tm_mday);
                break;
            case 'H':
                out += fmt::format("{:02}", at.utc.tm_hour);
                break;
            case 'I':
                out += fmt::format("{:02}", at.hour12());
                break;
            case 'M':
                out += fmt::format("{:02}", at.utc.tm_min);
                break;
            case 'S':
                out += fmt::format("{:02}", at.utc.tm_sec);
                break;
            case 'Y':
                out += fmt::format("{:04}", at.year());
                break;
            case 'y':
                out += fmt::format("{:02}", at.year() % 100);
                break;
            case 'p':
                out += at.utc.tm_hour >= 12 ? "PM" : "AM";
                break;
            case 'Z':
                out += "UTC";
                break;
            case 'z':
                out += "+0000";
                break;
            case 'L':
                out += fmt::format(".{:03}", at.nanoseconds / 1000000);
                break;
            case '%':
                out += '%';
                break;
            default:
                (out += '%') += format[i];
        }
    }
    return out;
}

namespace {

Moment split(std::chrono::system_clock::time_point moment) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(moment);
    Moment at;
    const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
    gmtime_r(&time, &at.utc);
    at.nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(moment - seconds).count();
    return at;
}

bool starts_lower(std::string_view text) {
    return !text.empty() && text[0] >= 'a' && text[0] <= 'z';
}

std::size_t format_element(const Moment& at, std::string_view layout, std::string& out) {
    struct Element {
        std::string_view text;
        std::string value;
    };
    const auto& utc = at.utc;
    const auto two = [](int number) { return fmt::format("{:02}", number); };
    const auto one = [](int number) { return fmt::format("{}", number); };
    const auto starts = [&](std::string_view text) { return layout.starts_with(text); };
    const auto put = [&](std::string_view element, std::string_view value) {
        out += value;
        return element.size();
    };
    switch (layout.front()) {
        case 'J':
            if (starts("January")) return put("January", at.month());
            if (starts("Jan") && !starts_lower(layout.substr(3)))
                return put("Jan", at.month().substr(0, 3));
            return 0;
        case 'M':
            if (starts("Monday")) return put("Monday", at.day());
            if (starts("Mon") && !starts_lower(layout.substr(3)))
                return put("Mon", at.day().substr(0, 3));
            return starts("MST") ? put("MST", "UTC") : 0;
        case '0':
            if (starts("002")) return put("002", fmt::format("{:03}", utc.tm_yday + 1));
            if (starts("01")) return put("01", two(utc.tm_mon + 1));
            if (starts("02")) return put("02", two(utc.tm_mday));
            if (starts("03")) return put("03", two(at.hour12()));
            if (starts("04")) return put("04", two(utc.tm_min));
            if (starts("05")) return put("05", two(utc.tm_sec));
            return starts("06") ? put("06", two(at.year() % 100)) : 0;
        case '1':
            return starts("15") ? put("15", two(utc.tm_hour)) : put("1", one(utc.tm_mon + 1));
        case '2':
            return starts("2006") ? put("2006", fmt::format("{:04}", at.year()))
                                  : put("2", one(utc.tm_mday));
        case '_':
            if (starts("__2")) return put("__2", fmt::format("{:3}", utc.tm_yday + 1));
            if (starts("_2006")) return put("_2006", fmt::format("_{:04}", at.year()));
            return starts("_2") ? put("_2", fmt::format("{:2}", utc.tm_mday)) : 0;
        case '3':
            return put("3", one(at.hour12()));
        case '4':
            return put("4", one(utc.tm_min));
        case '5':
            return put("5", one(utc.tm_sec));
        case 'P':
            return starts("PM") ? put("PM", utc.tm_hour >= 12 ? "PM" : "AM") : 0;
        case 'p':
            return starts("pm") ? put("pm", utc.tm_hour >= 12 ? "pm" : "am") : 0;
        case '-':
            for (const auto& [text, value] : std::array<Element, 5>{{{"-070000", "+000000"},
                                                                     {"-07:00:00", "+00:00:00"},
                                                                     {"-0700", "+0000"},
                                                                     {"-07:00", "+00:00"},
                                                                     {"-07", "+00"}}}) {
                if (starts(text)) return put(text, value);
            }
            return 0;
        case 'Z':
            for (const std::string_view text : {"Z070000", "Z07:00:00", "Z0700", "Z07:00", "Z07"}) {
                if (starts(text)) return put(text, "Z");
            }
            return 0;
        case '.':
        case ',':
            return format_fraction(at, layout, out);
        default:
            return 0;
    }
}

// `.000` and `.999`: as many digits as written; nines leave trailing zeros (and the dot) out.
std::size_t format_fraction(const Moment& at, std::string_view layout, std::string& out) {
    const char mark = layout.size() > 1 ? layout[1] : '\0';
    if (mark != '0' && mark != '9') return 0;
    std::size_t end = layout.find_first_not_of(mark, 1);
    if (end == std::string_view::npos) end = layout.size();
    if (end < layout.size() && layout[end] >= '0' && layout[end] <= '9') return 0;
    std::string digits = fmt::format("{:09}", at.nanoseconds);
    digits.resize(end - 1, '0');
    if (mark == '9') {
        digits.erase(digits.find_last_not_of('0') + 1);
        if (digits.empty()) return end;
    }
    out += layout[0];
    out += digits;
    return end;
}

}  // namespace
}  // namespace kiln
