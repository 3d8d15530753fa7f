#include "cli/terminal_prompter.h"

#include <array>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace kiln {

std::string TerminalPrompter::ask(const Reporter& report, const std::string& question,
                                  const CancelToken& cancel) {
    if (machine_readable_) throw Error("machine-readable UI can't ask");
    const std::lock_guard lock(one_at_a_time_);
    cancel.throw_if_cancelled();
    report.say(question);
    const UniqueFd terminal(open("/dev/tty", O_RDONLY | O_CLOEXEC));
    if (!terminal) throw Error("no available tty").with_hint("Run kiln on a terminal.");
    std::string answer;
    while (true) {
        std::array<pollfd, 2> waiting = {{{terminal.get(), POLLIN, 0}, {cancel.fd(), POLLIN, 0}}};
        poll(waiting.data(), waiting.size(), -1);
        cancel.throw_if_cancelled();
        if (waiting[0].revents == 0) continue;
        char c = 0;
        if (read(terminal.get(), &c, 1) != 1 || c == '\n') return answer;
        answer += c;
    }
}

}  // namespace kiln
