#include "boot/typist.h"

#include <cstdlib>
#include <functional>

#include <gmock/gmock.h>

#include "base/error.h"

namespace kiln::boot {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Writes down what happens, pauses included, with time that passes only by sleeping.
class Stage : public Keyboard, public Screen, public TypingClock {
  public:
    void key_down(KeyCode key) override { press(fmt::format("+{}", key)); }
    void key_up(KeyCode key) override { press(fmt::format("-{}", key)); }

    std::optional<ScreenText> text() override {
        ++looks;
        return show ? show(time - std::chrono::steady_clock::time_point{}) : std::nullopt;
    }
    void save_png(const std::filesystem::path&) override {}

    std::chrono::steady_clock::time_point now() override { return time; }
    void sleep(Duration duration, const CancelToken& cancel) override {
        cancel.throw_if_cancelled();
        time += duration;
        slept += duration;
        if (on_sleep) on_sleep();
    }

    std::vector<std::string> log;
    std::chrono::steady_clock::time_point time{};
    Duration slept{0};
    int looks = 0;
    std::size_t fail_at = SIZE_MAX;
    std::function<std::optional<ScreenText>(Duration)> show;
    std::function<void()> on_sleep;

  private:
    void press(std::string what) {
        if (log.size() == fail_at) throw Error("the guest is gone");
        log.push_back(std::move(what));
    }
};

class TypistTest : public testing::Test {
  protected:
    void type(std::string_view command) {
        Typist typist(stage, stage, options, stage);
        typist.type(parse_boot_command(command), cancel.token());
    }

    Stage stage;
    TypingOptions options;
    CancelSource cancel;
};

TEST_F(TypistTest, PressesAndReleasesEachKey) {
    type("a1 <enter>");
    EXPECT_THAT(stage.log, ElementsAre("+a", "-a", "+1", "-1", "+spc", "-spc", "+ret", "-ret"));
}

TEST_F(TypistTest, HoldsShiftAroundAShiftedCharacter) {
    type("A!");
    EXPECT_THAT(stage.log,
                ElementsAre("+shift", "+a", "-a", "-shift", "+shift", "+1", "-1", "-shift"));
}

TEST_F(TypistTest, PausesAfterEachKeyEvent) {
    options.key_interval = 10ms;
    type("aB");
    EXPECT_EQ(stage.slept, 60ms);
}

TEST_F(TypistTest, HoldsKeysFromOnToOff) {
    type("<leftCtrlOn><leftAltOn><del><leftAltOff><leftCtrlOff>");
    EXPECT_THAT(stage.log, ElementsAre("+ctrl", "+alt", "+delete", "-delete", "-alt", "-ctrl"));
}

TEST_F(TypistTest, HoldsACharacterWithItsShift) {
    type("<AOn>x<AOff>");
    EXPECT_THAT(stage.log, ElementsAre("+shift", "+a", "+x", "-x", "-a", "-shift"));
}

TEST_F(TypistTest, AShiftThatIsHeldStaysHeldOverShiftedCharacters) {
    type("<leftShiftOn>aBc<leftShiftOff>");
    EXPECT_THAT(stage.log, ElementsAre("+shift", "+a", "-a", "+b", "-b", "+c", "-c", "-shift"));
}

TEST_F(TypistTest, ReleasesWhatTheCommandLeavesHeld) {
    type("<leftCtrlOn><leftAltOn>x");
    EXPECT_THAT(stage.log, ElementsAre("+ctrl", "+alt", "+x", "-x", "-alt", "-ctrl"));
}

TEST_F(TypistTest, ReleasesHeldKeysWhenCancelled) {
    stage.on_sleep = [&] {
        if (stage.slept > 5s) cancel.cancel("interrupted");
    };
    EXPECT_THROW(type("<leftCtrlOn><wait10>x"), Cancelled);
    EXPECT_THAT(stage.log, ElementsAre("+ctrl", "-ctrl"));
}

TEST_F(TypistTest, ReleasesAKeyWhosePressWasCutShort) {
    stage.on_sleep = [&] { cancel.cancel("interrupted"); };
    EXPECT_THROW(type("AB"), Cancelled);
    EXPECT_THAT(stage.log, ElementsAre("+shift", "+a", "-a", "-shift"));
}

TEST_F(TypistTest, TellsTheFirstErrorOfTheKeyboard) {
    stage.fail_at = 1;
    try {
        type("<leftCtrlOn>x");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "the guest is gone");
    }
}

TEST_F(TypistTest, WaitsAsLongAsTheCommandSays) {
    options.key_interval = 0ms;
    type("<wait5><wait1m20s>");
    EXPECT_EQ(stage.slept, 85s);
    EXPECT_THAT(stage.log, IsEmpty());
}

TEST_F(TypistTest, WaitsForTheScreenAndGoesOnAtOnce) {
    options.key_interval = 0ms;
    stage.show = [](Duration at) { return ScreenText{{at < 3s ? "Loading" : "boot:"}}; };
    type("<wait \"boot:\">x");
    EXPECT_EQ(stage.slept, 3s);
    EXPECT_EQ(stage.looks, 31);
    EXPECT_THAT(stage.log, ElementsAre("+x", "-x"));
}

TEST_F(TypistTest, DoesNotPauseWhenTheTextIsThere) {
    stage.show = [](Duration) { return ScreenText{{"boot:"}}; };
    type("<wait /^boot/>");
    EXPECT_EQ(stage.slept, 0s);
}

TEST_F(TypistTest, WaitsThroughGraphics) {
    stage.show = [](Duration at) {
        return at < 1s ? std::nullopt : std::optional(ScreenText{{"login:"}});
    };
    type("<wait \"login:\">");
    EXPECT_EQ(stage.slept, 1s);
}

TEST_F(TypistTest, ShowsTheScreenWhenAWaitEndsInVain) {
    stage.show = [](Duration) { return ScreenText{{"No bootable device.", "", ""}}; };
    try {
        type("<wait \"boot:\" 2m>");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "the guest's screen did not show \"boot:\" within 2m0s: it shows:\n"
                     "No bootable device.");
        EXPECT_THAT(error.hint(), HasSubstr("boot_wait_timeout"));
    }
    EXPECT_EQ(stage.slept, 2min);
}

TEST_F(TypistTest, TakesItsOwnLimitWhereTheCommandHasNone) {
    options.wait_limit = 7s;
    EXPECT_THROW(type("<wait \"boot:\">"), Error);
    EXPECT_EQ(stage.slept, 7s);
}

TEST_F(TypistTest, SaysThatGraphicsCannotBeRead) {
    try {
        type("<wait \"x\" 1s>");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("the guest shows graphics"));
    }
}

class KeyInterval : public testing::Test {
  protected:
    void TearDown() override { unsetenv("PACKER_KEY_INTERVAL"); }
};

TEST_F(KeyInterval, TakesTheOptionThenTheEnvironmentThenTheDefault) {
    unsetenv("PACKER_KEY_INTERVAL");
    EXPECT_EQ(key_interval({}), default_key_interval);
    setenv("PACKER_KEY_INTERVAL", "20ms", 1);
    EXPECT_EQ(key_interval({}), 20ms);
    EXPECT_EQ(key_interval(0s), 20ms);
    EXPECT_EQ(key_interval(1s), 1s);
    setenv("PACKER_KEY_INTERVAL", "0s", 1);
    EXPECT_EQ(key_interval({}), 0s);
    setenv("PACKER_KEY_INTERVAL", "soon", 1);
    EXPECT_EQ(key_interval({}), default_key_interval);
}

}  // namespace
}  // namespace kiln::boot
