#include "machine/qemu/qemu_exit.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln::qemu {
namespace {

constexpr std::size_t tail_bytes = 4096;
constexpr std::ptrdiff_t tail_lines = 12;

struct KnownMessage {
    std::string_view part;
    std::string_view hint;
};

constexpr std::string_view no_window =
    "Set headless = true, or choose another display: this host has none for QEMU's window.";

constexpr auto known_messages = std::to_array<KnownMessage>({
    {"gtk initialization failed", no_window},
    {"Display 'gtk' is not available", no_window},
    {"does not accept value 'gtk'", no_window},
    {"Could not initialize SDL", no_window},
    {"Could not access KVM", "Set accelerator = \"tcg\", or make /dev/kvm usable (kiln doctor)."},
    {"failed to initialize kvm",
     "Set accelerator = \"tcg\", or make /dev/kvm usable (kiln doctor)."},
    {"Could not set up host forwarding rule",
     "Another program has the port; choose other values for host_port_min and host_port_max."},
    {"Failed to get \"write\" lock",
     "Another QEMU has the disk open; end it, or choose another output_directory."},
    {"Failed to get shared \"write\" lock",
     "Another QEMU has the disk open; end it, or choose another output_directory."},
    {"cannot set up guest memory", "Lower `memory`: the host has not as much."},
    {"Cannot allocate memory", "Lower `memory`: the host has not as much."},
    {"unsupported machine type", "`qemu-system-x86_64 -machine help` lists the machine types."},
    {"unable to find CPU model", "`qemu-system-x86_64 -cpu help` lists the models."},
    {"is not a valid device model name",
     "The device's name is misspelt, or the QEMU package that has it is not installed."},
    {"could not load PC BIOS", "Check the path in `firmware`."},
    {"No space left on device", "Make space on the disk that has the output directory."},
});

}  // namespace

std::string output_tail(const std::filesystem::path& log) {
    const UniqueFd file(open(log.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return "";
    const off_t size = lseek(file.get(), 0, SEEK_END);
    const off_t start = std::max<off_t>(0, size - static_cast<off_t>(tail_bytes));
    std::string text(tail_bytes, '\0');
    const ssize_t count = pread(file.get(), text.data(), text.size(), start);
    if (count <= 0) return "";
    text.resize(static_cast<std::size_t>(count));
    if (start > 0) text.erase(0, text.find('\n') + 1);
    std::erase_if(text, [](char c) { return c != '\n' && static_cast<unsigned char>(c) < 0x20; });
    while (text.ends_with('\n')) text.pop_back();
    while (std::ranges::count(text, '\n') >= tail_lines) text.erase(0, text.find('\n') + 1);
    return text;
}

Error start_failure(const std::string& binary, const ExitStatus& status,
                    const std::string& output) {
    Error error(fmt::format("{} did not start the guest ({})", binary, status.to_string()));
    if (!output.empty()) std::move(error).because(output);
    if (const std::string hint = hint_for(output); !hint.empty()) std::move(error).with_hint(hint);
    return error;
}

std::string hint_for(const std::string& output) {
    for (const auto& [part, hint] : known_messages) {
        if (output.find(part) != std::string::npos) return std::string(hint);
    }
    return "";
}

MachineExit machine_exit(const ExitStatus& status, const std::string& shutdown_reason,
                         std::string output) {
    MachineExit end;
    if (!status.success()) {
        end.reason = "QEMU ended with " + status.to_string();
        if (status.signal != 0) end.reason = "QEMU was " + status.to_string();
        end.details = std::move(output);
        return end;
    }
    if (shutdown_reason == "guest-shutdown") {
        end.clean = true;
        end.reason = "powered off";
    } else if (shutdown_reason == "guest-reset") {
        end.clean = true;
        end.reason = "restarted, which -no-reboot turns into an end";
    } else if (shutdown_reason == "guest-panic") {
        end.reason = "the guest's kernel panicked";
    } else if (shutdown_reason == "host-qmp-quit") {
        end.reason = "its power was cut";
    } else if (shutdown_reason == "host-signal") {
        end.reason = "QEMU was told to end by a signal";
    } else if (shutdown_reason == "host-ui") {
        end.reason = "its window was closed";
    } else {
        // QEMU ends by itself, without an error, only for a guest that is done.
        end.clean = shutdown_reason.empty();
        end.reason = shutdown_reason.empty() ? "ended" : "ended: " + shutdown_reason;
    }
    if (!end.clean) end.details = std::move(output);
    return end;
}

}  // namespace kiln::qemu
