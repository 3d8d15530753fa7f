#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ValueGraph : public TemplateTest {};

TEST_F(ValueGraph, LocalsAreEvaluatedInTheOrderOfTheirReferences) {
    const Template result = load(R"(
locals {
  a = "${local.b}!"
  b = upper(local.c)
}
local "c" {
  expression = var.x
}
variables {
  x = "word"
}
)");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "a"), "WORD!");
}

TEST_F(ValueGraph, IndexStyleReferencesAreReferencesToo) {
    const Template result = load("locals {\n  a = local[\"b\"]\n  b = 1\n}\n");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "a"), "1");
}

TEST_F(ValueGraph, CirclesAreToldByTheirPath) {
    load("locals {\n  a = local.b\n  b = local.c\n  c = local.a\n  self = local.self\n}\n");
    EXPECT_THAT(found(), ElementsAre("failed to prepare execution graph @ 2",
                                     "failed to prepare execution graph @ 5"));
    EXPECT_THAT(details(), HasSubstr("local.a -> local.b -> local.c -> local.a"));
    EXPECT_THAT(details(), HasSubstr("local.self -> local.self"));
}

TEST_F(ValueGraph, MissingReferencesAreToldWithASuggestion) {
    load("locals {\n  name = 1\n  b = local.nam\n  c = data.x.y\n}\n");
    EXPECT_THAT(found(), ElementsAre("failed to prepare execution graph @ 3",
                                     "failed to prepare execution graph @ 4"));
    EXPECT_THAT(details(), HasSubstr("could not get dependency \"local.nam\" for \"local.b\", "
                                     "\"local.nam\" missing in template. Did you mean "
                                     "\"local.name\"?"));
    EXPECT_THAT(details(), HasSubstr("\"data.x.y\" missing in template"));
}

TEST_F(ValueGraph, AFailedLocalDoesNotFailWhatDependsOnIt) {
    load(
        "locals {\n  bad = 1 + \"x\"\n  b = local.bad\n  c = \"${local.b}\"\n  worse = [] + "
        "1\n}\n");
    EXPECT_EQ(found().size(), 2u) << ::testing::PrintToString(found());
}

TEST_F(ValueGraph, LongChainsAreFine) {
    std::string text = "locals {\n  l0 = 1\n";
    for (int i = 1; i < 20000; ++i) text += fmt::format("  l{} = local.l{}\n", i, i - 1);
    const Template result = load(text + "}\n");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "l19999"), "1");
}

TEST_F(ValueGraph, UnknownDataTypesMatterWhereTheirValuesAreNeeded) {
    options.known_types = [](std::string_view) { return std::vector<std::string>{"http", "null"}; };
    const Template result = load(R"(
data "htp" "base" {
  x = local.unused
}
locals {
  unused = 1
  id     = "${data.htp.base.id}-x"
  more   = upper(local.id)
}
source "box" "needs" {
  text = local.more
  iso  = data.htp.base.id
}
source "box" "free" {
  text = local.unused
}
build {
  sources = ["box.needs", "box.free"]
}
)");
    EXPECT_THAT(found(), ElementsAre("warning: Unknown data type htp @ 2"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"http\"? Known types: http, null."));
    ASSERT_EQ(result.builds.at(0).sources.size(), 2u);
    diagnostics.clear();
    evaluate(result.builds[0].sources[0].body);
    EXPECT_THAT(found(), IsEmpty()) << "data sources are not asked, so nothing is known of any";

    options.read_data = [](const std::string&, const Setting::Map&) { return Setting::Map(); };
    const Template asked = load();
    diagnostics.clear();
    evaluate(asked.builds.at(0).sources.at(1).body);
    EXPECT_THAT(found(), IsEmpty());
    evaluate(asked.builds.at(0).sources.at(0).body);
    EXPECT_THAT(found(), ElementsAre(HasSubstr("No value for data.htp.base")));
}

class DataSources : public TemplateTest {
  protected:
    DataSources() {
        options.find_schema = [this](std::string_view block, const std::string& type) {
            return block == "data" && type == "box" ? box : nullptr;
        };
        options.read_data = [this](const std::string& type, const Setting::Map& settings) {
            asked.push_back(type + ":" + *settings.at("text").as_string());
            if (*settings.at("text").as_string() == "fail") throw Error("no answer");
            return Setting::Map{{"id", "id of " + *settings.at("text").as_string()},
                                {"list", Setting::List{1, 2}}};
        };
    }
    std::vector<std::string> asked;
};

TEST_F(DataSources, StandInOneGraphWithLocals) {
    const Template result = load(R"(
locals {
  first = "one"
  last  = data.box.b.id
  sum   = data.box.b.list[1] + 1
}
data "box" "b" {
  text = data.box.a.id
}
data "box" "a" {
  text = local.first
}
)");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_THAT(asked, ElementsAre("box:one", "box:id of one"));
    EXPECT_EQ(text_of(result.locals, "last"), "id of id of one");
    EXPECT_EQ(text_of(result.locals, "sum"), "3");
}

TEST_F(DataSources, AreUnknownWhenTheyAreNotAsked) {
    options.read_data = nullptr;
    const Template result =
        load("data \"box\" \"a\" {\n  text = \"x\"\n}\nlocals { l = data.box.a.id }\n");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "l"), "<unknown>");
}

TEST_F(DataSources, OptionsAreCheckedByTheirSchema) {
    load(
        "data \"box\" \"a\" {\n  txet = \"x\"\n  cpus = []\n  dynamic \"disk\" {\n    for_each = "
        "[]\n    content {}\n  }\n}\n");
    EXPECT_THAT(found(), ::testing::UnorderedElementsAre("Unsupported argument @ 2",
                                                         "Incorrect attribute value type @ 3",
                                                         "Unsupported block type @ 4"));
    EXPECT_THAT(asked, IsEmpty());
}

TEST_F(DataSources, FailuresAreErrorsOfTheirBlock) {
    load("data \"box\" \"a\" {\n  text = \"fail\"\n}\nlocals { l = data.box.a.id }\n");
    EXPECT_THAT(found(), ElementsAre("Data source box.a failed @ 1"));
    EXPECT_THAT(details(), HasSubstr("no answer"));
}

TEST_F(DataSources, DuplicatesAreErrors) {
    load("data \"box\" \"a\" {\n  text = \"x\"\n}\ndata \"box\" \"a\" {\n}\n");
    EXPECT_THAT(found(), ElementsAre("Duplicate data block @ 4"));
}

TEST_F(DataSources, ComeBeforeLocalsInTheSequentialOrder) {
    options.sequential_evaluation = true;
    const std::string data = "data \"box\" \"a\" {\n  text = \"one\"\n}\n";
    const Template result = load("locals {\n  l = data.box.b.id\n}\n" + data +
                                 "data \"box\" \"b\" {\n  text = data.box.a.id\n}\n");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(text_of(result.locals, "l"), "id of id of one");

    load("locals {\n  l = \"x\"\n}\ndata \"box\" \"a\" {\n  text = local.l\n}\n");
    EXPECT_THAT(found(), ElementsAre("Local values are not known here @ 5"));
}

TEST_F(DataSources, SequentialOrderBoundsTheDepthOfReferences) {
    options.sequential_evaluation = true;
    const auto data_chain = [](int length) {
        std::string text = "data \"box\" \"d0\" {\n  text = \"x\"\n}\n";
        for (int i = 1; i <= length; ++i) {
            text +=
                fmt::format("data \"box\" \"d{}\" {{\n  text = data.box.d{}.id\n}}\n", i, i - 1);
        }
        return text;
    };
    load(data_chain(10));
    EXPECT_THAT(found(), IsEmpty());
    load(data_chain(11));
    EXPECT_THAT(found(), ElementsAre(HasSubstr("Max datasource recursion depth exceeded.")));

    const auto local_chain = [](int length) {
        std::string text = "locals {\n  l0 = 1\n";
        for (int i = 1; i <= length; ++i) text += fmt::format("  l{} = local.l{}\n", i, i - 1);
        return text + "}\n";
    };
    load(local_chain(9));
    EXPECT_THAT(found(), IsEmpty());
    load(local_chain(10));
    EXPECT_THAT(found(), ElementsAre(HasSubstr("Max local recursion depth exceeded.")));
    options.sequential_evaluation = false;
    load(local_chain(10));
    EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace kiln
