#include "boot/boot_command.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace kiln::boot {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Item> literally(std::string_view text) {
    std::vector<Item> items;
    for (const char c : text) items.push_back(Character{static_cast<char32_t>(c)});
    return items;
}

Item wait(Duration duration) {
    return Wait{duration};
}

Item special(std::string_view name, KeyAction action = KeyAction::Press) {
    return SpecialKey{find_special(name), action};
}

std::string error_of(std::string_view text) {
    try {
        parse_boot_command(text);
    } catch (const Error& error) {
        return error.to_string();
    }
    return "";
}

TEST(BootCommand, EmptyTextHasNoItems) {
    EXPECT_THAT(parse_boot_command(""), IsEmpty());
}

TEST(BootCommand, ReadsWaits) {
    EXPECT_THAT(parse_boot_command("<wait>"), ElementsAre(wait(1s)));
    EXPECT_THAT(parse_boot_command("<wait5>"), ElementsAre(wait(5s)));
    EXPECT_THAT(parse_boot_command("<wait10>"), ElementsAre(wait(10s)));
    EXPECT_THAT(parse_boot_command("<wait1.5s>"), ElementsAre(wait(1500ms)));
    EXPECT_THAT(parse_boot_command("<wait0.5s>"), ElementsAre(wait(500ms)));
    EXPECT_THAT(parse_boot_command("<wait500ms>"), ElementsAre(wait(500ms)));
    EXPECT_THAT(parse_boot_command("<wait1m20s>"), ElementsAre(wait(80s)));
    EXPECT_THAT(parse_boot_command("<wait1s500ms>"), ElementsAre(wait(1500ms)));
    EXPECT_THAT(parse_boot_command("<wait1\u00b5s>"), ElementsAre(wait(1us)));
    EXPECT_THAT(parse_boot_command("<wait2h>"), ElementsAre(wait(2h)));
    EXPECT_THAT(parse_boot_command("<wait7ns>"), ElementsAre(wait(7ns)));
}

TEST(BootCommand, ALoneZeroWaitsOneSecond) {
    EXPECT_THAT(parse_boot_command("<wait0>"), ElementsAre(wait(1s)));
}

TEST(BootCommand, RefusesWaitsThatAreNotPositive) {
    for (const auto* text : {"<wait0s>", "<wait-1s>", "<wait-1m20s>", "<wait0s0ms>"}) {
        EXPECT_THAT(error_of(text), HasSubstr("a wait must be longer than nothing")) << text;
    }
}

TEST(BootCommand, RefusesWaitsThatDoNotFit) {
    for (const auto* text :
         {"<wait1m-20s>", "<wait12345678901234567890>", "<wait99999999h>", "<wait9223372037>"}) {
        EXPECT_THAT(error_of(text), HasSubstr("is not a length of time")) << text;
    }
}

TEST(BootCommand, TypesWhatIsNoTokenAsItStands) {
    for (const auto* text : {"<wait05>",
                             "<wait1.5>",
                             "<wait.5s>",
                             "<wait5s5>",
                             "<wait 5>",
                             "<Wait>",
                             "<waitOn>",
                             "<f13>",
                             "<win>",
                             "<capslock>",
                             "<lt>",
                             "<print>",
                             "<onOn>",
                             "<onOff>",
                             "<",
                             "a<b",
                             "<enter",
                             "< enter>",
                             "<enter >",
                             "<>",
                             "<On>",
                             "{{ .HTTPIP }}",
                             "<wait-5>",
                             "<wait \"x>",
                             "<wait /x>",
                             "<wait \"x\"2m>",
                             "<wait \"x\" m>",
                             "<wait 'x'>"}) {
        EXPECT_EQ(parse_boot_command(text), literally(text)) << text;
    }
}

TEST(BootCommand, ReadsSpecialKeysInAnyCase) {
    for (const auto* text : {"<ENTER>", "<Enter>", "<enter>"}) {
        EXPECT_THAT(parse_boot_command(text), ElementsAre(special("enter"))) << text;
    }
    EXPECT_THAT(parse_boot_command("<EnterOn>"), ElementsAre(special("enter", KeyAction::Down)));
    EXPECT_THAT(parse_boot_command("<f1on>"), ElementsAre(special("f1", KeyAction::Down)));
    EXPECT_THAT(parse_boot_command("<upON>"), ElementsAre(special("up", KeyAction::Down)));
    EXPECT_THAT(parse_boot_command("<delOff>"), ElementsAre(special("del", KeyAction::Up)));
    EXPECT_THAT(parse_boot_command("<leftOn>"), ElementsAre(special("left", KeyAction::Down)));
}

TEST(BootCommand, ReadsEverySpecialKeyOfTheTable) {
    for (const Special& key : specials) {
        const std::string name(key.name);
        EXPECT_THAT(parse_boot_command("<" + name + ">"), ElementsAre(special(key.name)));
        EXPECT_THAT(parse_boot_command("<" + name + "On>"),
                    ElementsAre(special(key.name, KeyAction::Down)));
        EXPECT_THAT(parse_boot_command("<" + name + "Off>"),
                    ElementsAre(special(key.name, KeyAction::Up)));
    }
}

TEST(BootCommand, ReadsCharactersThatAreHeldAndLetGo) {
    EXPECT_THAT(parse_boot_command("<aOn>"), ElementsAre(Character{U'a', KeyAction::Down}));
    EXPECT_THAT(parse_boot_command("<AOFF>"), ElementsAre(Character{U'A', KeyAction::Up}));
    EXPECT_THAT(parse_boot_command("<1On>"), ElementsAre(Character{U'1', KeyAction::Down}));
    EXPECT_THAT(parse_boot_command("< On>"), ElementsAre(Character{U' ', KeyAction::Down}));
    EXPECT_THAT(parse_boot_command("<<On>"), ElementsAre(Character{U'<', KeyAction::Down}));
    EXPECT_THAT(parse_boot_command("<>On>"), ElementsAre(Character{U'>', KeyAction::Down}));
}

TEST(BootCommand, AHeldCharacterThatNoKeyHasIsAnErrorNotText) {
    EXPECT_THAT(error_of("<\u00e9On>"), HasSubstr("\u00e9 cannot be typed on a US keyboard"));
}

TEST(BootCommand, ReadsAWholeCommandInOrder) {
    EXPECT_THAT(parse_boot_command("<esc><wait>a B<leftCtrlOn>x<leftCtrlOff><enter>"),
                ElementsAre(special("esc"), wait(1s), Character{U'a'}, Character{U' '},
                            Character{U'B'}, special("leftCtrl", KeyAction::Down), Character{U'x'},
                            special("leftCtrl", KeyAction::Up), special("enter")));
}

TEST(BootCommand, ATokenMayFollowALiteralLessThan) {
    EXPECT_THAT(parse_boot_command("<<enter>"), ElementsAre(Character{U'<'}, special("enter")));
}

TEST(BootCommand, ReadsWaitsForText) {
    EXPECT_THAT(parse_boot_command("<wait \"boot:\">"),
                ElementsAre(WaitFor{ScreenPattern::text("boot:"), {}}));
    EXPECT_THAT(parse_boot_command("<wait \"boot:\" 2m>"),
                ElementsAre(WaitFor{ScreenPattern::text("boot:"), 2min}));
    EXPECT_THAT(parse_boot_command("<wait \"boot:\" 30>"),
                ElementsAre(WaitFor{ScreenPattern::text("boot:"), 30s}));
    EXPECT_THAT(parse_boot_command(R"(<wait "a \"b\" c\\d \e > / \/">)"),
                ElementsAre(WaitFor{ScreenPattern::text(R"(a "b" c\d \e > / \/)"), {}}));
}

TEST(BootCommand, ReadsWaitsForExpressions) {
    EXPECT_THAT(parse_boot_command(R"(<wait /^login: \d+/>)"),
                ElementsAre(WaitFor{ScreenPattern::regex(R"(^login: \d+)"), {}}));
    EXPECT_THAT(parse_boot_command(R"(<wait /a\/b\\/ 1m30s>x)"),
                ElementsAre(WaitFor{ScreenPattern::regex(R"(a/b\\)"), 90s}, Character{U'x'}));
}

TEST(BootCommand, RefusesABadExpressionWithItsPlace) {
    const std::string error = error_of("ab<wait /(/>");
    EXPECT_THAT(error, HasSubstr("boot_command, character 3: /(/ is not a regular expression"));
    EXPECT_THAT(error, HasSubstr("missing )"));
}

TEST(BootCommand, RefusesAnEmptyTextToWaitFor) {
    EXPECT_THAT(error_of("<wait \"\">"), HasSubstr("there is no text to wait for"));
    EXPECT_THAT(error_of("<wait //>"), HasSubstr("there is no expression to wait for"));
}

TEST(BootCommand, RefusesALimitThatIsNotPositive) {
    EXPECT_THAT(error_of("<wait \"x\" 0s>"), HasSubstr("a wait must be longer than nothing"));
}

TEST(BootCommand, SaysWhichCharacterCannotBeTypedAndWhere) {
    EXPECT_THAT(error_of("ab\ncaf\u00e9"),
                HasSubstr("line 2, character 4: \u00e9 cannot be typed on a US keyboard"));
    EXPECT_THAT(error_of("\x01"), HasSubstr("the character U+0001 cannot be typed"));
    EXPECT_THAT(error_of(std::string_view("a\0", 2)), HasSubstr("U+0000"));
}

TEST(BootCommand, CountsCharactersNotBytesForThePlace) {
    EXPECT_THAT(error_of("<wait \"\u00e9\u00e9\">\u20ac"), HasSubstr("character 12: \u20ac"));
}

TEST(BootCommand, RefusesTextThatIsNotUtf8) {
    EXPECT_THAT(error_of("a\xff"), HasSubstr("character 2: the text is not UTF-8"));
    EXPECT_THAT(error_of("<\xffOn>"), HasSubstr("the text is not UTF-8"));
    EXPECT_THAT(error_of("<wait \"\xff\">"), HasSubstr("the text is not UTF-8"));
}

TEST(BootCommand, ALineEndIsOnePressOfEnter) {
    EXPECT_THAT(parse_boot_command("a\nb\r\nc"),
                ElementsAre(Character{U'a'}, Character{U'\n'}, Character{U'b'}, Character{U'\n'},
                            Character{U'c'}));
}

}  // namespace
}  // namespace kiln::boot
