#include "machine/qemu/qemu_console.h"

#include <fstream>

#include <gmock/gmock.h>

#include "base/file.h"
#include "machine/qemu/qmp_client.h"

namespace kiln::qemu {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;

TEST(QmpKeyboard, SendsOneEventForEachMove) {
    std::vector<std::string> sent;
    QmpKeyboard keyboard([&](std::string_view command, const json& arguments, const CancelToken&) {
        if (command == "human-monitor-command") return json("");
        sent.push_back(std::string(command) + " " + arguments.dump());
        return json::object();
    });
    keyboard.key_down("ctrl");
    keyboard.key_up("ctrl");
    EXPECT_THAT(
        sent,
        ElementsAre(
            R"(input-send-event {"events":[{"data":{"down":true,"key":{"data":"ctrl","type":"qcode"}},"type":"key"}]})",
            R"(input-send-event {"events":[{"data":{"down":false,"key":{"data":"ctrl","type":"qcode"}},"type":"key"}]})"));
}

// Writes the files that QEMU would write.
class QmpScreenTest : public testing::Test {
  protected:
    json answer(std::string_view command, const json& arguments) {
        if (command == "screendump") {
            if (!has_screen) throw QmpError("screendump", "GenericError", "no console");
            std::ofstream file(arguments["filename"].get<std::string>(), std::ios::binary);
            file << "P6\n" << width << " 400\n255\n" << std::string(3 * width * 400, pixel);
        } else if (command == "pmemsave") {
            EXPECT_EQ(arguments["val"], 0xb8000);
            EXPECT_EQ(arguments["size"], 0x8000);
            std::ofstream file(arguments["filename"].get<std::string>(), std::ios::binary);
            file << std::string(0x8000, '\0');
        }
        return json::object();
    }

    TempDir directory{temp_root()};
    bool has_screen = true;
    std::size_t width = 720;
    char pixel = 0;
    QmpScreen screen{[this](std::string_view command, const json& arguments, const CancelToken&) {
                         return answer(command, arguments);
                     },
                     directory.path()};
};

TEST_F(QmpScreenTest, SeesABlankTextScreen) {
    const auto text = screen.text();
    ASSERT_TRUE(text);
    EXPECT_EQ(text->rows.size(), 25U);
    EXPECT_EQ(text->to_string(), "");
}

TEST_F(QmpScreenTest, SeesGraphics) {
    width = 1024;
    EXPECT_FALSE(screen.text());
}

TEST_F(QmpScreenTest, AGuestWithoutScreenHasNoText) {
    has_screen = false;
    EXPECT_FALSE(screen.text());
    EXPECT_THROW(screen.save_png(directory.path() / "x.png"), Error);
}

}  // namespace
}  // namespace kiln::qemu
