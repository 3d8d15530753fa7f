#include "sandbox/landlock.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

// Rights that came later than the headers of Debian 12; the kernel's version says if it has them.
constexpr std::uint64_t kTruncate = std::uint64_t{1} << 14;
constexpr std::uint64_t kIoctlDevice = std::uint64_t{1} << 15;

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrite = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | kTruncate;
// What may be said of a file; the rest is for directories.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_EXECUTE | kTruncate | kIoctlDevice;

std::uint64_t known_rights(int version);
void allow(int ruleset, const fs::path& path, std::uint64_t rights);

}  // namespace

int landlock_version() {
    const long version =
        syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? 0 : static_cast<int>(version);
}

void restrict_files(const SandboxRules& rules) {
    const std::uint64_t known = known_rights(landlock_version());
    landlock_ruleset_attr attributes{};
    attributes.handled_access_fs = known;
    const UniqueFd ruleset(
        static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset) throw system_error("cannot make a Landlock ruleset", errno);
    for (const fs::path& path : rules.readable) allow(ruleset.get(), path, known & kRead);
    for (const fs::path& path : rules.writable)
        allow(ruleset.get(), path, known & (kRead | kWrite));
    // The kernel wants this of whoever is not root.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) {
        throw system_error("cannot restrict the process with Landlock", errno);
    }
}

namespace {

std::uint64_t known_rights(int version) {
    constexpr std::uint64_t kFirst = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    std::uint64_t rights = kFirst;
    if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3) rights |= kTruncate;
    if (version >= 5) rights |= kIoctlDevice;
    return rights;
}

void allow(int ruleset, const fs::path& path, std::uint64_t rights) {
    const UniqueFd fd(open(path.c_str(), O_PATH | O_CLOEXEC));
    // What is not there needs no right; the work will say that it is missing.
    if (!fd) return;
    struct stat status {};
    if (fstat(fd.get(), &status) != 0) {
        throw system_error(fmt::format("cannot examine {}", path.string()), errno);
    }
    if (!S_ISDIR(status.st_mode)) rights &= kOfFiles;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights;
    rule.parent_fd = fd.get();
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        throw system_error(fmt::format("cannot allow {} with Landlock", path.string()), errno);
    }
}

}  // namespace
}  // namespace kiln
