#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "boot/screen.h"

namespace kiln::boot {

/// Where a PC's VGA keeps its text: 80 columns of a character byte (code page 437) and an attribute
/// byte, in a window of 32 KiB.
constexpr std::uint64_t vga_text_address = 0xb8000;
constexpr std::size_t vga_text_size = 0x8000;

/// A piece of the text window: `start` is the byte where the first visible row begins.
struct VgaTextLayout {
    std::size_t rows = 25;
    std::size_t columns = 80;
    std::size_t start = 0;
    friend bool operator==(const VgaTextLayout&, const VgaTextLayout&) = default;
};

/// The text of a VGA text screen as UTF-8. Bytes that `memory` does not have are blanks.
ScreenText decode_vga_text(std::span<const std::byte> memory, const VgaTextLayout& layout = {});

/// One code page 437 character as VGA shows it, as UTF-8; 0 and 255 are blanks.
std::string_view code_page_437(std::uint8_t character);

/// A picture of the screen, as a binary PPM (P6, 8 bits a colour) has it. Borrows the bytes.
struct PpmView {
    std::size_t width = 0;
    std::size_t height = 0;
    std::span<const std::byte> pixels;  ///< 3 bytes each, row by row
};

/// Reads a PPM's header and checks that all pixels are there; nothing for other bytes.
std::optional<PpmView> parse_ppm(std::span<const std::byte> bytes);

/// Tells text mode from graphics: where in the text window the picture's text stands, or nothing
/// when the picture does not show text memory. VGA cannot be asked for its mode without disturbing
/// the guest, and Linux moves the first row through the window as it scrolls; so the picture's
/// blank cells are compared with the window's blank characters.
std::optional<VgaTextLayout> find_vga_text(const PpmView& picture,
                                           std::span<const std::byte> memory);

}  // namespace kiln::boot
