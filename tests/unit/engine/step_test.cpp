#include "engine/step.h"

#include "build_fixture.h"

namespace kiln {
namespace {

/// Writes down what happens to it; fails as often as told.
class ScriptedStep : public Step {
  public:
    ScriptedStep(std::string name, std::vector<std::string>& diary, int failures = 0)
        : name_(std::move(name)), diary_(diary), failures_(failures) {}

    std::string name() const override { return name_; }
    void run(BuildContext&) override {
        diary_.push_back("run " + name_);
        if (failures_-- > 0) throw Error(name_ + " broke");
    }
    void undo(BuildContext&, bool failed) override {
        diary_.push_back((failed ? "undo failed " : "undo ") + name_);
    }
    void keep(BuildContext&) override { diary_.push_back("keep " + name_); }
    bool undo_when_only_provisioner_cleans() const override { return name_ == "provision"; }

  private:
    std::string name_;
    std::vector<std::string>& diary_;
    int failures_;
};

class StepTest : public BuildFixture {
  protected:
    std::vector<std::unique_ptr<Step>> steps(std::vector<std::pair<std::string, int>> plan) {
        std::vector<std::unique_ptr<Step>> made;
        for (auto& [name, failures] : plan) {
            made.push_back(std::make_unique<ScriptedStep>(name, diary, failures));
        }
        return made;
    }
    void run(const std::vector<std::unique_ptr<Step>>& list) {
        BuildContext context_of_run = context();
        run_steps(list, context_of_run);
    }

    std::vector<std::string> diary;
    using Diary = std::vector<std::string>;
};

TEST_F(StepTest, RunsInOrderAndTakesBackInReverse) {
    run(steps({{"a", 0}, {"b", 0}}));
    EXPECT_EQ(diary, (Diary{"run a", "run b", "undo b", "undo a"}));
}

TEST_F(StepTest, TakesBackWhatHadStartedWhenAStepFails) {
    EXPECT_THROW(run(steps({{"a", 0}, {"b", 1}, {"c", 0}})), Error);
    EXPECT_EQ(diary, (Diary{"run a", "run b", "undo failed b", "undo failed a"}));
}

TEST_F(StepTest, StopsBeforeTheNextStepWhenCancelled) {
    cancel.cancel("interrupt");
    EXPECT_THROW(run(steps({{"a", 0}})), Cancelled);
    EXPECT_EQ(diary, (Diary{"undo failed a"}));
}

TEST_F(StepTest, AbortLeavesEverythingAsItIs) {
    settings.on_error = OnError::Abort;
    EXPECT_THROW(run(steps({{"a", 0}, {"b", 1}})), Error);
    EXPECT_EQ(diary, (Diary{"run a", "run b", "keep b", "keep a"}));
    EXPECT_TRUE(sink.has_message("Step \"b\" failed, aborting..."));
    EXPECT_TRUE(sink.has_message("aborted: skipping cleanup of step \"a\""));
}

TEST_F(StepTest, AbortCleansUpNormallyWhenNothingFails) {
    settings.on_error = OnError::Abort;
    run(steps({{"a", 0}}));
    EXPECT_EQ(diary, (Diary{"run a", "undo a"}));
}

TEST_F(StepTest, RunCleanupProvisionerUndoesTheProvisionStepAlone) {
    settings.on_error = OnError::RunCleanupProvisioner;
    EXPECT_THROW(run(steps({{"a", 0}, {"provision", 1}})), Error);
    EXPECT_EQ(diary, (Diary{"run a", "run provision", "undo failed provision", "keep a"}));
}

TEST_F(StepTest, AskRetriesTheStepThatFailed) {
    settings.on_error = OnError::Ask;
    prompter.answers = {"what", "R"};
    run(steps({{"a", 1}}));
    EXPECT_EQ(diary, (Diary{"run a", "run a", "undo a"}));
    EXPECT_TRUE(sink.has_message("Incorrect input: \"what\""));
}

TEST_F(StepTest, AskCleansUpWhenThereIsNobodyToAsk) {
    settings.on_error = OnError::Ask;
    EXPECT_THROW(run(steps({{"a", 1}})), Error);
    EXPECT_EQ(diary, (Diary{"run a", "undo failed a"}));
}

TEST_F(StepTest, DebugPausesAfterEachStepAndBeforeEachCleanup) {
    settings.debug = true;
    prompter.answers = {"", ""};
    run(steps({{"a", 0}}));
    EXPECT_EQ(prompter.questions,
              (Diary{"Pausing after run of step 'a'. Press enter to continue.",
                     "Pausing before cleanup of step 'a'. Press enter to continue."}));
}

TEST_F(StepTest, GoesOnTakingBackWhenOneUndoFails) {
    class Stubborn : public Step {
      public:
        std::string name() const override { return "stubborn"; }
        void run(BuildContext&) override {}
        void undo(BuildContext&, bool) override { throw Error("will not go"); }
    };
    auto list = steps({{"a", 0}});
    list.push_back(std::make_unique<Stubborn>());
    run(list);
    EXPECT_EQ(diary, (Diary{"run a", "undo a"}));
    EXPECT_TRUE(sink.has_message("Cleanup of step \"stubborn\" failed: will not go"));
}

}  // namespace
}  // namespace kiln
