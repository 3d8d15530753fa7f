#include <fmt/format.h>

#include "base/duration.h"
#include "base/go_time.h"
#include "hcl/function/builtin.h"
#include "hcl/function/timestamp.h"

/// Functions over times.
namespace kiln::hcl {
namespace {

using std::chrono::days;
using std::chrono::floor;

Timestamp now(const std::function<std::chrono::system_clock::time_point()>& clock);
Timestamp argument_time(const Arguments& arguments, std::size_t index);
Value time_add(const Arguments& arguments);
Value rfc3339_parse(const Arguments& arguments);
Value unix_parse(const Arguments& arguments);
/// The fields that both parsers give.
Value::Entries fields_of(const Timestamp& time);
using TimeFormatter = std::string (*)(std::chrono::system_clock::time_point, std::string_view);
/// When the process started, in the layout of the argument, or else in RFC 3339.
Function process_start_text(std::chrono::system_clock::time_point start, TimeFormatter format);

}  // namespace

void add_time_functions(FunctionTable& table, const FunctionContext& context) {
    table.add("timestamp", fixed({}, Type::string(), [clock = context.now](const Arguments&) {
                  return Value::string(now(clock).to_text());
              }));
    table.add("formatdate", fixed({string_parameter("format"), string_parameter("time")},
                                  Type::string(), [](const Arguments& a) {
                                      const Timestamp time = argument_time(a, 1);
                                      try {
                                          return Value::string(format_date(a[0].as_string(), time));
                                      } catch (const Error& error) {
                                          throw ArgumentError(0, error.message());
                                      }
                                  }));
    table.add("timeadd", fixed({string_parameter("timestamp"), string_parameter("duration")},
                               Type::string(), time_add));
    table.add("rfc3339_parse", dynamic({string_parameter("timestamp")}, rfc3339_parse));
    table.add("unix_timestamp_parse", dynamic({number_parameter("timestamp")}, unix_parse));
    table.add("legacy_isotime", process_start_text(context.process_start, format_go_time));
    table.add("legacy_strftime", process_start_text(context.process_start, format_strftime));
}

namespace {

Timestamp now(const std::function<std::chrono::system_clock::time_point()>& clock) {
    return {floor<std::chrono::seconds>(clock()), 0, std::chrono::minutes(0)};
}

Timestamp argument_time(const Arguments& arguments, std::size_t index) {
    try {
        return parse_timestamp(arguments[index].as_string(), false);
    } catch (const Error& error) {
        throw ArgumentError(index, error.message());
    }
}

Value time_add(const Arguments& arguments) {
    Timestamp time = argument_time(arguments, 0);
    const auto duration = parse_duration(arguments[1].as_string());
    if (!duration) {
        throw Error(fmt::format("time: invalid duration \"{}\"", arguments[1].as_string()));
    }
    const auto moved = std::chrono::nanoseconds(time.nanoseconds) + *duration;
    time.utc += floor<std::chrono::seconds>(moved);
    return Value::string(time.to_text());
}

Value rfc3339_parse(const Arguments& arguments) {
    const std::string& text = arguments[0].as_string();
    Timestamp time;
    try {
        time = parse_timestamp(text, true);
    } catch (const Error&) {
        throw ArgumentError(0, fmt::format("\"{}\" is not a valid RFC3339 timestamp", text));
    }
    Value::Entries fields = fields_of(time);
    fields.emplace("unix", Value::number(std::int64_t{time.utc.time_since_epoch().count()}));
    return Value::object(std::move(fields));
}

Value unix_parse(const Arguments& arguments) {
    const std::int64_t seconds = whole_number(arguments, 0);
    // The calendar has years of four digits.
    constexpr std::int64_t furthest = 253402300799;
    if (seconds > furthest || seconds < -62167219200) {
        throw ArgumentError(0, "the timestamp must lie in the years 0 to 9999");
    }
    const Timestamp time{std::chrono::sys_seconds(std::chrono::seconds(seconds)), 0,
                         std::chrono::minutes(0)};
    Value::Entries fields = fields_of(time);
    fields.emplace("rfc3339", Value::string(time.to_text()));
    return Value::object(std::move(fields));
}

Value::Entries fields_of(const Timestamp& time) {
    const auto day = floor<days>(time.local());
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time.local() - day);
    const auto first_of_year = [](std::chrono::year year) {
        return std::chrono::sys_days(year / std::chrono::January / 1);
    };
    const auto number = [](std::int64_t value) { return Value::number(value); };
    // The ISO week belongs to the year of its Thursday.
    const std::chrono::weekday weekday(day);
    const auto thursday = day + days(4 - static_cast<int>(weekday.iso_encoding()));
    const auto iso_year = std::chrono::year_month_day(thursday).year();
    return {
        {"year", number(static_cast<int>(date.year()))},
        {"year_day", number((day - first_of_year(date.year())).count() + 1)},
        {"day", number(static_cast<unsigned>(date.day()))},
        {"month", number(static_cast<unsigned>(date.month()))},
        {"month_name", Value::string(format_date("MMMM", time))},
        {"weekday", number(weekday.c_encoding())},
        {"weekday_name", Value::string(format_date("EEEE", time))},
        {"hour", number(clock.hours().count())},
        {"minute", number(clock.minutes().count())},
        {"second", number(clock.seconds().count())},
        {"iso_year", number(static_cast<int>(iso_year))},
        {"iso_week", number((thursday - first_of_year(iso_year)).count() / 7 + 1)},
    };
}

Function process_start_text(std::chrono::system_clock::time_point start, TimeFormatter format) {
    return fixed_variadic({}, string_parameter("format"), Type::string(),
                          [start, format](const Arguments& a) {
                              if (a.size() > 1) throw Error("too many arguments");
                              return Value::string(a.empty() ? format_go_time(start, kGoRfc3339)
                                                             : format(start, a[0].as_string()));
                          });
}

}  // namespace
}  // namespace kiln::hcl
