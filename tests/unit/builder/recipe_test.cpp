// The recipe over a machine that is not there: what each step makes, and takes back.

#include "builder/vm/recipe.h"

#include "../engine/build_fixture.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// What a scripted guest does.
struct Script {
    std::vector<std::string> diary;
    std::string screen = "boot menu";
    bool dies_at_once = false;
    bool obeys_power_button = true;
    bool fails_to_start = false;
};

class FakeMachine : public Machine, public boot::Keyboard, public boot::Screen {
  public:
    explicit FakeMachine(Script& script) : script_(script) {}
    ~FakeMachine() override { script_.diary.push_back("dispose"); }

    void start(const CancelToken&) override {
        if (script_.fails_to_start) throw Error("the hypervisor refuses");
        script_.diary.push_back("start");
    }
    boot::Keyboard& keyboard() override { return *this; }
    boot::Screen& screen() override { return *this; }
    std::optional<fs::path> serial_log() const override { return std::nullopt; }
    std::optional<MachineExit> exited() override {
        if (!script_.dies_at_once) return std::nullopt;
        return MachineExit{false, "killed by signal 9", "out of memory"};
    }
    std::optional<MachineExit> wait_for_exit(const CancelToken&, Duration) override {
        script_.diary.push_back("wait for exit");
        if (!script_.obeys_power_button) return std::nullopt;
        return MachineExit{true, "powered off", ""};
    }
    void press_power_button() override { script_.diary.push_back("press power button"); }
    void power_off() override { script_.diary.push_back("power off"); }
    void release() override { script_.diary.push_back("release"); }
    void checkpoint(const std::string&, const CancelToken&) override {}
    void restore(const std::string&, const CancelToken&) override {}

    void key_down(boot::KeyCode key) override { typed_ += key; }
    void key_up(boot::KeyCode) override {}
    std::optional<boot::ScreenText> text() override { return boot::ScreenText{{script_.screen}}; }
    void save_png(const fs::path& path) override { write_file_atomically(path, "png"); }

  private:
    Script& script_;
    std::string typed_;
};

class FakeDriver : public VmDriver {
  public:
    explicit FakeDriver(Script& script) : script_(script) {}
    void create_disks(const GuestPlan& plan, BuildContext&) override {
        write_file_atomically(plan.output_directory / "disk", "raw");
    }
    std::unique_ptr<Machine> make_machine(const GuestPlan& plan, BuildContext&) override {
        last_plan = plan;
        return std::make_unique<FakeMachine>(script_);
    }
    std::string host_address_for_guest() const override { return "10.0.2.2"; }
    SealedDisks seal(const GuestPlan& plan, BuildContext&) override {
        return {{plan.output_directory / "disk"}, {}};
    }

    GuestPlan last_plan;

  private:
    Script& script_;
};

class FakeHook : public ProvisionHook {
  public:
    void provision(BuildContext&, Communicator*, const Setting::Map& data) override {
        seen = data;
        if (fail) throw Error("the provisioner failed");
    }
    void provision_cleanup(BuildContext&, Communicator*, const Setting::Map&) override {
        cleaned = true;
    }
    Setting::Map seen;
    bool fail = false;
    bool cleaned = false;
};

class RecipeTest : public BuildFixture {
  protected:
    void SetUp() override {
        settings.cache_directory = directory.path() / "cache";
        settings.log_directory = directory.path() / "logs";
        fs::create_directories(settings.log_directory);
        write_file_atomically(directory.path() / "x.iso", "iso");
        options.iso.iso_url = (directory.path() / "x.iso").string();
        options.iso.iso_checksum = "none";
        options.vm_name = "box";
        options.output_directory = (directory.path() / "out").string();
        options.communicator.communicator = "none";
    }
    VmResult build() {
        BuildContext context_of_build = context();
        return build_vm(options, {}, driver, context_of_build, hook);
    }
    std::string failure() {
        try {
            build();
        } catch (const Error& error) {
            return error.to_string();
        }
        return "it did not fail";
    }
    bool output_exists() const { return fs::exists(options.output_directory); }

    VmOptions options;
    Script script;
    FakeDriver driver{script};
    FakeHook hook;
    using Diary = std::vector<std::string>;
};

TEST_F(RecipeTest, LeavesTheDisksAndNothingElse) {
    const VmResult result = build();
    EXPECT_EQ(script.diary, (Diary{"start", "wait for exit", "dispose"}));
    EXPECT_EQ(result.sealed.disks.size(), 1u);
    EXPECT_TRUE(fs::exists(result.sealed.disks[0]));
    EXPECT_FALSE(fs::exists(driver.last_plan.scratch));
}

TEST_F(RecipeTest, ServesFilesWhileTheGuestRunsAndTellsProvisionersWhere) {
    options.http.content = {{"/a", "text"}};
    options.http.port_min = 20000;
    options.http.port_max = 30000;
    build();
    EXPECT_NE(driver.last_plan.http_port, 0);
    EXPECT_EQ(hook.seen.at("PackerHTTPIP"), Setting("10.0.2.2"));
    EXPECT_EQ(hook.seen.at("PackerHTTPAddr"),
              Setting(fmt::format("10.0.2.2:{}", driver.last_plan.http_port)));
}

TEST_F(RecipeTest, TakesTheOutputBackWhenAProvisionerFails) {
    hook.fail = true;
    EXPECT_EQ(failure(), "the provisioner failed");
    EXPECT_TRUE(hook.cleaned);
    EXPECT_FALSE(output_exists());
    EXPECT_EQ(script.diary, (Diary{"start", "dispose"}));
    EXPECT_FALSE(fs::exists(driver.last_plan.scratch));
}

TEST_F(RecipeTest, KeepsTheGuestAndItsFilesOnAbort) {
    settings.on_error = OnError::Abort;
    hook.fail = true;
    failure();
    EXPECT_FALSE(hook.cleaned);
    EXPECT_TRUE(output_exists());
    EXPECT_EQ(script.diary[1], "release");
}

TEST_F(RecipeTest, RefusesAnOutputDirectoryThatIsThere) {
    fs::create_directories(options.output_directory);
    EXPECT_NE(failure().find("Output directory exists"), std::string::npos);
    EXPECT_TRUE(output_exists()) << "what the user made stays";
}

TEST_F(RecipeTest, SaysWhyTheGuestDoesNotStart) {
    script.fails_to_start = true;
    EXPECT_EQ(failure(), "the hypervisor refuses");
    EXPECT_FALSE(output_exists());
}

TEST_F(RecipeTest, KeepsPictureAndTextOfAScreenThatNeverShowsWhatIsWaitedFor) {
    options.boot.boot_command = {"<wait \"login\" 10ms>"};
    EXPECT_NE(failure().find("login"), std::string::npos);
    EXPECT_EQ(read_file(settings.log_directory / "test.box.screen.txt"), "boot menu\n");
    EXPECT_TRUE(fs::exists(settings.log_directory / "test.box.screen.png"));
    EXPECT_TRUE(sink.has_message("boot menu"));
}

TEST_F(RecipeTest, TellsAtOnceThatTheGuestEndedWhileItWasTypedTo) {
    options.boot.boot_command = {"<wait \"login\" 10ms>"};
    script.dies_at_once = true;
    EXPECT_EQ(failure(),
              "the guest ended before it could be reached: killed by signal 9\nout of memory");
}

TEST_F(RecipeTest, RendersTheBootCommandWithWhatTheGuestNeeds) {
    options.boot.boot_wait = -1s;
    options.boot.boot_command = {"{{ .Nothing }}"};
    EXPECT_NE(failure().find("Nothing"), std::string::npos);
}

TEST_F(RecipeTest, WaitsForAGuestThatShutsItselfDownAndNoLonger) {
    script.obeys_power_button = false;
    options.shutdown.shutdown_timeout = 1s;
    EXPECT_NE(failure().find("did not shut down within 1s"), std::string::npos);
}

TEST_F(RecipeTest, StopsCleanlyWhenCancelled) {
    cancel.cancel("interrupt");
    EXPECT_EQ(failure(), "interrupt");
    EXPECT_FALSE(output_exists());
}

}  // namespace
}  // namespace kiln
