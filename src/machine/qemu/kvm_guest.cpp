#include "machine/qemu/kvm_guest.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

namespace kiln::qemu {
namespace {

constexpr std::uint64_t run_nanoseconds = 10'000'000;
constexpr suseconds_t timer_microseconds = 30'000;

std::uint64_t now_nanoseconds();
[[noreturn]] void finish(int report_fd, KvmStage stage, int error, std::uint64_t turns = 0,
                         std::uint64_t nanoseconds = 0);

}  // namespace

#if defined(__x86_64__)

namespace {

constexpr std::size_t guest_memory = 0x10000;
constexpr std::uint64_t code_address = 0x1000;
constexpr std::uint64_t page_tables = 0x2000;

struct Guest {
    int cpu = -1;
    kvm_run* run = nullptr;
};

kvm_run* running_guest = nullptr;

void write_guest_memory(std::byte* memory);
int set_registers(int cpu);
void start_timer();
void measure(const Guest& guest, int report_fd);

}  // namespace

bool kvm_guest_is_known() {
    return true;
}

void run_kvm_guest(const char* device, int report_fd) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int kvm = open(device, O_RDWR | O_CLOEXEC);
    if (kvm < 0) finish(report_fd, KvmStage::Open, errno);
    const int version = ioctl(kvm, KVM_GET_API_VERSION, 0);
    if (version != KVM_API_VERSION) {
        finish(report_fd, KvmStage::Version, version < 0 ? errno : EPROTO);
    }
    const int vm = ioctl(kvm, KVM_CREATE_VM, 0);
    if (vm < 0) finish(report_fd, KvmStage::CreateVm, errno);
    ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000UL);

    void* memory =
        mmap(nullptr, guest_memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) finish(report_fd, KvmStage::Memory, errno);
    write_guest_memory(static_cast<std::byte*>(memory));
    kvm_userspace_memory_region region{};
    region.memory_size = guest_memory;
    region.userspace_addr = reinterpret_cast<std::uint64_t>(memory);
    if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) != 0) {
        finish(report_fd, KvmStage::Memory, errno);
    }

    Guest guest;
    guest.cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
    if (guest.cpu < 0) finish(report_fd, KvmStage::CreateCpu, errno);
    const int run_size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (run_size < static_cast<int>(sizeof(kvm_run))) {
        finish(report_fd, KvmStage::CreateCpu, run_size < 0 ? errno : EPROTO);
    }
    void* run = mmap(nullptr, static_cast<std::size_t>(run_size), PROT_READ | PROT_WRITE,
                     MAP_SHARED, guest.cpu, 0);
    if (run == MAP_FAILED) finish(report_fd, KvmStage::CreateCpu, errno);
    guest.run = static_cast<kvm_run*>(run);
    if (set_registers(guest.cpu) != 0) finish(report_fd, KvmStage::Registers, errno);
    running_guest = guest.run;
    start_timer();
    measure(guest, report_fd);
    finish(report_fd, KvmStage::Run, EPROTO);
}

std::uint64_t time_host_loop() {
    const std::uint64_t begin = now_nanoseconds();
    std::uint32_t turns = kvm_loop_turns;
    asm volatile("1: dec %0\n\tjnz 1b" : "+r"(turns) : : "cc");
    return now_nanoseconds() - begin;
}

namespace {

// mov ecx, turns; 1: dec ecx; jnz 1b; out 0x10, al; jmp to the start. Below it, page tables that
// map the first 2 MiB onto themselves.
void write_guest_memory(std::byte* memory) {
    constexpr std::uint8_t loop[] = {0xff, 0xc9, 0x75, 0xfc, 0xe6, 0x10, 0xeb, 0xf3};
    memory[code_address] = std::byte{0xb9};
    std::memcpy(memory + code_address + 1, &kvm_loop_turns, sizeof kvm_loop_turns);
    std::memcpy(memory + code_address + 5, loop, sizeof loop);
    constexpr std::uint64_t present_writable = 3;
    constexpr std::uint64_t large_page = 0x80;
    const std::uint64_t entries[] = {page_tables + 0x1000 + present_writable,
                                     page_tables + 0x2000 + present_writable,
                                     large_page + present_writable};
    for (std::size_t level = 0; level < 3; ++level) {
        std::memcpy(memory + page_tables + 0x1000 * level, &entries[level], sizeof entries[level]);
    }
}

// Long mode without interrupts.
int set_registers(int cpu) {
    kvm_sregs system{};
    if (ioctl(cpu, KVM_GET_SREGS, &system) != 0) return -1;
    kvm_segment code{};
    code.limit = 0xffffffff;
    code.selector = 8;
    code.type = 11;
    code.present = code.s = code.l = code.g = 1;
    kvm_segment data = code;
    data.selector = 16;
    data.type = 3;
    data.l = 0;
    data.db = 1;
    system.cs = code;
    system.ds = system.es = system.fs = system.gs = system.ss = data;
    system.cr3 = page_tables;
    system.cr4 = 1U << 5;                                 // PAE
    system.cr0 = (1U << 31) | (1U << 5) | (1U << 4) | 1;  // PG, NE, ET, PE
    system.efer = (1U << 10) | (1U << 8);                 // LMA, LME
    if (ioctl(cpu, KVM_SET_SREGS, &system) != 0) return -1;
    kvm_regs registers{};
    registers.rip = code_address;
    registers.rflags = 2;
    return ioctl(cpu, KVM_SET_REGS, &registers);
}

// The timer goes on, in case its first signal comes just before the guest is entered.
void start_timer() {
    struct sigaction action {};
    action.sa_handler = [](int) { running_guest->immediate_exit = 1; };
    sigaction(SIGALRM, &action, nullptr);
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm, nullptr);
    itimerval timer{};
    timer.it_value.tv_usec = timer_microseconds;
    timer.it_interval.tv_usec = timer_microseconds / 4;
    setitimer(ITIMER_REAL, &timer, nullptr);
}

void measure(const Guest& guest, int report_fd) {
    std::uint64_t turns = 0;
    const std::uint64_t begin = now_nanoseconds();
    while (true) {
        const int result = ioctl(guest.cpu, KVM_RUN, 0);
        const int error = errno;
        const std::uint64_t elapsed = now_nanoseconds() - begin;
        if (result == 0 && guest.run->exit_reason == KVM_EXIT_IO) {
            turns += kvm_loop_turns;
            if (elapsed < run_nanoseconds) continue;
            finish(report_fd, KvmStage::Run, 0, turns, elapsed);
        }
        if (result == 0) finish(report_fd, KvmStage::Run, EPROTO);
        if (error != EINTR) finish(report_fd, KvmStage::Run, error);
        kvm_regs registers{};
        if (ioctl(guest.cpu, KVM_GET_REGS, &registers) != 0) {
            finish(report_fd, KvmStage::Run, errno);
        }
        const std::uint64_t left = std::min<std::uint64_t>(registers.rcx, kvm_loop_turns);
        if (registers.rcx != 0) turns += kvm_loop_turns - left;
        finish(report_fd, KvmStage::Run, 0, turns, elapsed);
    }
}

}  // namespace

#else

bool kvm_guest_is_known() {
    return false;
}

void run_kvm_guest(const char* device, int report_fd) {
    const int kvm = open(device, O_RDWR | O_CLOEXEC);
    if (kvm < 0) finish(report_fd, KvmStage::Open, errno);
    if (ioctl(kvm, KVM_CREATE_VM, 0) < 0) finish(report_fd, KvmStage::CreateVm, errno);
    finish(report_fd, KvmStage::Run, 0);
}

std::uint64_t time_host_loop() {
    return 0;
}

#endif

namespace {

std::uint64_t now_nanoseconds() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void finish(int report_fd, KvmStage stage, int error, std::uint64_t turns,
            std::uint64_t nanoseconds) {
    KvmReport report;
    report.stage = stage;
    report.error = error;
    report.turns = turns;
    report.nanoseconds = nanoseconds;
    const auto written = write(report_fd, &report, sizeof report);
    _exit(written == sizeof report ? 0 : 1);
}

}  // namespace
}  // namespace kiln::qemu
