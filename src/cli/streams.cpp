#include "cli/streams.h"

#include <array>
#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"

namespace kiln {
namespace {

constexpr std::size_t input_limit = std::size_t{64} << 20;

void write_fully(int fd, std::string_view text);
std::size_t terminal_width();

}  // namespace

Streams Streams::standard() {
    Streams streams;
    streams.out = [](std::string_view text) { write_fully(STDOUT_FILENO, text); };
    streams.err = [](std::string_view text) { write_fully(STDERR_FILENO, text); };
    streams.in = STDIN_FILENO;
    streams.in_is_terminal = isatty(STDIN_FILENO) == 1;
    streams.out_is_terminal = isatty(STDOUT_FILENO) == 1;
    streams.width = streams.out_is_terminal ? terminal_width() : 80;
    return streams;
}

std::string Streams::read_all() const {
    std::string text;
    std::array<char, 65536> buffer;
    while (true) {
        const ssize_t count = read(in, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error("cannot read standard input", errno);
        if (count == 0) return text;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > input_limit) {
            throw Error("standard input is larger than 64 MiB")
                .with_hint("Put the text into a file and name the file.");
        }
    }
}

namespace {

void write_fully(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

std::size_t terminal_width() {
    constexpr std::size_t usual = 80;
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
    return size.ws_col;
}

}  // namespace
}  // namespace kiln
