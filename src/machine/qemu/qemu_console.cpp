#include "machine/qemu/qemu_console.h"

#include <span>

#include "base/file.h"
#include "boot/vga_text.h"
#include "machine/qemu/qmp_client.h"

namespace kiln::qemu {
namespace {

// A picture of 7680 x 4320.
constexpr std::size_t picture_limit = std::size_t{100} << 20;

std::span<const std::byte> bytes_of(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

void QmpKeyboard::key_down(boot::KeyCode key) {
    send(key, true);
}

void QmpKeyboard::key_up(boot::KeyCode key) {
    send(key, false);
}

void QmpKeyboard::send(boot::KeyCode key, bool down) {
    flow_.wait_for_room();
    execute_("input-send-event", key_event(key, down), CancelToken());
}

std::optional<boot::ScreenText> QmpScreen::text() {
    const auto picture_file = directory_ / "screen.ppm";
    const auto memory_file = directory_ / "vga.bin";
    // The guest may write between the look at the picture and that at its memory: a second one
    // tells whether the two belong together.
    for (int attempt = 0; attempt < 2; ++attempt) {
        try {
            execute_("screendump", {{"filename", picture_file.string()}}, CancelToken());
        } catch (const QmpError&) {
            return std::nullopt;  // the guest has no screen
        }
        const std::string picture = read_file(picture_file, picture_limit);
        const auto view = boot::parse_ppm(bytes_of(picture));
        if (!view || (view->width != 720 && view->width != 640)) return std::nullopt;
        execute_("pmemsave",
                 {{"val", boot::vga_text_address},
                  {"size", boot::vga_text_size},
                  {"filename", memory_file.string()}},
                 CancelToken());
        const std::string memory = read_file(memory_file, boot::vga_text_size);
        if (const auto layout = boot::find_vga_text(*view, bytes_of(memory))) {
            return boot::decode_vga_text(bytes_of(memory), *layout);
        }
    }
    return std::nullopt;
}

void QmpScreen::save_png(const std::filesystem::path& path) {
    const std::filesystem::path absolute = std::filesystem::absolute(path);
    try {
        execute_("screendump", {{"filename", absolute.string()}, {"format", "png"}}, CancelToken());
    } catch (const QmpError& error) {
        throw Error(fmt::format("cannot save the guest's screen to {}", absolute.string()))
            .because(error.causes().empty() ? error.message() : error.causes().front())
            .with_hint("PNG pictures need QEMU 7.1 or newer, and a guest with a screen.");
    }
}

nlohmann::json key_event(boot::KeyCode key, bool down) {
    const nlohmann::json code = {{"type", "qcode"}, {"data", key}};
    const nlohmann::json data = {{"down", down}, {"key", code}};
    const nlohmann::json event = {{"type", "key"}, {"data", data}};
    return {{"events", nlohmann::json::array({event})}};
}

}  // namespace kiln::qemu
