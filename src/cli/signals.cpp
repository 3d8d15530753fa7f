#include "cli/signals.h"

#include <array>

#include <signal.h>
#include <unistd.h>

namespace kiln {
namespace {

constexpr std::array<int, 3> watched = {SIGINT, SIGTERM, SIGHUP};
constexpr int wake_up = SIGUSR1;
constexpr int interrupted_exit = 1;

sigset_t signal_set() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : watched) sigaddset(&set, number);
    sigaddset(&set, wake_up);
    return set;
}

}  // namespace

SignalWatcher::SignalWatcher(CancelSource source) : source_(std::move(source)) {
    signal(SIGPIPE, SIG_IGN);
    const sigset_t set = signal_set();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::thread([this] { watch(); });
}

SignalWatcher::~SignalWatcher() {
    stop_ = true;
    pthread_kill(thread_.native_handle(), wake_up);
    thread_.join();
}

void SignalWatcher::report_to(EventSink* sink) {
    const std::lock_guard lock(mutex_);
    sink_ = sink;
}

void SignalWatcher::watch() {
    const sigset_t set = signal_set();
    int received = 0;
    while (true) {
        int number = 0;
        if (sigwait(&set, &number) != 0 || stop_) return;
        if (number == wake_up) continue;
        if (++received > 1) _exit(interrupted_exit);
        const std::string word = number == SIGINT ? "interrupt" : "terminated";
        say("Cancelling build after receiving " + word + " (once more stops at once)");
        source_.cancel(word);
    }
}

void SignalWatcher::say(const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (sink_ != nullptr) sink_->emit(MessageEvent{"", MessageEvent::Kind::Error, text});
}

}  // namespace kiln
