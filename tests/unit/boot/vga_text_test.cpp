#include "boot/vga_text.h"

#include <cstring>
#include <vector>

#include <gmock/gmock.h>

namespace kiln::boot {
namespace {

using testing::ElementsAre;
using testing::Optional;

class VgaTextTest : public testing::Test {
  protected:
    VgaTextTest() { std::fill(memory.begin(), memory.end(), std::byte{0}); }

    void write(std::size_t start, std::size_t row, std::size_t column, std::string_view text,
               unsigned attribute = 7) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::size_t at = start + 2 * (80 * row + column + i);
            memory[at] = static_cast<std::byte>(text[i]);
            memory[at + 1] = static_cast<std::byte>(attribute);
        }
    }

    // Paints what the window shows from `start`: a stroke in every cell that is not blank.
    std::vector<std::byte> picture(std::size_t start, std::size_t rows, std::size_t cell_width,
                                   std::size_t cell_height) const {
        const std::size_t width = 80 * cell_width;
        const std::string header = fmt::format("P6\n{} {}\n255\n", width, rows * cell_height);
        std::vector<std::byte> ppm(header.size() + 3 * width * rows * cell_height);
        std::memcpy(ppm.data(), header.data(), header.size());
        for (std::size_t i = 0; i < 80 * rows; ++i) {
            const auto character = std::to_integer<unsigned char>(memory[start + 2 * i]);
            if (character == 0 || character == ' ') continue;
            const std::size_t x = i % 80 * cell_width + 3;
            const std::size_t y = i / 80 * cell_height + 2;
            ppm[header.size() + 3 * (y * width + x)] = std::byte{0xaa};
        }
        return ppm;
    }

    std::vector<std::byte> memory = std::vector<std::byte>(vga_text_size);
};

TEST_F(VgaTextTest, DecodesRowsWithoutTrailingBlanks) {
    write(0, 0, 0, "SeaBIOS");
    write(0, 2, 3, "boot: ");
    const ScreenText screen = decode_vga_text(memory);
    ASSERT_EQ(screen.rows.size(), 25U);
    EXPECT_EQ(screen.rows[0], "SeaBIOS");
    EXPECT_EQ(screen.rows[1], "");
    EXPECT_EQ(screen.rows[2], "   boot:");
}

TEST_F(VgaTextTest, DecodesCodePage437) {
    write(0, 0, 0, "\xda\xc4\xbf \x81 \xe6 \x01 \x7f \xfe");
    EXPECT_EQ(decode_vga_text(memory).rows[0], "┌─┐ ü µ ☺ ⌂ ■");
    EXPECT_EQ(code_page_437('A'), "A");
    EXPECT_EQ(code_page_437(0), " ");
    EXPECT_EQ(code_page_437(255), " ");
}

TEST_F(VgaTextTest, DecodesFiftyRows) {
    write(0, 49, 0, "last");
    EXPECT_EQ(decode_vga_text(memory, {.rows = 50}).rows[49], "last");
}

TEST_F(VgaTextTest, TakesMissingBytesForBlanks) {
    const ScreenText screen = decode_vga_text(std::span(memory).first(10));
    EXPECT_EQ(screen.to_string(), "");
    EXPECT_EQ(screen.rows.size(), 25U);
}

TEST_F(VgaTextTest, FindsTheTextThatAPictureShows) {
    write(0, 0, 0, "SeaBIOS (version 1.16.2)");
    write(0, 3, 0, "Booting from Hard Disk...");
    const auto ppm = picture(0, 25, 9, 16);
    const auto view = parse_ppm(ppm);
    ASSERT_TRUE(view);
    EXPECT_THAT(find_vga_text(*view, memory), Optional(VgaTextLayout{}));
}

TEST_F(VgaTextTest, FindsFiftyRowsAndNarrowCells) {
    write(0, 0, 0, "top of the screen");
    write(0, 40, 0, "Welcome to the setup");
    const auto ppm = picture(0, 50, 8, 8);
    EXPECT_THAT(find_vga_text(*parse_ppm(ppm), memory),
                Optional(VgaTextLayout{.rows = 50, .columns = 80, .start = 0}));
}

TEST_F(VgaTextTest, FollowsAScrolledWindow) {
    for (std::size_t row = 0; row < 90; ++row) {
        write(0, row, (row * row / 3 + row * row * row) % 41,
              fmt::format("line {} of the kernel's messages", row));
    }
    const std::size_t start = 60 * 160;
    const auto ppm = picture(start, 25, 9, 16);
    const auto layout = find_vga_text(*parse_ppm(ppm), memory);
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->start, start);
    EXPECT_THAT(decode_vga_text(memory, *layout).to_string(), testing::HasSubstr("line 84 of"));
}

TEST_F(VgaTextTest, DoesNotMindTheCursor) {
    write(0, 0, 0, "boot:");
    auto ppm = picture(0, 25, 9, 16);
    const std::size_t header = ppm.size() - 3 * 720 * 400;
    for (std::size_t x = 6 * 9; x < 7 * 9; ++x) {
        ppm[header + 3 * (14 * 720 + x)] = std::byte{0xaa};
    }
    EXPECT_TRUE(find_vga_text(*parse_ppm(ppm), memory));
}

TEST_F(VgaTextTest, SeesThatGraphicsAreNoText) {
    write(0, 0, 0, "left over from the BIOS");
    std::vector<std::byte> ppm = picture(0, 25, 9, 16);
    for (std::size_t i = ppm.size() / 3; i < ppm.size(); i += 7) ppm[i] = std::byte{0x55};
    EXPECT_FALSE(find_vga_text(*parse_ppm(ppm), memory));
}

TEST_F(VgaTextTest, SeesThatOtherSizesAreNoText) {
    const std::string header = "P6\n1024 768\n255\n";
    std::vector<std::byte> ppm(header.size() + 3 * 1024 * 768);
    std::memcpy(ppm.data(), header.data(), header.size());
    EXPECT_FALSE(find_vga_text(*parse_ppm(ppm), memory));
}

TEST_F(VgaTextTest, RefusesPicturesThatAreNotWhole) {
    const auto ppm = picture(0, 25, 9, 16);
    EXPECT_FALSE(parse_ppm(std::span(ppm).first(ppm.size() - 1)));
    for (std::size_t size = 0; size < 16; ++size) {
        EXPECT_FALSE(parse_ppm(std::span(ppm).first(size))) << size;
    }
    const auto refused = [](std::string_view text) {
        return !parse_ppm(std::as_bytes(std::span(text.data(), text.size())));
    };
    EXPECT_TRUE(refused("P6\n999999 999999\n255\n"));
    EXPECT_TRUE(refused("P6\n0 0\n255\n"));
    EXPECT_TRUE(refused("P5\n1 1\n255\nabc"));
    EXPECT_TRUE(refused("P6\n1 1\n65535\nabcdef"));
    EXPECT_TRUE(refused("P6\n99999999999999999999 1\n255\nabc"));
    EXPECT_FALSE(refused("P6\n1 1\n255\nabc"));
}

}  // namespace
}  // namespace kiln::boot
