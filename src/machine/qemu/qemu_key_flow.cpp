#include "machine/qemu/qemu_key_flow.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <thread>

namespace kiln::qemu {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds longest_wait(1);
constexpr std::chrono::milliseconds poll_interval(1);
// The longest event has two bytes.
constexpr int controller_events = 16 / 2 - 1;
// One place of the queue stays empty, and one key may be on its way into it.
constexpr int bios_keys = 14;

std::optional<std::uint32_t> hex_value(std::string_view text, std::string_view before);

}  // namespace

void KeyFlow::wait_for_room() {
    const auto deadline = Clock::now() + longest_wait;
    while (room_ == 0 && !refill()) {
        if (!listens_) return;
        if (Clock::now() > deadline) {
            listens_ = false;
            return;
        }
        std::this_thread::sleep_for(poll_interval);
    }
    listens_ = true;
    --room_;
}

bool KeyFlow::refill() {
    if (!controller_is_empty()) return false;
    room_ = std::min(controller_events, room_in_bios());
    return room_ > 0;
}

// Port 0x64 is the controller's status, and reading it changes nothing. Bit 0: a byte waits for the
// guest. Where there is no controller, all bits are set.
bool KeyFlow::controller_is_empty() {
    const auto status = hex_value(monitor("i /b 0x64"), "= ");
    return !status || *status == 0xff || (*status & 1) == 0;
}

// The BIOS data area at 0x400: head and tail of the queue at 0x41a, its bounds at 0x480. Other
// firmware has something else there; an operating system leaves them as they were.
int KeyFlow::room_in_bios() {
    constexpr std::uint32_t usual_bounds = 0x003e001e;
    const auto queue = hex_value(monitor("xp /1wx 0x41a"), ": ");
    if (!queue) return bios_keys;
    const std::uint32_t head = *queue & 0xffff;
    const std::uint32_t tail = *queue >> 16;
    const auto inside = [](std::uint32_t at) { return at >= 0x1e && at < 0x3e; };
    if (!inside(head) || !inside(tail) || head == tail) return bios_keys;
    if (hex_value(monitor("xp /1wx 0x480"), ": ") != usual_bounds) return bios_keys;
    return bios_keys - static_cast<int>(((tail - head) & 31) / 2);
}

std::string KeyFlow::monitor(const std::string& command) {
    const nlohmann::json answer =
        execute_("human-monitor-command", {{"command-line", command}}, CancelToken());
    return answer.is_string() ? answer.get<std::string>() : "";
}

namespace {

// The number in `...<before>0x1234...`.
std::optional<std::uint32_t> hex_value(std::string_view text, std::string_view before) {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) return std::nullopt;
    std::string_view digits = text.substr(at + before.size());
    if (!digits.starts_with("0x")) return std::nullopt;
    digits.remove_prefix(2);
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end == digits.data()) return std::nullopt;
    return value;
}

}  // namespace
}  // namespace kiln::qemu
