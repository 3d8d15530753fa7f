#include "datasource/host_info.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"

namespace kiln {
namespace {

Distribution this_distribution();
std::map<std::string, std::string, std::less<>> os_release_entries(std::string_view text);
std::string unquoted(std::string_view value);
std::int64_t memory_mebibytes();
Setting::List addresses();

}  // namespace

Schema<HostInfoOptions> host_info_schema() {
    Schema<HostInfoOptions> schema("host-info", "Tells of the machine that kiln runs on.");
    schema.output("os_type", OptionType::String, "The operating system: \"linux\".")
        .output("platform", OptionType::String, "The distribution: \"debian\", \"rocky\".")
        .output("family", OptionType::String, "The distribution's family: \"debian\", \"rhel\".")
        .output("version", OptionType::String, "The distribution's version.")
        .output("architecture", OptionType::String, "The processor: \"amd64\", \"arm64\".")
        .output("cpus", OptionType::Int, "How many processors can be used.")
        .output("memory", OptionType::Int, "The memory in MiB.")
        .output("hostname", OptionType::String, "The machine's name.")
        .output("addresses", OptionType::StringList,
                "The IP addresses of the interfaces that are up, loopback left out; IPv4 first.");
    return schema;
}

Setting::Map HostInfoDataSource::read(const CancelToken&) {
    utsname system{};
    if (uname(&system) != 0) throw system_error("cannot ask for the system's name", errno);
    const Distribution distribution = this_distribution();
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return {{"os_type", "linux"},
            {"platform", distribution.platform},
            {"family", distribution.family},
            {"version",
             distribution.version.empty() ? std::string(system.release) : distribution.version},
            {"architecture", architecture_name(system.machine)},
            {"cpus", static_cast<std::int64_t>(std::max(cpus, 1L))},
            {"memory", memory_mebibytes()},
            {"hostname", std::string(system.nodename)},
            {"addresses", addresses()}};
}

Distribution read_os_release(std::string_view text) {
    const auto entries = os_release_entries(text);
    const auto value = [&](std::string_view name) {
        const auto found = entries.find(name);
        return found == entries.end() ? std::string() : found->second;
    };
    Distribution found;
    if (!value("ID").empty()) found.platform = value("ID");
    found.version = value("VERSION_ID");
    found.family = found.platform;
    constexpr std::array<std::string_view, 8> families = {
        "debian", "rhel", "fedora", "suse", "arch", "alpine", "gentoo", "slackware"};
    const std::string candidates = " " + found.platform + " " + value("ID_LIKE") + " ";
    std::size_t nearest = std::string::npos;
    for (const std::string_view family : families) {
        const std::size_t at = candidates.find(fmt::format(" {} ", family));
        if (at >= nearest) continue;
        nearest = at;
        found.family = family;
    }
    return found;
}

std::string architecture_name(std::string_view machine) {
    if (machine == "x86_64") return "amd64";
    if (machine == "aarch64") return "arm64";
    if (machine.size() == 4 && machine.starts_with('i') && machine.ends_with("86")) return "386";
    if (machine.starts_with("arm")) return "arm";
    return std::string(machine);
}

namespace {

Distribution this_distribution() {
    for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
        if (std::filesystem::exists(path)) return read_os_release(read_file(path));
    }
    return read_os_release("");
}

std::map<std::string, std::string, std::less<>> os_release_entries(std::string_view text) {
    std::map<std::string, std::string, std::less<>> entries;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos || line.starts_with('#')) continue;
        entries.emplace(line.substr(0, equals), unquoted(line.substr(equals + 1)));
    }
    return entries;
}

std::string unquoted(std::string_view value) {
    const bool quoted = value.size() >= 2 && value.front() == value.back() &&
                        (value.front() == '"' || value.front() == '\'');
    return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

std::int64_t memory_mebibytes() {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page_size = sysconf(_SC_PAGESIZE);
    if (pages < 0 || page_size < 0) throw system_error("cannot ask for the memory's size", errno);
    return static_cast<std::int64_t>(pages) * page_size / (std::int64_t{1} << 20);
}

Setting::List addresses() {
    ifaddrs* raw = nullptr;
    if (getifaddrs(&raw) != 0) throw system_error("cannot list the network interfaces", errno);
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(raw, &freeifaddrs);
    Setting::List v4;
    Setting::List v6;
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        const bool up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
        if (entry->ifa_addr == nullptr || !up) continue;
        std::array<char, INET6_ADDRSTRLEN> text{};
        const int family = entry->ifa_addr->sa_family;
        if (family == AF_INET) {
            const auto* address = reinterpret_cast<const sockaddr_in*>(entry->ifa_addr);
            inet_ntop(family, &address->sin_addr, text.data(), text.size());
            v4.emplace_back(std::string(text.data()));
        } else if (family == AF_INET6) {
            const auto* address = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
            if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr)) continue;
            inet_ntop(family, &address->sin6_addr, text.data(), text.size());
            v6.emplace_back(std::string(text.data()));
        }
    }
    v4.insert(v4.end(), v6.begin(), v6.end());
    return v4;
}

}  // namespace
}  // namespace kiln
