// `kiln image` alone, for the tests and benchmarks of this room.
#include <csignal>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>

#include "cli/image/image_command.h"

namespace {

// SIGINT is taken by a thread that waits for it, as a handler may do next to nothing.
void cancel_on_interrupt(kiln::CancelSource source) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::thread([set, source]() mutable {
        int number = 0;
        sigwait(&set, &number);
        source.cancel("interrupted");
    }).detach();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Looks at, converts, checks and compares disk images.", "image_tool");
    const auto command = kiln::add_image_commands(app);
    CLI11_PARSE(app, argc, argv);
    kiln::CancelSource source;
    cancel_on_interrupt(source);
    kiln::NullSink events;
    try {
        return command->run({std::cout, events, source.token()});
    } catch (const std::exception& error) {
        std::cerr << "Error: " << kiln::describe(error) << '\n';
        return 1;
    }
}
