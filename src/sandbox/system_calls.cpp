#include "sandbox/system_calls.h"

#include <array>
#include <cerrno>
#include <memory>

#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

namespace kiln {
namespace {

// By name, so that a kernel interface that the library does not know is left out and not refused.
constexpr std::array kAllowed = {
    // Files that Landlock lets through.
    "read", "pread64", "readv", "preadv", "preadv2", "write", "pwrite64", "writev", "pwritev",
    "pwritev2", "lseek", "openat", "open", "close", "close_range", "stat", "fstat", "lstat",
    "newfstatat", "statx", "statfs", "fstatfs", "access", "faccessat", "faccessat2", "readlink",
    "readlinkat", "getdents64", "getcwd", "ftruncate", "fallocate", "fsync", "fdatasync",
    "sync_file_range", "fadvise64", "copy_file_range", "sendfile", "rename", "renameat",
    "renameat2", "link", "linkat", "unlink", "unlinkat", "fchmod", "fcntl", "flock", "dup", "dup2",
    "dup3", "umask",
    // Memory.
    "mmap", "munmap", "mprotect", "mremap", "madvise", "brk", "membarrier", "memfd_create",
    // Threads, and waiting.
    "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "sched_yield",
    "sched_getaffinity", "gettid", "getpid", "getppid", "tgkill", "exit", "exit_group", "poll",
    "ppoll", "pselect6", "select", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait",
    "eventfd2", "pipe2", "nanosleep", "clock_nanosleep", "restart_syscall", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack",
    // Clocks, and what a process may know of itself.
    "clock_gettime", "clock_getres", "gettimeofday", "time", "getrandom", "getuid", "geteuid",
    "getgid", "getegid", "getrusage", "sysinfo", "uname", "prctl", "getrlimit", "arch_prctl"};

constexpr std::array kDeadly = {"socket",
                                "socketpair",
                                "connect",
                                "bind",
                                "listen",
                                "accept",
                                "accept4",
                                "sendto",
                                "sendmsg",
                                "execve",
                                "execveat",
                                "fork",
                                "vfork",
                                "ptrace",
                                "process_vm_readv",
                                "process_vm_writev",
                                "mount",
                                "umount2",
                                "pivot_root",
                                "chroot",
                                "setns",
                                "unshare",
                                "bpf",
                                "keyctl",
                                "add_key",
                                "request_key",
                                "init_module",
                                "finit_module",
                                "kexec_load",
                                "perf_event_open",
                                "userfaultfd",
                                "io_uring_setup",
                                "open_by_handle_at",
                                "setuid",
                                "setgid",
                                "setresuid",
                                "setresgid",
                                "mknod",
                                "mknodat"};

// Of devices and files: terminals' size, a block device's size, sharing of blocks.
constexpr std::array<unsigned long, 5> kIoctls = {TCGETS, TIOCGWINSZ, BLKGETSIZE64, FICLONE,
                                                  FICLONERANGE};

class Filter {
  public:
    Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM)), seccomp_release) {
        if (context_ == nullptr) throw Error("cannot make a filter of system calls");
    }

    template <typename... Conditions>
    void rule(std::uint32_t action, int call, Conditions... conditions) {
        if (call == __NR_SCMP_ERROR) return;
        check(seccomp_rule_add(context_.get(), action, call, sizeof...(conditions), conditions...));
    }
    void load() { check(seccomp_load(context_.get())); }

  private:
    static void check(int result) {
        if (result != 0) throw system_error("cannot restrict the system calls", -result);
    }

    std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
};

}  // namespace

bool seccomp_available() {
    const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

void restrict_system_calls() {
    Filter filter;
    for (const char* name : kAllowed) {
        filter.rule(SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(name));
    }
    for (const char* name : kDeadly) {
        filter.rule(SCMP_ACT_KILL_PROCESS, seccomp_syscall_resolve_name(name));
    }
    for (const unsigned long request : kIoctls) {
        filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, request));
    }
    // Threads, and no processes. The arguments of clone3 cannot be looked at; for "there is no such
    // call" the C library falls back to clone.
    filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(clone),
                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    filter.rule(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
    // Limits may be read; of its own process alone.
    filter.rule(SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_EQ, 0),
                SCMP_A2(SCMP_CMP_EQ, 0));
    filter.load();
}

}  // namespace kiln
