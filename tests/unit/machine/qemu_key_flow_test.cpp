#include "machine/qemu/qemu_key_flow.h"

#include <chrono>

#include <gtest/gtest.h>

namespace kiln::qemu {
namespace {

using namespace std::chrono_literals;

// A PC's keyboard as QEMU's monitor shows it.
class KeyFlowTest : public testing::Test {
  protected:
    std::string monitor(const std::string& command) {
        ++questions;
        if (questions == empty_after) status = "0x1c";
        if (command == "i /b 0x64") return "portb[0x0064] = " + status + "\r\n";
        if (command == "xp /1wx 0x480") return "0000000000000480: " + bounds + "\r\n";
        if (command == "xp /1wx 0x41a") return "000000000000041a: " + queue + "\r\n";
        return "unknown command: '" + command + "'\r\n";
    }

    std::chrono::nanoseconds time_of_wait() {
        const auto begin = std::chrono::steady_clock::now();
        flow.wait_for_room();
        return std::chrono::steady_clock::now() - begin;
    }

    std::string status = "0x1c";
    std::string bounds = "0x003e001e";
    std::string queue = "0x001e001e";
    int questions = 0;
    int empty_after = -1;
    KeyFlow flow{[this](std::string_view, const nlohmann::json& arguments, const CancelToken&) {
        return nlohmann::json(monitor(arguments.at("command-line")));
    }};
};

TEST_F(KeyFlowTest, AsksAgainOnlyWhenTheRoomIsUsedUp) {
    for (int i = 0; i < 7; ++i) flow.wait_for_room();
    EXPECT_EQ(questions, 2);
    flow.wait_for_room();
    EXPECT_EQ(questions, 4);
}

TEST_F(KeyFlowTest, WaitsUntilTheControllerIsEmpty) {
    status = "0x1d";
    empty_after = 5;
    flow.wait_for_room();
    EXPECT_EQ(questions, 6);
}

TEST_F(KeyFlowTest, SendsNoMoreThanTheQueueOfTheBiosHolds) {
    queue = "0x0036001e";  // twelve keys
    flow.wait_for_room();
    flow.wait_for_room();
    EXPECT_EQ(questions, 3);
    flow.wait_for_room();
    EXPECT_EQ(questions, 6);
}

TEST_F(KeyFlowTest, WaitsWhileTheQueueOfTheBiosIsFull) {
    queue = "0x003a001e";  // fourteen keys
    EXPECT_GE(time_of_wait(), 1s);
}

TEST_F(KeyFlowTest, CountsKeysOverTheEndOfTheQueue) {
    queue = "0x0020003a";  // three keys
    EXPECT_LT(time_of_wait(), 900ms);
    for (int i = 0; i < 6; ++i) flow.wait_for_room();
    queue = "0x001e0022";  // fourteen
    EXPECT_GE(time_of_wait(), 1s);
}

TEST_F(KeyFlowTest, WaitsOnceForAGuestThatDoesNotListen) {
    status = "0x1d";
    EXPECT_GE(time_of_wait(), 1s);
    EXPECT_LT(time_of_wait(), 500ms);
    status = "0x1c";
    for (int i = 0; i < 7; ++i) EXPECT_LT(time_of_wait(), 500ms);
    status = "0x1d";
    EXPECT_GE(time_of_wait(), 1s) << "it has listened since";
}

TEST_F(KeyFlowTest, DoesNotWaitWhereThereIsNoSuchKeyboard) {
    status = "0xff";
    bounds = "0x00000000";
    for (const auto* content : {"0xffff0000", "0x003a001e", "0x0000001e"}) {
        queue = content;
        for (int i = 0; i < 7; ++i) EXPECT_LT(time_of_wait(), 500ms) << content;
    }
}

TEST(KeyFlow, TakesAnswersThatItDoesNotKnow) {
    for (const nlohmann::json& answer :
         {nlohmann::json("unknown command"), nlohmann::json(7), nlohmann::json("portb = 0x"),
          nlohmann::json("= 0x99999999999")}) {
        KeyFlow flow([&](auto&&...) { return answer; });
        const auto begin = std::chrono::steady_clock::now();
        flow.wait_for_room();
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 500ms) << answer;
    }
}

}  // namespace
}  // namespace kiln::qemu
