#include <gmock/gmock.h>

#include "data_source_fixture.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string error_of(const std::string& type, const Setting::Map& options) {
    try {
        read(type, options);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(DataSources, GiveBackExactlyWhatTheyDeclare) {
    const std::map<std::string, Setting::Map> options = {{"null", {{"input", "x"}}},
                                                         {"host-info", {}}};
    for (const auto& [type, settings] : options) {
        const Setting::Map values = read(type, settings);
        std::set<std::string> declared;
        for (const auto& output : data_sources().schema("data", type)->outputs()) {
            declared.insert(output.name);
        }
        std::set<std::string> given;
        for (const auto& [name, value] : values) given.insert(name);
        EXPECT_EQ(given, declared) << type;
    }
}

TEST(DataSources, NullGivesItsInputBack) {
    EXPECT_EQ(read("null", {{"input", "a\nb"}}), (Setting::Map{{"output", "a\nb"}}));
    EXPECT_THAT(problems_of("null", {{"input", ""}}), ElementsAre("input must be set."));
    EXPECT_THAT(problems_of("null", {}), ElementsAre("input must be set."));
    EXPECT_THAT(error_of("null", {}), HasSubstr("input must be set"));
}

TEST(DataSources, OfTheRegistryAreDeclaredAndCannotBeRead) {
    const Setting::Map good = {{"bucket_name", "b"}, {"channel_name", "c"}};
    EXPECT_THAT(problems_of("hcp-packer-version", good), IsEmpty());
    EXPECT_THAT(error_of("hcp-packer-version", good), HasSubstr("does not speak to the HCP"));
    const Setting::Map both = {{"bucket_name", "b"},
                               {"channel_name", "c"},
                               {"version_fingerprint", "f"},
                               {"platform", "aws"},
                               {"region", "r"}};
    EXPECT_THAT(problems_of("hcp-packer-artifact", both),
                ElementsAre("Exactly one of channel_name and version_fingerprint must be set."));
    EXPECT_THAT(problems_of("hcp-packer-image",
                            {{"bucket_name", "b"}, {"cloud_provider", "aws"}, {"region", "r"}}),
                ElementsAre("Exactly one of channel and iteration_id must be set."));
    EXPECT_FALSE(data_sources().unavailable("data", "hcp-packer-iteration").empty());
    EXPECT_TRUE(data_sources().unavailable("data", "http").empty());
}

TEST(DataSources, UnknownOnesAreAnError) {
    EXPECT_THAT(error_of("oracle", {}), HasSubstr("kiln has no data source \"oracle\""));
    EXPECT_FALSE(data_sources().has("data", "oracle"));
}

}  // namespace
}  // namespace kiln::test
