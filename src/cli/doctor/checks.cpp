#include "cli/doctor/checks.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/port.h"
#include "base/process.h"
#include "base/size.h"
#include "builder/qemu/ovmf.h"
#include "machine/qemu/accelerator.h"

namespace kiln::doctor {
namespace fs = std::filesystem;

namespace {

constexpr Duration program_limit = std::chrono::seconds(10);
constexpr std::uint64_t little_space = std::uint64_t{10} << 30;

Finding program(const std::string& subject, const std::string& name,
                const std::vector<std::string>& version_arguments, const Finding& when_missing,
                const CancelToken& cancel);
Finding accelerator();
Finding uefi_firmware();
Finding cd_maker();
Finding space(const std::string& subject, const fs::path& place);
Finding ports(const std::string& subject, int min, int max, const fs::path& locks);
std::string first_line(const std::string& text);
fs::path existing_parent(fs::path path);

}  // namespace

std::vector<Finding> examine_host(const Places& places, const CancelToken& cancel) {
    std::vector<Finding> findings;
    findings.push_back(program("QEMU", "qemu-system-x86_64", {"--version"},
                               {"", Verdict::Missing, "", "the qemu builder cannot run",
                                "apt-get install qemu-system-x86"},
                               cancel));
    findings.push_back(accelerator());
    findings.push_back(
        program("qemu-img", "qemu-img", {"--version"},
                {"", Verdict::Missing, "", "disks cannot be created", "apt-get install qemu-utils"},
                cancel));
    findings.push_back(uefi_firmware());
    findings.push_back(cd_maker());
    findings.push_back(program(
        "libvirt", "libvirtd", {"--version"},
        {"", Verdict::Limited, "", "nothing yet: the libvirt builder comes with a later version",
         "apt-get install libvirt-daemon-system"},
        cancel));
    findings.push_back(program(
        "libguestfs", "guestfish", {"--version"},
        {"", Verdict::Limited, "", "nothing yet: offline inspection comes with a later version",
         "apt-get install guestfish"},
        cancel));
    findings.push_back(space("space for builds", places.working));
    findings.push_back(space("space for the cache", places.cache));
    findings.push_back(space("temporary space", places.temporary));
    findings.push_back(ports("ports for HTTP", 8000, 9000, places.cache / "port"));
    findings.push_back(ports("ports for SSH", 2222, 4444, places.cache / "port"));
    return findings;
}

namespace {

Finding program(const std::string& subject, const std::string& name,
                const std::vector<std::string>& version_arguments, const Finding& when_missing,
                const CancelToken& cancel) {
    Finding finding = when_missing;
    finding.subject = subject;
    const auto path = find_program(name);
    if (!path) {
        finding.found = fmt::format("{} is not in PATH", name);
        return finding;
    }
    std::string version;
    try {
        version = first_line(
            run_process({path->string(), version_arguments, {}, {}, {}, {}}, cancel, program_limit)
                .out);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        finding.found = error.what();
        return finding;
    }
    return {subject, Verdict::Good, fmt::format("{} ({})", version, path->string()), "", ""};
}

Finding accelerator() {
    const qemu::KvmProbe probe = qemu::probe_kvm();
    std::string speed;
    if (probe.turns_per_second && probe.host_turns_per_second) {
        speed = fmt::format("; a guest made {:.3g} loop turns a second, the host {:.3g}",
                            *probe.turns_per_second, *probe.host_turns_per_second);
    }
    if (probe.usable)
        return {"accelerator", Verdict::Good, "KVM at hardware speed" + speed, "", ""};
    return {"accelerator", Verdict::Limited, probe.reason + speed,
            "guests run by software emulation (tcg), some ten times slower than on hardware",
            probe.hint};
}

Finding uefi_firmware() {
    try {
        return {"UEFI firmware", Verdict::Good, find_uefi_firmware({}, {}).code.string(), "", ""};
    } catch (const Error& error) {
        return {"UEFI firmware", Verdict::Limited, error.what(), "efi_boot cannot be used",
                "apt-get install ovmf"};
    }
}

Finding cd_maker() {
    for (const char* name : {"xorriso", "genisoimage", "mkisofs"}) {
        if (const auto path = find_program(name)) {
            return {"CD maker", Verdict::Good, path->string(), "", ""};
        }
    }
    return {"CD maker", Verdict::Limited, "none of xorriso, genisoimage and mkisofs is in PATH",
            "cd_files and cd_content cannot be used", "apt-get install xorriso"};
}

Finding space(const std::string& subject, const fs::path& place) {
    std::error_code failure;
    const fs::path there = existing_parent(place);
    const auto info = fs::space(there, failure);
    if (failure) {
        return {subject, Verdict::Limited, fmt::format("{}: {}", there.string(), failure.message()),
                "builds may fail when they write there", ""};
    }
    const std::string found =
        fmt::format("{} free in {}", format_size(info.available), place.string());
    if (info.available >= little_space) return {subject, Verdict::Good, found, "", ""};
    return {subject, Verdict::Limited, found, "an installation may fill it",
            "free some, or name another place (TMPDIR, PACKER_CACHE_DIR)"};
}

Finding ports(const std::string& subject, int min, int max, const fs::path& locks) {
    try {
        const PortLease lease = lease_port("127.0.0.1", min, max, locks, subject);
        return {subject, Verdict::Good, fmt::format("{} to {}", min, max), "", ""};
    } catch (const std::exception& error) {
        return {subject, Verdict::Limited, error.what(),
                "builds need a port from this range unless the template names another", "ss -ltnp"};
    }
}

std::string first_line(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

fs::path existing_parent(fs::path path) {
    path = fs::absolute(path);
    while (!fs::exists(path) && path.has_relative_path()) path = path.parent_path();
    return path;
}

}  // namespace
}  // namespace kiln::doctor
