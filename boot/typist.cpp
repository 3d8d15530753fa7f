#include "boot/typist.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"

namespace kiln::boot {
namespace {

constexpr KeyCode shift_key = "shift";

Error not_shown(const ScreenPattern& pattern, Duration limit,
                const std::optional<ScreenText>& screen);

class RealClock : public TypingClock {
  public:
    std::chrono::steady_clock::time_point now() override {
        return std::chrono::steady_clock::now();
    }
    void sleep(Duration duration, const CancelToken& cancel) override {
        if (cancel.wait_for(duration)) cancel.throw_if_cancelled();
    }
};

}  // namespace

Typist::Typist(Keyboard& keyboard, Screen& screen, TypingOptions options, TypingClock& clock)
    : keyboard_(keyboard), screen_(screen), options_(options), clock_(clock) {}

void Typist::type(const std::vector<Item>& items, const CancelToken& cancel) {
    try {
        for (const Item& item : items) {
            cancel.throw_if_cancelled();
            std::visit([&](const auto& step) { run(step, cancel); }, item);
        }
    } catch (...) {
        try {
            release_held_keys();
        } catch (const Error&) {
            // What went wrong first is what is told; it is mostly the same loss of the guest.
        }
        throw;
    }
    release_held_keys();
}

void Typist::wait_for(const ScreenPattern& pattern, std::optional<Duration> limit,
                      const CancelToken& cancel) {
    const Duration allowed = limit.value_or(options_.wait_limit);
    const auto deadline = clock_.now() + allowed;
    while (true) {
        cancel.throw_if_cancelled();
        const auto text = screen_.text();
        if (text && pattern.matches(*text)) return;
        const auto rest = deadline - clock_.now();
        if (rest <= Duration::zero()) throw not_shown(pattern, allowed, text);
        clock_.sleep(std::min<Duration>(options_.poll_interval, rest), cancel);
    }
}

void Typist::run(const Wait& item, const CancelToken& cancel) {
    clock_.sleep(item.duration, cancel);
}

void Typist::run(const WaitFor& item, const CancelToken& cancel) {
    wait_for(item.pattern, item.limit, cancel);
}

void Typist::run(const Character& item, const CancelToken& cancel) {
    const auto stroke = find_character(item.character);
    if (!stroke) {
        throw Error(fmt::format("the character U+{:04X} cannot be typed on a US keyboard",
                                static_cast<std::uint32_t>(item.character)));
    }
    // A Shift that the command holds already does for the character too, and stays held.
    const bool shift_is_held = std::ranges::find(held_, shift_key) != held_.end();
    const bool toggles_shift = stroke->shift && (!shift_is_held || item.action == KeyAction::Up);
    if (item.action != KeyAction::Up) {
        if (toggles_shift) down(shift_key, cancel);
        down(stroke->key->code, cancel);
    }
    if (item.action != KeyAction::Down) {
        up(stroke->key->code, cancel);
        if (toggles_shift) up(shift_key, cancel);
    }
}

void Typist::run(const SpecialKey& item, const CancelToken& cancel) {
    if (item.action != KeyAction::Up) down(item.special->code, cancel);
    if (item.action != KeyAction::Down) up(item.special->code, cancel);
}

void Typist::down(KeyCode key, const CancelToken& cancel) {
    if (std::ranges::find(held_, key) == held_.end()) held_.push_back(key);
    keyboard_.key_down(key);
    clock_.sleep(options_.key_interval, cancel);
}

void Typist::up(KeyCode key, const CancelToken& cancel) {
    keyboard_.key_up(key);
    std::erase(held_, key);
    clock_.sleep(options_.key_interval, cancel);
}

void Typist::release_held_keys() {
    while (!held_.empty()) {
        const KeyCode key = held_.back();
        held_.pop_back();
        keyboard_.key_up(key);
    }
}

TypingClock& real_clock() {
    static RealClock clock;
    return clock;
}

Duration key_interval(std::optional<Duration> option) {
    if (option && *option > Duration::zero()) return *option;
    const char* variable = std::getenv("PACKER_KEY_INTERVAL");
    if (variable != nullptr) {
        if (const auto parsed = parse_duration(variable)) {
            return std::max(*parsed, Duration::zero());
        }
    }
    return default_key_interval;
}

namespace {

Error not_shown(const ScreenPattern& pattern, Duration limit,
                const std::optional<ScreenText>& screen) {
    std::string shown = "the guest shows graphics, in which no text can be read";
    if (screen) {
        const std::string text = screen->to_string();
        shown = text.empty() ? "its screen is blank" : "it shows:\n" + text;
    }
    return Error(fmt::format("the guest's screen did not show {} within {}", pattern.to_string(),
                             format_duration(limit)))
        .because(shown)
        .with_hint(
            "Compare the text with what the guest shows. If the guest only needs longer, give the "
            "wait a limit of its own, as in <wait \"text\" 10m>, or raise boot_wait_timeout.");
}

}  // namespace
}  // namespace kiln::boot
