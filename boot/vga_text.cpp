#include "boot/vga_text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace kiln::boot {
namespace {

constexpr auto code_page = std::to_array<std::string_view>({
    " ", "☺", "☻", "♥", "♦", "♣", "♠", "•", "◘", "○", "◙", "♂", "♀", "♪", "♫", "☼",  "►",  "◄", "↕",
    "‼", "¶", "§", "▬", "↨", "↑", "↓", "→", "←", "∟", "↔", "▲", "▼", " ", "!", "\"", "#",  "$", "%",
    "&", "'", "(", ")", "*", "+", ",", "-", ".", "/", "0", "1", "2", "3", "4", "5",  "6",  "7", "8",
    "9", ":", ";", "<", "=", ">", "?", "@", "A", "B", "C", "D", "E", "F", "G", "H",  "I",  "J", "K",
    "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "[",  "\\", "]", "^",
    "_", "`", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n",  "o",  "p", "q",
    "r", "s", "t", "u", "v", "w", "x", "y", "z", "{", "|", "}", "~", "⌂", "Ç", "ü",  "é",  "â", "ä",
    "à", "å", "ç", "ê", "ë", "è", "ï", "î", "ì", "Ä", "Å", "É", "æ", "Æ", "ô", "ö",  "ò",  "û", "ù",
    "ÿ", "Ö", "Ü", "¢", "£", "¥", "₧", "ƒ", "á", "í", "ó", "ú", "ñ", "Ñ", "ª", "º",  "¿",  "⌐", "¬",
    "½", "¼", "¡", "«", "»", "░", "▒", "▓", "│", "┤", "╡", "╢", "╖", "╕", "╣", "║",  "╗",  "╝", "╜",
    "╛", "┐", "└", "┴", "┬", "├", "─", "┼", "╞", "╟", "╚", "╔", "╩", "╦", "╠", "═",  "╬",  "╧", "╨",
    "╤", "╥", "╙", "╘", "╒", "╓", "╫", "╪", "┘", "┌", "█", "▄", "▌", "▐", "▀", "α",  "ß",  "Γ", "π",
    "Σ", "σ", "µ", "τ", "Φ", "Θ", "Ω", "δ", "∞", "φ", "ε", "∩", "≡", "±", "≥", "≤",  "⌠",  "⌡", "÷",
    "≈", "°", "∙", "·", "√", "ⁿ", "²", "■", " ",
});
static_assert(code_page.size() == 256);

struct CellSize {
    std::size_t width;
    std::size_t height;
};

// The character boxes of VGA's text modes: 9 or 8 dots wide; 16, 14 or 8 lines high.
constexpr auto cell_sizes =
    std::to_array<CellSize>({{9, 16}, {8, 16}, {9, 14}, {8, 14}, {9, 8}, {8, 8}});

// Whether a cell is blank, for each in turn. Bytes: they are compared some hundred thousand times.
using Blanks = std::vector<std::uint8_t>;

Blanks blank_cells(const PpmView& picture, CellSize cell, const VgaTextLayout& layout);
Blanks blank_characters(std::span<const std::byte> memory);
std::size_t mismatches(std::span<const std::uint8_t> cells,
                       std::span<const std::uint8_t> characters, std::size_t enough);

}  // namespace

ScreenText decode_vga_text(std::span<const std::byte> memory, const VgaTextLayout& layout) {
    ScreenText screen;
    for (std::size_t row = 0; row < layout.rows; ++row) {
        std::string text;
        for (std::size_t column = 0; column < layout.columns; ++column) {
            const std::size_t at = layout.start + 2 * (row * layout.columns + column);
            text += at < memory.size() ? code_page_437(std::to_integer<std::uint8_t>(memory[at]))
                                       : std::string_view(" ");
        }
        text.erase(text.find_last_not_of(' ') + 1);
        screen.rows.push_back(std::move(text));
    }
    return screen;
}

std::string_view code_page_437(std::uint8_t character) {
    return code_page[character];
}

std::optional<PpmView> parse_ppm(std::span<const std::byte> bytes) {
    std::size_t at = 2;
    const auto character = [&](std::size_t i) {
        return i < bytes.size() ? std::to_integer<char>(bytes[i]) : '\0';
    };
    if (character(0) != 'P' || character(1) != '6') return std::nullopt;
    std::array<std::size_t, 3> numbers{};
    for (std::size_t& number : numbers) {
        while (character(at) == ' ' || character(at) == '\n') ++at;
        const std::size_t begin = at;
        while (character(at) >= '0' && character(at) <= '9' && at - begin < 6) {
            number = number * 10 + static_cast<std::size_t>(character(at++) - '0');
        }
        if (at == begin) return std::nullopt;
    }
    const auto [width, height, depth] = numbers;
    if (depth != 255 || width == 0 || height == 0 || ++at > bytes.size()) return std::nullopt;
    if ((bytes.size() - at) / 3 / width < height) return std::nullopt;
    return PpmView{width, height, bytes.subspan(at, 3 * width * height)};
}

std::optional<VgaTextLayout> find_vga_text(const PpmView& picture,
                                           std::span<const std::byte> memory) {
    const Blanks characters = blank_characters(memory);
    std::optional<VgaTextLayout> best;
    std::size_t fewest = SIZE_MAX;
    for (const CellSize cell : cell_sizes) {
        if (picture.width != 80 * cell.width || picture.height % cell.height != 0) continue;
        VgaTextLayout layout{.rows = picture.height / cell.height};
        const std::size_t size = layout.rows * layout.columns;
        if (layout.rows < 20 || layout.rows > 60 || size > characters.size()) continue;
        const Blanks cells = blank_cells(picture, cell, layout);
        const auto written = static_cast<std::size_t>(std::ranges::count(cells, 0));
        // The cursor is no text, and the guest may write between the two looks at it.
        const std::size_t allowed = 2 + written / 20;
        for (std::size_t first = 0; first + size <= characters.size(); first += layout.columns) {
            const std::size_t enough = std::min(allowed + 1, fewest);
            const std::size_t count =
                mismatches(cells, std::span(characters).subspan(first, size), enough);
            if (count >= enough) continue;
            fewest = count;
            layout.start = 2 * first;
            best = layout;
        }
    }
    return best;
}

namespace {

// Which cells of the picture have one colour all over.
Blanks blank_cells(const PpmView& picture, CellSize cell, const VgaTextLayout& layout) {
    Blanks blank(layout.rows * layout.columns);
    std::array<std::byte, 3 * 9> plain;
    for (std::size_t i = 0; i < blank.size(); ++i) {
        const std::size_t left = i % layout.columns * cell.width;
        const std::size_t top = i / layout.columns * cell.height;
        const std::byte* pixels = picture.pixels.data() + 3 * (top * picture.width + left);
        for (std::size_t x = 0; x < cell.width; ++x) std::memcpy(&plain[3 * x], pixels, 3);
        bool same = true;
        for (std::size_t y = 0; same && y < cell.height; ++y) {
            same = std::memcmp(pixels + 3 * y * picture.width, plain.data(), 3 * cell.width) == 0;
        }
        blank[i] = same ? 1 : 0;
    }
    return blank;
}

// Which characters of the window show one colour all over: blanks, full blocks, and those whose
// colour is that of their ground.
Blanks blank_characters(std::span<const std::byte> memory) {
    Blanks blank(memory.size() / 2);
    for (std::size_t i = 0; i < blank.size(); ++i) {
        const auto character = std::to_integer<unsigned>(memory[2 * i]);
        const auto attribute = std::to_integer<unsigned>(memory[2 * i + 1]);
        const bool is_blank = character == 0 || character == 0x20 || character == 0xff ||
                              character == 0xdb || (attribute & 15) == attribute >> 4;
        blank[i] = is_blank ? 1 : 0;
    }
    return blank;
}

// Counts the differences, up to `enough`. Both have the same size.
std::size_t mismatches(std::span<const std::uint8_t> cells,
                       std::span<const std::uint8_t> characters, std::size_t enough) {
    const std::uint8_t* a = cells.data();
    const std::uint8_t* b = characters.data();
    std::size_t count = 0;
    for (std::size_t i = 0; i < cells.size() && count < enough; ++i) count += a[i] ^ b[i];
    return count;
}

}  // namespace
}  // namespace kiln::boot
