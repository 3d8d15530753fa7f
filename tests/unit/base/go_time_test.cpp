#include "base/go_time.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

/// 2024-01-31 09:05:07.123456789 UTC, a Wednesday.
const std::chrono::system_clock::time_point kMorning{std::chrono::nanoseconds(1706691907123456789)};
/// The afternoon after it: 13:05:07.120.
const std::chrono::system_clock::time_point kAfternoon{
    std::chrono::nanoseconds(1706706307120000000)};
const std::chrono::system_clock::time_point kMidnight{};

TEST(GoTime, WritesTheElementsOfTheReferenceTime) {
    EXPECT_EQ(format_go_time(kMorning, "Mon Jan _2 15:04:05 MST 2006"),
              "Wed Jan 31 09:05:07 UTC 2024");
    EXPECT_EQ(format_go_time(kMorning, "Monday, January 2, 06 3:4:5 PM"),
              "Wednesday, January 31, 24 9:5:7 AM");
    EXPECT_EQ(format_go_time(kMorning, "0601021504 -0700 -07:00 Z0700 pm"),
              "2401310905 +0000 +00:00 Z am");
    EXPECT_EQ(format_go_time(kMorning, "002 __2 03"), "031  31 09");
    EXPECT_EQ(format_go_time(kMorning, "20060102"), "20240131");
    EXPECT_EQ(format_go_time(kMorning, kGoRfc3339), "2024-01-31T09:05:07Z");
}

TEST(GoTime, PadsWhatTheLayoutPads) {
    EXPECT_EQ(format_go_time(kMidnight, "_2|__2|_2006|1|01|3|03"), " 1|  1|_1970|1|01|12|12");
}

TEST(GoTime, CountsTwelveHoursTwice) {
    EXPECT_EQ(format_go_time(kMidnight, "3PM 15"), "12AM 00");
    EXPECT_EQ(format_go_time(kAfternoon, "3PM 03pm 15"), "1PM 01pm 13");
}

TEST(GoTime, WritesFractionsAsLongAsTheLayout) {
    EXPECT_EQ(format_go_time(kMorning, ".000 .000000 .999 05,00"), ".123 .123456 .123 07,12");
    EXPECT_EQ(format_go_time(kAfternoon, "05.000000 05.999999"), "07.120000 07.12");
    EXPECT_EQ(format_go_time(kMidnight, "05.000 05.999"), "00.000 00");
}

TEST(GoTime, KeepsOtherText) {
    EXPECT_EQ(format_go_time(kMorning, "no layout"), "no layout");
    EXPECT_EQ(format_go_time(kMorning, "Janus"), "Janus");
    EXPECT_EQ(format_go_time(kMorning, "Month"), "Month");
    EXPECT_EQ(format_go_time(kMorning, ""), "");
}

TEST(Strftime, WritesItsCodes) {
    EXPECT_EQ(format_strftime(kMorning, "%Y-%m-%d %H:%M:%S%L"), "2024-01-31 09:05:07.123");
    EXPECT_EQ(format_strftime(kMorning, "%A %a %B %b %I %p %y %Z %z %% %Q %"),
              "Wednesday Wed January Jan 09 AM 24 UTC +0000 % %Q %");
    EXPECT_EQ(format_strftime(kMidnight, "%I %p %L"), "12 AM .000");
    EXPECT_EQ(format_strftime(kAfternoon, "%I %p %L"), "01 PM .120");
}

TEST(Strftime, KeepsUnknownCodes) {
    EXPECT_EQ(format_strftime(kMorning, "%Q %%%Q %%Y %"), "%Q %%Q %Y %");
    EXPECT_EQ(format_strftime(kMorning, ""), "");
}

}  // namespace
}  // namespace kiln
