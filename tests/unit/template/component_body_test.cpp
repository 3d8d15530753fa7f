#include "template_fixture.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ComponentBodyTest : public TemplateTest {
  protected:
    Setting::Map source(const std::string& inside) {
        const Template result = load("variables {\n  v = \"var\"\n}\nsource \"box\" \"a\" {\n" +
                                     inside + "\n}\nbuild {\n  sources = [\"box.a\"]\n}\n");
        if (diagnostics.has_errors() || result.builds.empty()) return {};
        kept_ = result.builds[0].sources.at(0).body;
        return evaluate(*kept_, "b");
    }
    Setting::Map provisioner(const std::string& inside) {
        const Template result = load(
            "source \"box\" \"a\" {\n}\nbuild {\n  name = \"b\"\n  sources = [\"box.a\"]\n"
            "  provisioner \"box\" {\n" +
            inside + "\n  }\n}\n");
        if (diagnostics.has_errors() || result.builds.empty()) return {};
        kept_ = result.builds[0].provisioners.at(0).body;
        return evaluate(*kept_, "b");
    }
    std::optional<ComponentBody> kept_;
};

TEST_F(ComponentBodyTest, ValuesAreConvertedToTheOptionsTypes) {
    const Setting::Map settings = source(R"(
  iso       = 5
  text      = true
  cpus      = "4"
  headless  = "true"
  tristate  = false
  wait      = "10s"
  tags      = ["x", 1, var.v]
  arguments = [["-a", 1], ["-b"]]
  ports     = ["1", 2]
  labels    = { k = "v", n = 1 }
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const Setting::Map expected = {
        {"iso", "5"},
        {"text", "true"},
        {"cpus", 4},
        {"headless", true},
        {"tristate", false},
        {"wait", "10s"},
        {"tags", Setting::List{"x", "1", "var"}},
        {"arguments", Setting::List{Setting::List{"-a", "1"}, Setting::List{"-b"}}},
        {"ports", Setting::List{1, 2}},
        {"labels", Setting::Map{{"k", "v"}, {"n", "1"}}},
    };
    EXPECT_EQ(settings, expected);
}

TEST_F(ComponentBodyTest, EverySettingHasItsPlace) {
    const Setting::Map settings = source(
        "  tags = [\n    \"x\",\n    \"y\",\n  ]\n  labels = {\n    k = \"v\"\n  }\n  disk {\n"
        "    size = \"1\"\n  }");
    EXPECT_THAT(found(), IsEmpty());
    EXPECT_EQ(settings.at("tags").range()->start.line, 5u);
    EXPECT_EQ(settings.at("tags").as_list()->at(1).range()->start.line, 7u);
    EXPECT_EQ(settings.at("labels").as_map()->at("k").range()->start.line, 10u);
    const Setting& disk = settings.at("disk").as_list()->at(0);
    EXPECT_EQ(disk.range()->start.line, 12u);
    EXPECT_EQ(disk.as_map()->at("size").range()->start.line, 13u);
    EXPECT_EQ(disk.range()->filename, (directory.path() / "main.pkr.hcl").string());
}

TEST_F(ComponentBodyTest, NestedBlocksBecomeMapsAndLists) {
    const Setting::Map settings = source(R"(
  disk {
    size = "1"
  }
  disk {
    size    = "2"
    discard = true
  }
  network {
    bridge = "br0"
    nested {
      size = "3"
    }
  }
)");
    EXPECT_THAT(found(), IsEmpty());
    const Setting::Map expected = {
        {"disk", Setting::List{Setting::Map{{"size", "1"}},
                               Setting::Map{{"size", "2"}, {"discard", true}}}},
        {"network",
         Setting::Map{{"bridge", "br0"}, {"nested", Setting::List{Setting::Map{{"size", "3"}}}}}},
    };
    EXPECT_EQ(settings, expected);
}

TEST_F(ComponentBodyTest, DynamicBlocksAreExpandedAtEveryDepth) {
    const Setting::Map settings = source(R"(
  dynamic "disk" {
    for_each = { a = "1", b = "2" }
    iterator = d
    content {
      size = "${d.key}${d.value}-${source.name}"
    }
  }
  network {
    dynamic "nested" {
      for_each = [var.v]
      content {
        size = nested.value
      }
    }
  }
)");
    EXPECT_THAT(found(), IsEmpty());
    const Setting::Map expected = {
        {"disk", Setting::List{Setting::Map{{"size", "a1-a"}}, Setting::Map{{"size", "b2-a"}}}},
        {"network", Setting::Map{{"nested", Setting::List{Setting::Map{{"size", "var"}}}}}},
    };
    EXPECT_EQ(settings, expected);
}

TEST_F(ComponentBodyTest, NullsAreLeftOut) {
    EXPECT_EQ(source("  text = null\n  tags = null\n  iso = \"x\""), (Setting::Map{{"iso", "x"}}));
    EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ComponentBodyTest, UnknownValuesBecomePlaceholders) {
    const Setting::Map settings = source(R"(
  iso      = packer.versionFingerprint
  text     = "x-${packer.iterationID}"
  cpus     = packer.iterationID
  headless = packer.iterationID
  tags     = split(",", packer.iterationID)
  labels   = { a = packer.iterationID }
)");
    EXPECT_THAT(found(), IsEmpty()) << details();
    const Setting::Map expected = {
        {"iso", "<unknown>"},
        {"text", "<unknown>"},
        {"cpus", 0},
        {"headless", false},
        {"tags", Setting::List{}},
        {"labels", Setting::Map{{"a", "<unknown>"}}},
    };
    EXPECT_EQ(settings, expected);
}

TEST_F(ComponentBodyTest, BuildValuesArePlaceholdersUntilTheyAreKnown) {
    const std::string text =
        "    iso = build.name\n    text = \"${build.ID}:${build.Port}\"\n"
        "    tags = [build.Announced, source.type, source.name]";
    const Setting::Map first = provisioner(text);
    EXPECT_THAT(found(), IsEmpty());
    const Setting::Map expected = {{"iso", "b"},
                                   {"text", "<unknown>:<unknown>"},
                                   {"tags", Setting::List{"<unknown>", "box", "a"}}};
    EXPECT_EQ(first, expected);

    BodyContext context{"box", "renamed", BuildVariables::placeholders("b", {"Announced"})};
    context.build.values["ID"] = "i-5";
    context.build.values["Port"] = 22;
    const Setting::Map second = kept_->evaluate(*box, context, diagnostics);
    const Setting::Map real = {
        {"iso", "b"}, {"text", "i-5:22"}, {"tags", Setting::List{"<unknown>", "box", "renamed"}}};
    EXPECT_EQ(second, real);
}

TEST_F(ComponentBodyTest, UnannouncedBuildValuesAreErrors) {
    provisioner("    text = build.foo");
    EXPECT_THAT(found(), ElementsAre("Unsupported attribute @ 7"));
}

TEST_F(ComponentBodyTest, SourcesHaveNoBuildValues) {
    source("  text = build.ID");
    EXPECT_THAT(found(), ElementsAre("Unsupported attribute @ 5"));
}

TEST_F(ComponentBodyTest, UnknownNamesAreErrorsWithSuggestions) {
    source("  txt = \"x\"\n  dsk {\n  }\n  disk {\n    sise = 1\n  }");
    EXPECT_THAT(found(),
                UnorderedElementsAre("Unsupported argument @ 5", "Unsupported block type @ 6",
                                     "Unsupported argument @ 9", "Missing required argument @ 8"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"text\"?"));
    EXPECT_THAT(details(), HasSubstr("Did you mean \"disk\"?"));
}

TEST_F(ComponentBodyTest, BlocksAndAttributesAreNotMixedUp) {
    source("  disk = [{ size = \"1\" }]\n  labels {\n    a = \"b\"\n  }");
    EXPECT_THAT(found(), ElementsAre("Unsupported argument @ 5", "Unsupported block type @ 6"));
    EXPECT_THAT(details(), HasSubstr("There is a block of type \"disk\": write it with braces"));
    EXPECT_THAT(details(), HasSubstr("There is an argument \"labels\": write it with"));
}

TEST_F(ComponentBodyTest, OneBlockStandsOnce) {
    source("  network {\n  }\n  network {\n  }");
    EXPECT_THAT(found(), ElementsAre("Duplicate network block @ 7"));
}

TEST_F(ComponentBodyTest, MissingRequiredOptionsAreTold) {
    box = std::make_shared<Schema<TestOptions>>(test_schema(true));
    source("  text = \"x\"");
    EXPECT_THAT(found(), ElementsAre("Missing required argument @ 4"));
}

TEST_F(ComponentBodyTest, WrongTypesAreToldAtTheirPlaceAllAtOnce) {
    const Setting::Map settings = source(
        "  cpus = \"many\"\n  tags = \"x\"\n  text = []\n  labels = { a = [] }\n  iso = \"ok\"");
    EXPECT_THAT(found(), UnorderedElementsAre("Incorrect attribute value type @ 5",
                                              "Incorrect attribute value type @ 6",
                                              "Incorrect attribute value type @ 7",
                                              "Incorrect attribute value type @ 8"));
    // What is wrong is not missing: it stays as null.
    EXPECT_EQ(settings, (Setting::Map{{"iso", "ok"},
                                      {"cpus", Setting()},
                                      {"tags", Setting()},
                                      {"text", Setting()},
                                      {"labels", Setting()}}));
}

TEST_F(ComponentBodyTest, BodiesOutliveTheirTemplate) {
    source("  text = upper(var.v)");
    const ComponentBody copy = *kept_;
    kept_.reset();
    EXPECT_EQ(evaluate(copy), (Setting::Map{{"text", "VAR"}}));
}

}  // namespace
}  // namespace kiln
