#include "engine/plan.h"

#include <gmock/gmock.h>

#include "base/file.h"
#include "engine/declared.h"
#include "engine/readiness.h"

namespace kiln {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ThingOptions {
    std::string text;
    std::string choice = "a";
    bool later = false;
};

Schema<ThingOptions> thing_schema() {
    Schema<ThingOptions> schema("thing", "");
    schema.option("text", &ThingOptions::text, "")
        .option("choice", &ThingOptions::choice, "")
        .one_of({"a", "b"})
        .option("later", &ThingOptions::later, "")
        .unavailable("it comes later")
        .check([](const ThingOptions& options, Problems& problems) {
            if (options.text == "bad") problems.error("text", "text is bad");
        });
    return schema;
}

class WorkingBuilder : public ComponentWith<Builder, ThingOptions> {
  public:
    using ComponentWith::ComponentWith;
    std::shared_ptr<Artifact> run(BuildContext&, ProvisionHook&) override { return nullptr; }
};

const Registry& registry() {
    static const Registry all = [] {
        Registry registry;
        registry.add_builder("works", component_factory<Builder, WorkingBuilder>(thing_schema));
        const std::string why = "Things come with a later version.";
        registry.add_builder("declared", declared_factory<Builder>(thing_schema, why));
        registry.add_provisioner("declared", declared_factory<Provisioner>(thing_schema, why));
        registry.add_post_processor("declared", declared_factory<PostProcessor>(thing_schema, why));
        registry.add_data_source("declared", declared_factory<DataSource>(thing_schema, why));
        return registry;
    }();
    return all;
}

class Plan : public testing::Test {
  protected:
    std::vector<std::string> plan(const std::string& text, PlanOptions options = {}) {
        const auto path = directory_.path() / "t.pkr.hcl";
        write_file_atomically(path, text);
        TemplateOptions reading;
        reading.path = path;
        reading.version = "1.16.0";
        reading.find_schema = [](std::string_view kind, const std::string& type) {
            return registry().schema(kind, type);
        };
        SourceMap sources;
        tmpl_ = load_template(reading, sources, diagnostics_, {});
        builds_ = make_plan(tmpl_, options, registry(), diagnostics_);
        return names();
    }
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& build : builds_) out.push_back(build.display_name);
        return out;
    }
    /// `E line summary` of each diagnostic.
    std::vector<std::string> told() const {
        std::vector<std::string> out;
        for (const auto& diagnostic : diagnostics_) {
            out.push_back(fmt::format(
                "{} {} {}", diagnostic.severity == Severity::Error ? "E" : "W",
                diagnostic.subject ? diagnostic.subject->start.line : 0, diagnostic.summary));
        }
        return out;
    }

    TempDir directory_{temp_root()};
    Template tmpl_;
    std::vector<PlannedBuild> builds_;
    Diagnostics diagnostics_;
};

TEST_F(Plan, LetsDeclaredComponentsPassAndRefusesThemForABuild) {
    EXPECT_THAT(plan(R"(source "declared" "a" {}
source "works" "b" {}
source "works" "c" {}
source "works" "d" {}
build {
  sources = ["declared.a", "works.b"]
}
build {
  sources = ["works.c"]
  provisioner "declared" {}
}
build {
  sources = ["works.d"]
  post-processor "declared" {}
}
)"),
                ElementsAre("declared.a", "works.b", "works.c", "works.d"));
    EXPECT_THAT(told(), IsEmpty());
    refuse_unready(builds_, diagnostics_);
    EXPECT_THAT(names(), ElementsAre("works.b"));
    EXPECT_THAT(told(),
                ElementsAre("E 1 kiln cannot run source \"declared\" \"a\" yet",
                            "E 10 kiln cannot run provisioner-block \"declared\" yet",
                            "E 14 kiln cannot run post-processor-block \"declared\" yet"));
    EXPECT_THAT(diagnostics_[0].detail, HasSubstr("Things come with a later version."));
    EXPECT_THAT(diagnostics_[0].detail, HasSubstr("-except='declared.a'"));
}

TEST_F(Plan, ChecksTheRulesOfDeclaredComponents) {
    EXPECT_THAT(plan("source \"declared\" \"a\" {\n  text = \"bad\"\n}\n"
                     "build {\n  sources = [\"declared.a\"]\n}\n"),
                IsEmpty());
    EXPECT_THAT(told(), ElementsAre("E 2 Failed preparing source \"declared\" \"a\""));
}

TEST_F(Plan, RefusesAnOptionThatComesLaterWhereItStands) {
    plan(
        "source \"works\" \"a\" {\n  later = true\n}\nsource \"works\" \"b\" {\n  later = "
        "false\n}\n"
        "build {\n  sources = [\"works.a\", \"works.b\"]\n}\n");
    EXPECT_THAT(told(), IsEmpty());
    refuse_unready(builds_, diagnostics_);
    EXPECT_THAT(names(), ElementsAre("works.b"));
    EXPECT_THAT(told(), ElementsAre("E 2 kiln cannot run source \"works\" \"a\" yet"));
    EXPECT_THAT(diagnostics_[0].detail, HasSubstr("later is not available yet: it comes later."));
}

constexpr auto with_unknown = R"(source "works" "a" {}
source "clouds" "b" {}
build {
  sources = ["works.a", "clouds.b"]
  provisioner "declare" {
    only = ["clouds.b"]
  }
}
)";

TEST_F(Plan, NamesAComponentThatItDoesNotHaveAndGoesOn) {
    EXPECT_THAT(plan(with_unknown), ElementsAre("works.a"));
    EXPECT_THAT(told(), ElementsAre("E 2 Unknown source type clouds",
                                    "E 5 Unknown provisioner type declare"));
    EXPECT_THAT(diagnostics_[0].detail, HasSubstr("-except='clouds.b'"));
    EXPECT_THAT(diagnostics_[1].detail, HasSubstr("Did you mean \"declared\"?"));
}

TEST_F(Plan, NotesAnUnselectedComponentThatItDoesNotHaveOnce) {
    PlanOptions options;
    options.only = {"works.*"};
    EXPECT_THAT(plan(with_unknown, options), ElementsAre("works.a"));
    EXPECT_THAT(told(), ElementsAre("W 2 Unknown source type clouds",
                                    "W 5 Unknown provisioner type declare"));
}

TEST_F(Plan, TellsAMissingProvisionerOnceForAllBuilds) {
    EXPECT_THAT(
        plan("source \"works\" \"a\" {}\nsource \"works\" \"b\" {}\n"
             "build {\n  sources = [\"works.a\", \"works.b\"]\n  provisioner \"no\" {}\n}\n"),
        IsEmpty());
    EXPECT_THAT(told(), ElementsAre("E 5 Unknown provisioner type no"));
}

TEST_F(Plan, DoesNotJudgeWhatIsNotKnownYet) {
    EXPECT_THAT(plan("source \"works\" \"a\" {}\nbuild {\n  sources = [\"works.a\"]\n"
                     "  provisioner \"declared\" {\n    choice = build.ID\n  }\n}\n"),
                ElementsAre("works.a"));
    EXPECT_THAT(told(), IsEmpty());
}

TEST_F(Plan, AcceptsTheKeysThatThePeerSetsItself) {
    EXPECT_THAT(
        plan("source \"works\" \"a\" {\n  packer_debug = true\n  packer_build_name = \"x\"\n}\n"
             "build {\n  sources = [\"works.a\"]\n}\n"),
        ElementsAre("works.a"));
    EXPECT_THAT(told(), IsEmpty());
}

}  // namespace
}  // namespace kiln
