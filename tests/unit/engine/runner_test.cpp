#include "engine/runner.h"

#include "build_fixture.h"
#include "communicator/none.h"
#include "template/template.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;

struct TestOptions {
    std::string text;
    bool fail = false;
    bool keep = false;
    bool force = false;
};

Schema<TestOptions> test_schema() {
    Schema<TestOptions> schema("test", "");
    schema.option("text", &TestOptions::text, "")
        .option("fail", &TestOptions::fail, "")
        .option("keep", &TestOptions::keep, "")
        .option("force", &TestOptions::force, "");
    return schema;
}

/// What the components did, in order.
std::vector<std::string>& diary() {
    static std::vector<std::string> lines;
    return lines;
}
std::mutex& diary_mutex() {
    static std::mutex mutex;
    return mutex;
}
void note(const std::string& line) {
    const std::lock_guard lock(diary_mutex());
    diary().push_back(line);
}

/// What a component presses Ctrl-C on when it is told to.
CancelSource*& interrupt_from_inside() {
    static CancelSource* source = nullptr;
    return source;
}

std::shared_ptr<Artifact> make_artifact(const std::string& name) {
    auto artifact = std::make_shared<Artifact>();
    artifact->description = name;
    artifact->destroy = [name] { note("destroy " + name); };
    return artifact;
}

class TestBuilder : public ComponentWith<Builder, TestOptions> {
  public:
    using ComponentWith::ComponentWith;
    std::vector<std::string> announced_names() const override { return {"Extra"}; }
    std::shared_ptr<Artifact> run(BuildContext& context, ProvisionHook& hook) override {
        if (options().fail) throw Error("the builder failed");
        NoneCommunicator nowhere;
        hook.provision(context, &nowhere, {{"ID", "id-1"}, {"Extra", "more"}, {"Port", 22}});
        auto artifact = make_artifact("disk");
        artifact->generated_data = {{"ID", "id-1"}};
        return artifact;
    }
};

class TestProvisioner : public ComponentWith<Provisioner, TestOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext& context, Communicator&, const Setting::Map&) override {
        note("provision " + options().text);
        if (options().text == "hang" && context.cancel.wait_for(std::chrono::seconds(30))) {
            context.cancel.throw_if_cancelled();
        }
        if (options().fail) throw Error("the provisioner failed");
    }
};

class TestPostProcessor : public ComponentWith<PostProcessor, TestOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override {
        note("process " + options().text + " of " + input->description);
        if (options().text == "interrupted") {
            interrupt_from_inside()->cancel("interrupt");
            context.cancel.throw_if_cancelled();
        }
        if (options().fail) throw Error("the post-processor failed");
        return {make_artifact(options().text), options().keep, options().force};
    }
};

const Registry& test_registry() {
    static const Registry registry = [] {
        Registry all;
        all.add_builder("test", component_factory<Builder, TestBuilder>(test_schema));
        all.add_provisioner("test", component_factory<Provisioner, TestProvisioner>(test_schema));
        all.add_post_processor("test",
                               component_factory<PostProcessor, TestPostProcessor>(test_schema));
        return all;
    }();
    return registry;
}

class RunnerTest : public BuildFixture {
  protected:
    void SetUp() override { diary().clear(); }

    std::vector<PlannedBuild> plan(const std::string& text, Diagnostics& diagnostics,
                                   PlanOptions plan_options = {}) {
        const fs::path path = directory.path() / "t.pkr.hcl";
        write_file_atomically(path, text);
        TemplateOptions options;
        options.path = path;
        options.version = "1.16.0";
        options.find_schema = [](std::string_view kind, const std::string& type) {
            return test_registry().schema(kind, type);
        };
        SourceMap sources;
        tmpl_ = load_template(options, sources, diagnostics, {});
        if (diagnostics.has_errors()) return {};
        return make_plan(tmpl_, plan_options, test_registry(), diagnostics);
    }

    RunResult run(const std::string& text) {
        Diagnostics diagnostics;
        auto builds = plan(text, diagnostics);
        for (const auto& diagnostic : diagnostics) {
            ADD_FAILURE() << diagnostic.summary << ": " << diagnostic.detail;
        }
        RunnerOptions options;
        options.settings = settings;
        return run_builds(builds, options, sink, record, prompter, cancel.token());
    }

    std::vector<std::string> artifacts() const {
        std::vector<std::string> out;
        for (const auto& build : sink.of<BuildFinishedEvent>()) {
            for (const auto& artifact : build.artifacts) out.push_back(artifact.description);
        }
        return out;
    }
    std::string error() const { return sink.of<BuildFinishedEvent>().at(0).error; }

    using Lines = std::vector<std::string>;

  private:
    Template tmpl_;
};

std::string build_with(const std::string& blocks, const std::string& source = "") {
    return "source \"test\" \"box\" {\n" + source + "\n}\nbuild {\n  sources = [\"test.box\"]\n" +
           blocks + "\n}\n";
}

TEST_F(RunnerTest, ProvisionsInOrderWithTheRealValues) {
    EXPECT_TRUE(run(build_with(R"(
        provisioner "test" { text = "first ${build.ID} ${build.Extra}" }
        provisioner "test" { text = "second {{ build `ID` }} ${source.name}" })"))
                    .success());
    EXPECT_EQ(diary(), (Lines{"provision first id-1 more", "provision second id-1 box"}));
    EXPECT_EQ(artifacts(), Lines{"disk"});
}

TEST_F(RunnerTest, TellsOfEveryStageByEvents) {
    run(build_with(""));
    EXPECT_EQ(sink.of<BuildAnnouncedEvent>().at(0).build, "test.box");
    EXPECT_EQ(sink.of<BuildStartedEvent>().size(), 1u);
    EXPECT_EQ(sink.of<RunFinishedEvent>().size(), 1u);
}

TEST_F(RunnerTest, StopsAtTheFirstProvisionerThatFails) {
    EXPECT_EQ(run(build_with(R"(
        provisioner "test" {
          text = "a"
          fail = true
        }
        provisioner "test" { text = "b" })"))
                  .failed,
              1);
    EXPECT_EQ(diary(), Lines{"provision a"});
    EXPECT_EQ(error(), "the provisioner failed");
}

TEST_F(RunnerTest, RetriesAndThenQuotesTheFirstError) {
    EXPECT_FALSE(run(build_with(R"(
        provisioner "test" {
          text        = "a"
          fail        = true
          max_retries = 2
        })"))
                     .success());
    EXPECT_EQ(diary(), (Lines{"provision a", "provision a", "provision a"}));
    EXPECT_TRUE(sink.has_message("retrying with 2 trie(s) left"));
    EXPECT_TRUE(sink.has_message("retry limit reached."));
}

TEST_F(RunnerTest, GoesOnAfterAnErrorWhenTold) {
    EXPECT_TRUE(run(build_with(R"(
        provisioner "test" {
          text              = "a"
          fail              = true
          continue_on_error = true
        })"))
                    .success());
    EXPECT_TRUE(sink.has_message("but continue_on_error is set; continuing the build."));
}

TEST_F(RunnerTest, EndsAProvisionerAtItsTimeout) {
    EXPECT_FALSE(run(build_with(R"(
        provisioner "test" {
          text    = "hang"
          timeout = "50ms"
        })"))
                     .success());
    EXPECT_NE(error().find("did not end within 50ms"), std::string::npos) << error();
    EXPECT_FALSE(sink.of<BuildFinishedEvent>()[0].cancelled);
}

TEST_F(RunnerTest, SkipsProvisionersForOtherSources) {
    run(build_with(R"(
        provisioner "test" {
          text = "mine"
          only = ["test.box"]
        }
        provisioner "test" {
          text   = "not mine"
          except = ["test.box"]
        })"));
    EXPECT_EQ(diary(), Lines{"provision mine"});
}

TEST_F(RunnerTest, OverridesOptionsForOneSource) {
    run(build_with(R"(
        provisioner "test" {
          text = "general"
          override = {
            box = { text = "special" }
          }
        })"));
    EXPECT_EQ(diary(), Lines{"provision special"});
}

TEST_F(RunnerTest, ChainsHandArtifactsOnAndDestroyWhatNobodyKeeps) {
    run(build_with(R"(
        post-processors {
          post-processor "test" { text = "ova" }
          post-processor "test" { text = "zip" }
        })"));
    EXPECT_EQ(diary(),
              (Lines{"process ova of disk", "process zip of ova", "destroy ova", "destroy disk"}));
    EXPECT_EQ(artifacts(), Lines{"zip"});
}

TEST_F(RunnerTest, KeepsTheInputWhenTheUserSaysSo) {
    run(build_with(R"(
        post-processor "test" {
          text                = "ova"
          keep_input_artifact = true
        })"));
    EXPECT_EQ(diary(), Lines{"process ova of disk"});
    EXPECT_EQ(artifacts(), (Lines{"disk", "ova"}));
}

TEST_F(RunnerTest, AForcedKeepWinsOverTheUser) {
    run(build_with(R"(
        post-processor "test" {
          text                = "ova"
          keep                = true
          force               = true
          keep_input_artifact = false
        })"));
    EXPECT_EQ(artifacts(), (Lines{"disk", "ova"}));
}

TEST_F(RunnerTest, AFailedChainDoesNotStopTheOthers) {
    EXPECT_EQ(run(build_with(R"(
        post-processor "test" {
          text = "bad"
          fail = true
        }
        post-processor "test" {
          text = "good"
          keep = true
        })"))
                  .failed,
              1);
    EXPECT_EQ(diary(), (Lines{"process bad of disk", "process good of disk"}));
    EXPECT_EQ(error(), "Post-processor failed: the post-processor failed");
}

TEST_F(RunnerTest, LeavesOutWhatExceptNamesAndTheRestOfItsChain) {
    Diagnostics diagnostics;
    const auto builds = plan(build_with(R"(
        post-processors {
          post-processor "test" { text = "a" }
          post-processor "test" {
            name = "stop"
            text = "b"
          }
          post-processor "test" { text = "c" }
        })"),
                             diagnostics, {{}, {"stop"}, false, false, ""});
    ASSERT_EQ(builds.size(), 1u);
    ASSERT_EQ(builds[0].chains.size(), 1u);
    EXPECT_EQ(builds[0].chains[0].size(), 1u);
}

TEST_F(RunnerTest, RefusesASelectedComponentThatIsNotThereByNameAndPlace) {
    Diagnostics diagnostics;
    const auto builds = plan(build_with("provisioner \"chef\" {}"), diagnostics);
    EXPECT_TRUE(builds.empty());
    ASSERT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics[0].summary, "Unknown provisioner type chef");
    ASSERT_TRUE(diagnostics[0].subject.has_value());
}

TEST_F(RunnerTest, WantsABuildBlock) {
    Diagnostics diagnostics;
    plan("source \"test\" \"box\" {}\n", diagnostics);
    ASSERT_TRUE(diagnostics.has_errors());
    EXPECT_EQ(diagnostics[0].summary, "Missing build block");
}

TEST_F(RunnerTest, ReportsABadOptionWhereItStands) {
    Diagnostics diagnostics;
    plan(build_with("provisioner \"test\" { txet = \"x\" }"), diagnostics);
    ASSERT_TRUE(diagnostics.has_errors());
    EXPECT_NE(diagnostics[0].detail.find("text"), std::string::npos) << diagnostics[0].detail;
}

TEST_F(RunnerTest, NamesWhatAFinishedBuildLeftWhenItIsCancelledAfterwards) {
    interrupt_from_inside() = &cancel;
    const RunResult result = run(build_with(R"(post-processor "test" { text = "interrupted" })"));
    EXPECT_TRUE(result.cancelled);
    std::string said;
    for (const auto& event : sink.of<MessageEvent>()) said += event.text + "\n";
    EXPECT_NE(said.find("kept: disk"), std::string::npos) << said;
}

TEST_F(RunnerTest, CountsACancelledBuildAsCancelledNotAsFailed) {
    cancel.cancel("interrupt");
    const RunResult result = run(build_with(""));
    EXPECT_TRUE(result.cancelled);
    EXPECT_EQ(result.failed, 0);
}

}  // namespace
}  // namespace kiln
