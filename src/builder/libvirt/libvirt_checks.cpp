#include "builder/libvirt/libvirt_checks.h"

#include <algorithm>

#include "boot/boot_command.h"
#include "boot/boot_media.h"
#include "download/checksum.h"
#include "engine/option_checks.h"

namespace kiln {
namespace {

void check_volumes(const LibvirtOptions& options, Problems& problems);
void check_interfaces(const LibvirtOptions& options, Problems& problems);
void check_boot_command(const LibvirtOptions& options, Problems& problems);
void check_size(const std::string& option, const std::string& text, Problems& problems);
template <class Item>
bool has_alias(const std::vector<Item>& items, const std::string& alias);

}  // namespace

void check_libvirt(const LibvirtOptions& options, Problems& problems) {
    if (options.libvirt_uri.find(':') == std::string::npos) {
        problems.warning("libvirt_uri", fmt::format("\"{}\" is no libvirt URI; one is "
                                                    "\"qemu:///system\".",
                                                    options.libvirt_uri));
    }
    if (!options.communicator) {
        problems.error("communicator",
                       "An ssh_username must be specified, in a communicator block.");
    }
    check_volumes(options, problems);
    check_interfaces(options, problems);
    check_boot_command(options, problems);
    option_check::needs("secure_boot", options.secure_boot, "loader_path",
                        !options.loader_path.empty(), problems);
    option_check::is_not_negative("shutdown_timeout", options.shutdown_timeout, problems);
    option_check::is_not_negative("key_hold_time", options.key_hold_time, problems);
}

void check_libvirt_interface(const LibvirtNetworkInterface& interface, Problems& problems) {
    if (interface.type == "bridge" && interface.bridge.empty()) {
        problems.error("type", "A network_interface of the type bridge needs the option bridge.");
    }
    if (interface.type == "network") {
        problems.warning("type",
                         "A network card of the type network leads nowhere; "
                         "\"managed\" is meant.");
    }
}

void check_libvirt_source(const LibvirtVolumeSource& source, Problems& problems) {
    if (source.type == "external") {
        if (source.urls.empty()) problems.error("urls", "An external source needs urls.");
        if (source.checksum.empty() || source.checksum.starts_with("file:")) return;
        try {
            download::parse_checksum(source.checksum);
        } catch (const Error& error) {
            problems.error("checksum", error.to_string());
        }
    } else if (source.type == "cloning" || source.type == "clone") {
        if (source.pool.empty() || source.volume.empty()) {
            problems.error("type", "A source of the type cloning needs pool and volume.");
        }
    } else if (source.type.starts_with("backing")) {
        const bool by_volume = !source.pool.empty() && !source.volume.empty();
        if (!by_volume && source.path.empty()) {
            problems.error("type", "A backing store needs pool and volume, or path.");
        }
    } else if (source.type == "files") {
        for (const Error& error : boot::cd_file_errors(source.files)) {
            problems.error("files", error.to_string());
        }
    }
}

void check_libvirt_volume(const LibvirtVolume& volume, Problems& problems) {
    check_size("size", volume.size, problems);
    check_size("capacity", volume.capacity, problems);
    const bool files = volume.source && volume.source->type == "files";
    if (files && volume.device != "cdrom" && volume.device != "floppy") {
        problems.error("device", "A volume of files must be a cdrom or a floppy.");
    }
}

namespace {

void check_volumes(const LibvirtOptions& options, Problems& problems) {
    if (options.volumes.empty()) {
        problems.error("volume", "At least one volume block is needed.");
        return;
    }
    const std::string wanted =
        options.artifact_volume_alias.empty() ? "artifact" : options.artifact_volume_alias;
    if (has_alias(options.volumes, wanted)) return;
    if (!options.artifact_volume_alias.empty()) {
        problems.error("artifact_volume_alias",
                       fmt::format("No volume has the alias \"{}\".", wanted));
    } else if (options.volumes.size() > 1) {
        problems.error("volume",
                       "With several volumes, the one that is the result needs alias = "
                       "\"artifact\".");
    } else {
        problems.warning("volume",
                         "The only volume is taken as the result; alias = \"artifact\" "
                         "says so.");
    }
}

void check_interfaces(const LibvirtOptions& options, Problems& problems) {
    if (options.network_interfaces.empty()) {
        problems.warning("network_interface", "The guest has no network card.");
    }
    const std::string& wanted = options.communicator_interface;
    if (!wanted.empty() && !has_alias(options.network_interfaces, wanted)) {
        problems.error("communicator_interface",
                       fmt::format("No network_interface has the alias \"{}\".", wanted));
    }
}

void check_boot_command(const LibvirtOptions& options, Problems& problems) {
    std::string text;
    for (const auto& part : options.boot_command) text += part;
    try {
        boot::parse_boot_command(text);
    } catch (const Error& error) {
        problems.error("boot_command", error.to_string());
    }
    for (const auto& warning : boot::boot_command_warnings(text)) {
        problems.warning("boot_command", warning);
    }
}

// Digits and a unit. The peer refuses a bare number, although it means bytes by it.
void check_size(const std::string& option, const std::string& text, Problems& problems) {
    if (text.empty()) return;
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos) {
        problems.error(option, fmt::format("{} \"{}\" must be a whole number with a unit, like "
                                           "\"20G\".",
                                           option, text));
    }
}

template <class Item>
bool has_alias(const std::vector<Item>& items, const std::string& alias) {
    return std::any_of(items.begin(), items.end(),
                       [&](const Item& item) { return item.alias == alias; });
}

}  // namespace
}  // namespace kiln
