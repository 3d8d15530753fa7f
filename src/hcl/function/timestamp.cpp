#include "hcl/function/timestamp.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/go_time.h"

namespace kiln::hcl {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::weekday;
using std::chrono::year_month_day;

/// Reads a timestamp from left to right.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}
    int digits(int count, const char* what, int low, int high);
    void literal(char wanted);
    bool accept(char wanted);
    std::int64_t fraction();
    bool at_end() const { return at_ == text_.size(); }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

std::string format_run(char letter, std::size_t length, const Timestamp& time);

}  // namespace

std::string Timestamp::zone(bool colon) const {
    const auto total = std::abs(offset.count());
    return fmt::format("{}{:02}{}{:02}", offset.count() < 0 ? '-' : '+', total / 60,
                       colon ? ":" : "", total % 60);
}

std::string Timestamp::to_text() const {
    const auto day = floor<days>(local());
    const year_month_day date(day);
    const hh_mm_ss clock(local() - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       offset.count() == 0 ? "Z" : zone(true));
}

Timestamp parse_timestamp(std::string_view text, bool space_allowed) {
    Reader reader(text);
    const int year = reader.digits(4, "year", 0, 9999);
    reader.literal('-');
    const int month = reader.digits(2, "month", 1, 12);
    reader.literal('-');
    const int day = reader.digits(2, "day of month", 1, 31);
    if (!space_allowed || !reader.accept(' ')) reader.literal('T');
    const int hour = reader.digits(2, "hour", 0, 23);
    reader.literal(':');
    const int minute = reader.digits(2, "minute", 0, 59);
    reader.literal(':');
    const int second = reader.digits(2, "second", 0, 59);
    Timestamp time;
    time.nanoseconds = reader.fraction();
    if (!reader.accept('Z')) {
        const bool negative = reader.accept('-');
        if (!negative) reader.literal('+');
        const int hours = reader.digits(2, "hours of the time zone", 0, 23);
        reader.literal(':');
        const int minutes = reader.digits(2, "minutes of the time zone", 0, 59);
        time.offset = std::chrono::minutes((hours * 60 + minutes) * (negative ? -1 : 1));
    }
    if (!reader.at_end()) throw Error("not a valid RFC3339 timestamp: extra text after the time");
    const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                              std::chrono::day(unsigned(day))};
    if (!date.ok()) throw Error("not a valid RFC3339 timestamp: there is no such day");
    time.utc = std::chrono::sys_days(date) + std::chrono::hours(hour) +
               std::chrono::minutes(minute) + std::chrono::seconds(second) - time.offset;
    return time;
}

std::string format_date(std::string_view layout, const Timestamp& time) {
    std::string out;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    for (std::size_t i = 0; i < layout.size();) {
        const char c = layout[i];
        if (c == '\'') {
            for (++i;; ++i) {
                if (i >= layout.size()) throw Error("unterminated literal '");
                if (layout[i] != '\'') {
                    out += layout[i];
                } else if (layout.substr(i, 2) == "''") {
                    out += '\'';
                    ++i;
                } else {
                    ++i;
                    break;
                }
            }
        } else if (is_letter(c)) {
            std::size_t end = i;
            while (end < layout.size() && layout[end] == c) ++end;
            out += format_run(c, end - i, time);
            i = end;
        } else {
            out += c;
            ++i;
        }
    }
    return out;
}

namespace {

int Reader::digits(int count, const char* what, int low, int high) {
    int value = 0;
    for (int i = 0; i < count; ++i, ++at_) {
        if (at_ >= text_.size() || text_[at_] < '0' || text_[at_] > '9') {
            throw Error(fmt::format("not a valid RFC3339 timestamp: cannot use \"{}\" as {}",
                                    text_.substr(std::min(at_, text_.size())), what));
        }
        value = value * 10 + (text_[at_] - '0');
    }
    if (value < low || value > high) {
        throw Error(fmt::format("not a valid RFC3339 timestamp: {} out of range", what));
    }
    return value;
}

void Reader::literal(char wanted) {
    if (accept(wanted)) return;
    if (at_end()) {
        throw Error(fmt::format(
            "not a valid RFC3339 timestamp: end of string where \"{}\" is expected", wanted));
    }
    throw Error(fmt::format("not a valid RFC3339 timestamp: missing required \"{}\"", wanted));
}

bool Reader::accept(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
}

std::int64_t Reader::fraction() {
    if (!accept('.')) return 0;
    std::int64_t value = 0;
    std::int64_t unit = 100'000'000;
    const std::size_t start = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, unit /= 10) {
        value += unit * (text_[at_] - '0');
    }
    if (at_ == start) throw Error("not a valid RFC3339 timestamp: a fraction needs digits");
    return value;
}

[[noreturn]] void wrong_run(char letter, std::size_t length, const char* rule) {
    throw Error(
        fmt::format("invalid date format verb \"{}\": {}", std::string(length, letter), rule));
}

std::string format_run(char letter, std::size_t length, const Timestamp& time) {
    const auto day = floor<days>(time.local());
    const year_month_day date(day);
    const hh_mm_ss clock(time.local() - day);
    const auto one_or_two = [&](long value, const char* name) {
        if (length > 2) {
            wrong_run(
                letter, length,
                fmt::format("{} must either be \"{}\" or \"{}{}\"", name, letter, letter, letter)
                    .c_str());
        }
        return length == 1 ? fmt::format("{}", value) : fmt::format("{:02}", value);
    };
    const long hour = clock.hours().count();
    switch (letter) {
        case 'Y':
            if (length == 4) return fmt::format("{:04}", static_cast<int>(date.year()));
            if (length == 2) return fmt::format("{:02}", static_cast<int>(date.year()) % 100);
            wrong_run(letter, length, "year must either be \"YY\" or \"YYYY\"");
        case 'M': {
            const unsigned month = static_cast<unsigned>(date.month());
            const std::string name(kMonthNames[month - 1]);
            if (length == 4) return name;
            if (length == 3) return name.substr(0, 3);
            if (length > 4) {
                wrong_run(letter, length, "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"");
            }
            return one_or_two(month, "month");
        }
        case 'D':
            return one_or_two(static_cast<unsigned>(date.day()), "day of month");
        case 'E': {
            const std::string name(kDayNames[weekday(day).c_encoding()]);
            if (length == 4) return name;
            if (length == 3) return name.substr(0, 3);
            wrong_run(letter, length, "day of week must either be \"EEE\" or \"EEEE\"");
        }
        case 'h':
            return one_or_two(hour, "24-hour");
        case 'H':
            return one_or_two(hour % 12 == 0 ? 12 : hour % 12, "12-hour");
        case 'A':
        case 'a':
            if (length != 2) {
                wrong_run(letter, length, letter == 'A' ? "must be \"AA\"" : "must be \"aa\"");
            }
            return letter == 'A' ? (hour < 12 ? "AM" : "PM") : (hour < 12 ? "am" : "pm");
        case 'm':
            return one_or_two(clock.minutes().count(), "minute");
        case 's':
            return one_or_two(clock.seconds().count(), "second");
        case 'Z':
            switch (length) {
                case 1:
                    return time.offset.count() == 0 ? "Z" : time.zone(true);
                case 3:
                    return time.offset.count() == 0 ? "UTC" : time.zone(false);
                case 4:
                    return time.zone(false);
                case 5:
                    return time.zone(true);
                default:
                    wrong_run(letter, length, "timezone must be Z, ZZZZ, or ZZZZZ");
            }
        default:
            throw Error(
                fmt::format("invalid date format verb \"{}\"", std::string(length, letter)));
    }
}

}  // namespace
}  // namespace kiln::hcl
