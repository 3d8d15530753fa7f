#include "http_server/http_options.h"

#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace kiln::http {
namespace {

int family_of(const std::string& network_protocol);
std::string address_of_interface(const std::string& name, int family);
std::string look_up(const std::string& host, int family);
std::string numeric(const sockaddr* address);

}  // namespace

std::vector<Error> validate(const HttpOptions& options) {
    std::vector<Error> errors;
    if (!options.directory.empty() && !options.content.empty()) {
        errors.push_back(
            Error("http_content cannot be used in conjunction with http_directory")
                .with_hint("Put the texts into files of the directory, or drop http_directory."));
    }
    for (const auto& [path, text] : options.content) {
        if (!path.starts_with('/')) {
            errors.push_back(
                Error(fmt::format("http_content: the key \"{}\" must begin with \"/\"", path)));
        }
    }
    if (options.port_min > options.port_max) {
        errors.push_back(Error("http_port_min must be less than http_port_max"));
    } else if (options.port_min < 1 || options.port_max > 65535) {
        errors.push_back(
            Error(fmt::format("http_port_min and http_port_max: {}-{} is not a port range",
                              options.port_min, options.port_max)));
    }
    if (!options.bind_address.empty() && !options.interface.empty()) {
        errors.push_back(Error("either http_interface or http_bind_address can be specified"));
    }
    const std::string& protocol = options.network_protocol;
    if (protocol == "unix" || protocol == "unixpacket") {
        errors.push_back(
            Error(fmt::format("http_network_protocol \"{}\" is not supported", protocol))
                .with_hint("A guest reaches the server over TCP: use tcp, tcp4 or tcp6."));
    } else if (!protocol.empty() && protocol != "tcp" && protocol != "tcp4" && protocol != "tcp6") {
        errors.push_back(Error(fmt::format("http_network_protocol \"{}\" is unknown", protocol))
                             .with_hint("It is one of tcp, tcp4 and tcp6."));
    }
    return errors;
}

std::string listen_address(const HttpOptions& options) {
    const int family = family_of(options.network_protocol);
    if (!options.interface.empty()) return address_of_interface(options.interface, family);
    if (!options.bind_address.empty()) return look_up(options.bind_address, family);
    return family == AF_INET6 ? "::" : "0.0.0.0";
}

namespace {

int family_of(const std::string& network_protocol) {
    if (network_protocol == "tcp4") return AF_INET;
    if (network_protocol == "tcp6") return AF_INET6;
    return AF_UNSPEC;
}

/// An IPv4 address if there is one and the family allows it: that is what guests can always reach.
std::string address_of_interface(const std::string& name, int family) {
    ifaddrs* raw = nullptr;
    if (getifaddrs(&raw) != 0) throw system_error("cannot list the network interfaces", errno);
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(raw, &freeifaddrs);
    std::string found;
    bool found_v4 = false;
    bool exists = false;
    for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        if (name != entry->ifa_name) continue;
        exists = true;
        if (entry->ifa_addr == nullptr) continue;
        const int kind = entry->ifa_addr->sa_family;
        if (kind != AF_INET && kind != AF_INET6) continue;
        if (family != AF_UNSPEC && kind != family) continue;
        if (kind == AF_INET6) {
            const auto* v6 = reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr);
            if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr)) continue;
        }
        if (found.empty() || (kind == AF_INET && !found_v4)) found = numeric(entry->ifa_addr);
        found_v4 = found_v4 || kind == AF_INET;
    }
    if (!found.empty()) return found;
    throw Error(fmt::format("http_interface: {} {}", name,
                            exists ? "has no address of the wanted family" : "does not exist"))
        .with_hint("`ip address` lists this host's interfaces and their addresses.");
}

std::string look_up(const std::string& host, int family) {
    addrinfo hints{};
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* raw = nullptr;
    const int status = getaddrinfo(host.c_str(), nullptr, &hints, &raw);
    if (status != 0) {
        throw Error(fmt::format("http_bind_address: {} is not an address to listen on", host))
            .because(gai_strerror(status))
            .with_hint("Give an address of this host that fits http_network_protocol.");
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(raw, &freeaddrinfo);
    for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET) return numeric(entry->ai_addr);
    }
    return numeric(list->ai_addr);
}

std::string numeric(const sockaddr* address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text,
                  sizeof text);
    } else {
        inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text,
                  sizeof text);
    }
    return text;
}

}  // namespace
}  // namespace kiln::http
