#include "machine/qemu/accelerator.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "machine/qemu/kvm_guest.h"

namespace kiln::qemu {
namespace {

using Clock = std::chrono::steady_clock;

// The guest's own timer ends it after 30 ms; this is for the case that even that does not help.
constexpr std::chrono::milliseconds probe_limit(100);
// A guest with hardware's help runs the loop as fast as the host does. Between that and KVM without
// it lie two or three powers of ten, so that the exact place of the border does not matter.
constexpr double slowest_useful = 0.1;

std::optional<KvmReport> report_of_guest(const std::filesystem::path& device);
void judge_speed(const KvmReport& report, KvmProbe& probe);
void explain_failure(const std::filesystem::path& device, const KvmReport& report, KvmProbe& probe);

}  // namespace

KvmProbe probe_kvm(const std::filesystem::path& device) {
    const auto begin = Clock::now();
    KvmProbe probe;
    const auto report = report_of_guest(device);
    if (!report) {
        probe.reason = fmt::format("a test guest under KVM did not come back within {} ms",
                                   probe_limit.count());
    } else if (report->error != 0) {
        explain_failure(device, *report, probe);
    } else if (!kvm_guest_is_known()) {
        probe.usable = true;
    } else {
        judge_speed(*report, probe);
    }
    probe.took = Clock::now() - begin;
    return probe;
}

AcceleratorChoice choose_accelerator(const std::string& qemu_binary,
                                     const std::filesystem::path& device) {
    const std::string name = std::filesystem::path(qemu_binary).filename().string();
#if defined(__x86_64__)
    const bool own = name.ends_with("x86_64") || name.ends_with("i386");
#elif defined(__aarch64__)
    const bool own = name.ends_with("aarch64");
#else
    const bool own = false;
#endif
    constexpr std::string_view prefix = "qemu-system-";
    if (!own && name.starts_with(prefix)) {
        return {"tcg", fmt::format("KVM runs guests of the host's own kind of processor, not {}",
                                   name.substr(prefix.size()))};
    }
    const KvmProbe probe = probe_kvm(device);
    if (probe.usable) return {"kvm", ""};
    return {"tcg", probe.hint.empty() ? probe.reason : probe.reason + ". " + probe.hint};
}

namespace {

// Runs the guest in a process of its own: whatever KVM does to it, it can be killed.
std::optional<KvmReport> report_of_guest(const std::filesystem::path& device) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return KvmReport{KvmStage::Open, errno};
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const std::string path = device.string();
    const pid_t child = fork();
    if (child < 0) return KvmReport{KvmStage::Open, errno};
    if (child == 0) run_kvm_guest(path.c_str(), writing.get());
    writing.reset();

    const auto deadline = Clock::now() + probe_limit;
    KvmReport report;
    bool complete = false;
    while (!complete) {
        const auto rest = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (rest.count() <= 0) break;
        pollfd waiting{reading.get(), POLLIN, 0};
        if (poll(&waiting, 1, static_cast<int>(rest.count())) <= 0) continue;
        // A report is smaller than a pipe's atomic size: it comes whole, or the child died first.
        if (read(reading.get(), &report, sizeof report) != sizeof report) break;
        complete = true;
    }
    kill(child, SIGKILL);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    return complete ? std::optional(report) : std::nullopt;
}

void judge_speed(const KvmReport& report, KvmProbe& probe) {
    const auto per_second = [](std::uint64_t turns, std::uint64_t nanoseconds) {
        return static_cast<double>(turns) * 1e9 /
               static_cast<double>(std::max<std::uint64_t>(nanoseconds, 1));
    };
    // The best of three: another program may have the processor for a while.
    std::uint64_t fastest = UINT64_MAX;
    for (int i = 0; i < 3; ++i) fastest = std::min(fastest, time_host_loop());
    const double host = per_second(kvm_loop_turns, fastest);
    const double guest = per_second(report.turns, report.nanoseconds);
    probe.host_turns_per_second = host;
    probe.turns_per_second = guest;
    probe.usable = guest >= host * slowest_useful;
    if (probe.usable) return;
    if (report.turns == 0) {
        probe.reason = "a test guest under KVM made no progress";
    } else {
        probe.reason =
            fmt::format("KVM here runs {:.0f} times slower than the hardware", host / guest);
    }
    probe.reason += " (virtualization that is nested without the processor's help)";
}

void explain_failure(const std::filesystem::path& device, const KvmReport& report,
                     KvmProbe& probe) {
    const std::string path = device.string();
    if (report.stage != KvmStage::Open) {
        probe.reason = fmt::format("{} makes no guest: {}", path, std::strerror(report.error));
        return;
    }
    switch (report.error) {
        case ENOENT:
            probe.reason = fmt::format("{} is absent", path);
            probe.hint =
                "Load the module kvm_intel or kvm_amd, or switch virtualization on in the "
                "firmware (in the host's hypervisor, if this is a guest).";
            break;
        case EACCES:
        case EPERM:
            probe.reason = fmt::format("there is no permission to open {}", path);
            probe.hint = "Add yourself to the group kvm and log in again.";
            break;
        default:
            probe.reason =
                fmt::format("{} cannot be opened: {}", path, std::strerror(report.error));
    }
}

}  // namespace
}  // namespace kiln::qemu
