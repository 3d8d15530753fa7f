#include "formats/outputs.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln::formats {
namespace {

using testing::HasSubstr;

TEST(Outputs, SayWhatAnOptionTakes) {
    const auto refusal = [](const Format* format, std::map<std::string, std::string> options) {
        try {
            make_sink({"out", format, std::move(options)});
            return std::string("accepted");
        } catch (const Error& error) {
            return error.to_string();
        }
    };
    EXPECT_EQ(refusal(find_format("qcow2"), {{"cluster_size", "64k"}}), "accepted");
    EXPECT_THAT(refusal(find_format("qcow2"), {{"clustersize", "64k"}}),
                HasSubstr("Did you mean \"cluster_size\"?"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"cluster_size", "3k"}}), HasSubstr("power of two"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"cluster_size", "4M"}}), HasSubstr("power of two"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"compat", "2"}}), HasSubstr("0.10, 1.1"));
    EXPECT_THAT(refusal(find_format("qcow2"), {{"compat", "0.10"}, {"compression_type", "zstd"}}),
                HasSubstr("compat=1.1"));
    EXPECT_THAT(refusal(find_format("vmdk"), {{"subformat", "monolithicHollow"}}),
                HasSubstr("streamOptimized"));
    EXPECT_THAT(refusal(find_format("raw"), {{"preallocation", "maybe"}}),
                HasSubstr("off, falloc"));
    EXPECT_THAT(refusal(find_format("ova"), {{"vcpus", "many"}}), HasSubstr("a number"));
    EXPECT_THAT(refusal(find_format("ova"), {{"os_type", "debain"}}), HasSubstr("debian"));
}

}  // namespace
}  // namespace kiln::formats
