#pragma once

#include <cstdint>

namespace kiln::qemu {

/// How far the tiny guest came.
enum class KvmStage : std::uint32_t { Open, Version, CreateVm, Memory, CreateCpu, Registers, Run };

/// What `run_kvm_guest` writes to its pipe, whole and once.
struct KvmReport {
    KvmStage stage = KvmStage::Open;  ///< the step that failed, or Run
    std::int32_t error = 0;           ///< errno of that step, or 0
    std::uint64_t turns = 0;          ///< turns of the guest's loop that were measured
    std::uint64_t nanoseconds = 0;    ///< and how long they took
};

/// How many turns the guest (and the host, for comparison) make before they look at the clock.
constexpr std::uint32_t kvm_loop_turns = 1'000'000;

/// Runs in a forked process, where only async-signal-safe calls are allowed: makes a guest with one
/// processor in long mode that counts down, lets it run for some milliseconds, writes a KvmReport
/// to `report_fd` and ends the process. A guest that does not come back is interrupted by a timer.
[[noreturn]] void run_kvm_guest(const char* device, int report_fd);

/// The guest's loop on the host's own processor: nanoseconds for `kvm_loop_turns` turns.
std::uint64_t time_host_loop();

/// True where this program knows how to make a guest (x86-64).
bool kvm_guest_is_known();

}  // namespace kiln::qemu
