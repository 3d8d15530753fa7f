#include "base/schema.h"

#include <gtest/gtest.h>

#include "base/secret.h"

namespace kiln {
namespace {

struct Inner {
    std::string name;
    int size = 7;
};
struct Group {
    bool flag = false;
};
struct Sample {
    std::string text = "default";
    std::optional<bool> tri;
    int number = 3;
    Duration time = std::chrono::seconds(5);
    std::vector<std::string> list;
    std::map<std::string, std::string> map;
    std::string choice = "a";
    std::string secret;
    std::vector<Inner> inners;
    Group group;
    std::string later;
};

Schema<Sample> sample_schema() {
    Schema<Inner> inner("inner", "");
    inner.option("name", &Inner::name, "").required().option("size", &Inner::size, "");
    Schema<Group> group("group", "");
    group.option("flag", &Group::flag, "").check([](const Group& g, Problems& problems) {
        if (g.flag) problems.warning("flag", "flag is set");
    });
    Schema<Sample> schema("sample", "A sample.");
    schema.option("text", &Sample::text, "Text.")
        .option("tri", &Sample::tri, "")
        .option("number", &Sample::number, "")
        .option("time", &Sample::time, "")
        .option("list", &Sample::list, "")
        .option("map", &Sample::map, "")
        .option("choice", &Sample::choice, "")
        .one_of({"a", "beta"})
        .option("secret", &Sample::secret, "")
        .sensitive()
        .blocks("inner", &Sample::inners, inner, "")
        .include(&Sample::group, group)
        .option("later", &Sample::later, "")
        .unavailable("it comes later")
        .check([](const Sample& s, Problems& problems) {
            if (s.number < 0) problems.error("number", "number must not be negative");
        });
    return schema;
}

std::vector<std::string> messages(const Problems& problems) {
    std::vector<std::string> out;
    for (const auto& problem : problems) out.push_back(problem.message);
    return out;
}

using Messages = std::vector<std::string>;

TEST(Schema, KeepsDefaultsForWhatIsNotSet) {
    Problems problems;
    const Sample sample = sample_schema().decode({{"text", Setting()}}, problems);
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(sample.text, "default");
    EXPECT_EQ(sample.number, 3);
    EXPECT_FALSE(sample.tri.has_value());
}

TEST(Schema, ConvertsScalarsAsForgivinglyAsThePeer) {
    Problems problems;
    const Sample sample = sample_schema().decode({{"text", 5},
                                                  {"tri", "true"},
                                                  {"number", "12"},
                                                  {"time", "1m30s"},
                                                  {"list", "a,b"},
                                                  {"map", Setting::Map{{"k", 1}}}},
                                                 problems);
    EXPECT_EQ(messages(problems), Messages{});
    EXPECT_EQ(sample.text, "5");
    EXPECT_EQ(sample.tri, true);
    EXPECT_EQ(sample.number, 12);
    EXPECT_EQ(sample.time, std::chrono::seconds(90));
    EXPECT_EQ(sample.list, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(sample.map.at("k"), "1");
}

TEST(Schema, ReportsEverythingAtOnce) {
    Problems problems;
    sample_schema().decode({{"txet", "x"}, {"number", "many"}, {"time", "5"}, {"choice", "bta"}},
                           problems);
    EXPECT_EQ(messages(problems),
              (Messages{"sample has no option \"txet\". Did you mean \"text\"?",
                        "number needs a whole number, not \"many\"",
                        "time needs a duration like \"30s\", \"5m\" or \"1h30m\", not \"5\"",
                        "choice must be one of a, beta, not \"bta\". Did you mean \"beta\"?"}));
}

TEST(Schema, RunsItsRulesBesideOptionsThatCouldNotBeDecoded) {
    Problems problems;
    sample_schema().decode({{"number", -1}}, problems);
    EXPECT_EQ(messages(problems), Messages{"number must not be negative"});
    Problems two;
    sample_schema().decode({{"number", -1}, {"tri", "maybe"}}, two);
    EXPECT_EQ(messages(two),
              (Messages{"tri needs a bool, not \"maybe\"", "number must not be negative"}));
}

TEST(Schema, LeavesOutWhatFollowsFromAnOptionThatCouldNotBeDecoded) {
    struct Two {
        int a = 1;
        bool b = false;
    };
    Schema<Two> schema("two", "");
    schema.option("a", &Two::a, "").option("b", &Two::b, "").check([](const Two& o, Problems& p) {
        if (!o.b) p.error("a", "a needs b.");
    });
    Problems problems;
    schema.validate({{"a", 2}, {"b", "perhaps"}}, problems);
    EXPECT_EQ(messages(problems), Messages{"b needs a bool, not \"perhaps\""});
}

TEST(Schema, SaysNotThatSomethingIsMissingBesideAnOptionThatWasRefused) {
    struct Two {
        std::string a;
        int b = 0;
    };
    Schema<Two> schema("two", "");
    schema.option("alpha", &Two::a, "")
        .option("b", &Two::b, "")
        .check([](const Two& o, Problems& p) {
            if (o.a.empty()) p.error("", "alpha is not there.");
            if (o.b < 0) p.error("b", "b must not be negative.");
        });
    Problems problems;
    schema.validate({{"alhpa", "x"}, {"b", -1}}, problems);
    EXPECT_EQ(messages(problems), (Messages{"two has no option \"alhpa\". Did you mean \"alpha\"?",
                                            "b must not be negative."}));
}

TEST(Schema, TakesZeroForNothingWhereThereIsADefault) {
    Problems problems;
    const Setting::Map nothing = {{"text", ""}, {"number", 0}, {"time", "0s"}};
    const Sample sample = sample_schema().decode(nothing, problems);
    EXPECT_EQ(sample.text, "default");
    EXPECT_EQ(sample.number, 3);
    EXPECT_EQ(sample.time, std::chrono::seconds(5));
    const Sample again = sample_schema().decode({{"number", ""}, {"tri", ""}}, problems);
    EXPECT_EQ(again.number, 3);
    EXPECT_FALSE(again.tri.has_value());
    EXPECT_TRUE(problems.empty());
}

TEST(Schema, PutsAProblemOfNoOptionWhereTheFirstNamedOneStands) {
    struct Range {
        int low = 0;
        int high = 0;
    };
    Schema<Range> schema("range", "");
    schema.option("port_min", &Range::low, "")
        .option("port_max", &Range::high, "")
        .check(
            [](const Range&, Problems& p) { p.error("", "no port_minimum: port_max < port_min"); });
    Setting max(1);
    max.set_range(SourceRange{"f", {5, 2, 3}, {7, 2, 5}});
    Setting min(2);
    min.set_range(SourceRange{"f", {9, 3, 3}, {11, 3, 5}});
    Problems problems;
    schema.validate({{"port_max", max}, {"port_min", min}}, problems);
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems.begin()->range->start.line, 2u);
}

TEST(Schema, TellsOfADeprecatedOptionOnceHoweverDeepItsGroup) {
    struct Deep {
        Group group;
    };
    struct Outer {
        Deep deep;
    };
    Schema<Group> group("group", "");
    group.option("flag", &Group::flag, "").deprecated("use another");
    Schema<Deep> deep("deep", "");
    deep.include(&Deep::group, group);
    Schema<Outer> outer("outer", "");
    outer.include(&Outer::deep, deep);
    Problems problems;
    EXPECT_TRUE(outer.decode({{"flag", true}}, problems).deep.group.flag);
    EXPECT_EQ(messages(problems), Messages{"flag is deprecated: use another"});
    Problems nothing;
    outer.validate({{"flag", ""}}, nothing);
    EXPECT_TRUE(nothing.empty());
}

TEST(Schema, KnowsTheFormerNamesOfOptions) {
    Schema<Group> schema("group", "");
    schema.option("flag", &Group::flag, "").former_name("banner", "Write flag.");
    Problems problems;
    schema.validate({{"banner", true}}, problems);
    EXPECT_EQ(messages(problems), Messages{"group has no option \"banner\". Write flag."});
}

TEST(Schema, TakesANumberForADurationAsNanoseconds) {
    Problems problems;
    const Sample sample = sample_schema().decode({{"time", Setting(2'000'000'000)}}, problems);
    EXPECT_EQ(sample.time, std::chrono::seconds(2));
    sample_schema().decode({{"time", Setting(Setting::Number{"1.5"})}}, problems);
    EXPECT_EQ(messages(problems), Messages{"time needs a duration like \"30s\" or a whole number "
                                           "of nanoseconds, not 1.5"});
}

TEST(Schema, DecodesAnOptionThatIsNotServedYet) {
    Problems problems;
    EXPECT_EQ(sample_schema().decode({{"later", "x"}}, problems).later, "x");
    EXPECT_TRUE(problems.empty());
    EXPECT_EQ(sample_schema().find("later")->unavailable, "it comes later");
}

TEST(Schema, TakesAnEmptyTextForAChoiceAsNotSet) {
    Problems problems;
    EXPECT_EQ(sample_schema().decode({{"choice", ""}}, problems).choice, "a");
    EXPECT_TRUE(problems.empty());
}

TEST(Schema, ChecksEachElementOfAListOfChoices) {
    struct Lists {
        std::vector<std::string> list;
    };
    Schema<Lists> schema("lists", "");
    schema.option("list", &Lists::list, "").one_of({"a", "beta"});
    Problems problems;
    schema.validate({{"list", Setting::List{"a", "betta"}}}, problems);
    EXPECT_EQ(messages(problems),
              Messages{"list must be one of a, beta, not \"betta\". Did you mean \"beta\"?"});
}

TEST(Schema, KnowsWhetherAnOptionalBlockIsThere) {
    struct Outer {
        std::optional<Inner> inner;
    };
    Schema<Inner> inner("inner", "");
    inner.option("name", &Inner::name, "");
    Schema<Outer> schema("outer", "");
    schema.block("inner", &Outer::inner, inner, "");
    Problems problems;
    EXPECT_FALSE(schema.decode({}, problems).inner);
    EXPECT_TRUE(schema.decode({{"inner", Setting::Map{}}}, problems).inner);
    EXPECT_TRUE(problems.empty());
}

TEST(Schema, DeclaresOutputsAndIgnoredOptions) {
    struct Nothing {};
    Schema<Nothing> schema("nothing", "");
    schema.output("size", OptionType::Int, "A size.").ignored("old", OptionType::String, "Old.");
    ASSERT_EQ(schema.outputs().size(), 1u);
    EXPECT_EQ(schema.outputs()[0].name, "size");
    EXPECT_TRUE(schema.option_names().empty());
    Problems problems;
    schema.validate({{"old", "x"}}, problems);
    EXPECT_TRUE(problems.empty());
}

TEST(Schema, DecodesNestedBlocksAndTheirMissingOptions) {
    Problems problems;
    const Setting::List blocks = {Setting::Map{{"name", "x"}, {"size", 1}}, Setting::Map{}};
    const Sample sample = sample_schema().decode({{"inner", blocks}}, problems);
    ASSERT_EQ(sample.inners.size(), 2u);
    EXPECT_EQ(sample.inners[0].size, 1);
    EXPECT_EQ(messages(problems), Messages{"name must be set."});
}

TEST(Schema, IncludesGroupsWithTheirRules) {
    Problems problems;
    const Sample sample = sample_schema().decode({{"flag", true}}, problems);
    EXPECT_TRUE(sample.group.flag);
    EXPECT_EQ(messages(problems), Messages{"flag is set"});
    EXPECT_FALSE(problems.has_errors());
}

TEST(Schema, PutsARulesProblemWhereTheOptionStands) {
    Setting number(-1);
    number.set_range(SourceRange{"f", {5, 2, 3}, {7, 2, 5}});
    Problems problems;
    sample_schema().decode({{"number", number}}, problems);
    ASSERT_EQ(problems.size(), 1u);
    ASSERT_TRUE(problems.begin()->range.has_value());
    EXPECT_EQ(problems.begin()->range->start.line, 2u);
}

TEST(Schema, RegistersSensitiveOptions) {
    Problems problems;
    sample_schema().decode({{"secret", "hush-hush"}}, problems);
    EXPECT_EQ(secrets().redact("say hush-hush"), "say <sensitive>");
    secrets().clear();
}

TEST(Schema, ASensitiveValueThatStandsOpenlyElsewhereIsNoSecret) {
    Problems problems;
    sample_schema().decode({{"secret", "vagrant"}, {"text", "vagrant"}}, problems);
    EXPECT_EQ(secrets().redact("/home/vagrant"), "/home/vagrant");
}

TEST(Schema, DocumentsDefaultsFromTheStruct) {
    const auto schema = sample_schema();
    EXPECT_EQ(schema.find("text")->default_text, "\"default\"");
    EXPECT_EQ(schema.find("time")->default_text, "\"5s\"");
    EXPECT_EQ(schema.find("list")->default_text, "[]");
    EXPECT_EQ(schema.find("tri")->default_text, "");
    EXPECT_EQ(schema.find("nothing"), nullptr);
}

}  // namespace
}  // namespace kiln
