#include "builder/libvirt/libvirt_options.h"

#include "builder/libvirt/libvirt_checks.h"
#include "engine/declared.h"

namespace kiln {
namespace {

Schema<LibvirtNetworkInterface> interface_schema();
Schema<LibvirtVolumeSource> volume_source_schema();
Schema<LibvirtVolume> volume_schema();
Schema<LibvirtGraphics> graphics_schema();
void declare_firmware(Schema<LibvirtOptions>& schema);
void declare_devices(Schema<LibvirtOptions>& schema);
void declare_boot(Schema<LibvirtOptions>& schema);

}  // namespace

void add_libvirt_builder(Registry& registry) {
    registry.add_builder(
        "libvirt", declared_factory<Builder>(
                       libvirt_schema,
                       "Building with libvirt comes with a later version of kiln. The same guest "
                       "can be built by a qemu source."));
}

Schema<LibvirtOptions> libvirt_schema() {
    using O = LibvirtOptions;
    Schema<O> schema("libvirt", "Builds in a guest that libvirt runs, into a libvirt volume.");
    schema.option("libvirt_uri", &O::libvirt_uri, "The libvirt service, like \"qemu:///system\".")
        .required()
        .option("domain_name", &O::domain_name, "The guest's name.")
        .default_is("\"packer-ID\" with a random id")
        .option("domain_type", &O::domain_type, "What runs the guest: kvm, qemu, xen, hvf, ...")
        .option("arch", &O::arch, "The guest's architecture.")
        .option("chipset", &O::chipset, "The machine type.")
        .option("memory", &O::memory, "The guest's memory in MiB.")
        .option("vcpu", &O::vcpu, "How many CPUs the guest has.")
        .option("cpu_mode", &O::cpu_mode, "The CPU's mode, like host-passthrough.");
    declare_firmware(schema);
    declare_devices(schema);
    declare_boot(schema);
    schema.check(check_libvirt);
    return schema;
}

namespace {

void declare_firmware(Schema<LibvirtOptions>& schema) {
    using O = LibvirtOptions;
    schema.option("loader_path", &O::loader_path, "A firmware file.")
        .option("loader_type", &O::loader_type, "How the firmware is given to the guest.")
        .one_of({"rom", "pflash"})
        .option("secure_boot", &O::secure_boot, "Turn secure boot on; needs loader_path.")
        .option("nvram_path", &O::nvram_path, "Where the firmware's variables are kept.")
        .option("nvram_template", &O::nvram_template, "What they are copied from.")
        .option("boot_devices", &O::boot_devices, "What to boot from, in this order.")
        .one_of({"hd", "network", "cdrom"});
}

void declare_devices(Schema<LibvirtOptions>& schema) {
    using O = LibvirtOptions;
    schema.blocks("volume", &O::volumes, volume_schema(), "A disk, CD or floppy of the guest.")
        .option("artifact_volume_alias", &O::artifact_volume_alias,
                "The alias of the volume that is the result.")
        .default_is("\"artifact\"")
        .blocks("network_interface", &O::network_interfaces, interface_schema(),
                "A network card of the guest.")
        .option("communicator_interface", &O::communicator_interface,
                "The alias of the card whose address is used.")
        .default_is("\"communicator\"")
        .option("network_address_source", &O::network_address_source,
                "Who tells the guest's address.")
        .one_of({"agent", "lease", "arp"})
        .blocks("graphics", &O::graphics, graphics_schema(), "A screen of the guest.");
}

void declare_boot(Schema<LibvirtOptions>& schema) {
    using O = LibvirtOptions;
    schema
        .option("boot_command", &O::boot_command,
                "What to type into the booting guest: text and keys like <enter>, <wait5s>.")
        .option("boot_wait", &O::boot_wait, "How long to wait after power-on before typing.")
        .default_is("\"10s\"")
        .option("boot_keygroup_interval", &O::boot_keygroup_interval,
                "The pause after each group of keys.")
        .option("key_hold_time", &O::key_hold_time, "How long a key is held down.")
        .option("shutdown_mode", &O::shutdown_mode, "How the guest is asked to shut down.")
        .one_of({"auto", "acpi", "guest", "initctl", "signal", "paravirt"})
        .option("shutdown_timeout", &O::shutdown_timeout, "How long the shutdown may take.")
        .block("communicator", &O::communicator, communicator_schema(),
               "How provisioners reach the guest; all options of communicators stand in here.");
}

Schema<LibvirtNetworkInterface> interface_schema() {
    using O = LibvirtNetworkInterface;
    Schema<O> schema("network_interface", "A network card.");
    schema.option("type", &O::type, "Where it leads.")
        .required()
        .one_of({"managed", "bridge", "network"})
        .option("network", &O::network, "The libvirt network of a managed card.")
        .option("bridge", &O::bridge, "The host's bridge of a bridge card.")
        .option("mac", &O::mac, "The hardware address.")
        .default_is("libvirt picks one")
        .option("model", &O::model, "The card's model.")
        .option("alias", &O::alias, "A name for the card.")
        .check(check_libvirt_interface);
    return schema;
}

Schema<LibvirtVolumeSource> volume_source_schema() {
    using O = LibvirtVolumeSource;
    Schema<O> schema("source", "Where a volume's content comes from.");
    schema.option("type", &O::type, "The kind of the source.")
        .required()
        .one_of({"external", "cloud-init", "cloudinit", "files", "backing-store", "backingstore",
                 "cloning", "clone"})
        .option("urls", &O::urls, "Of external: where to download it, several places in order.")
        .option("checksum", &O::checksum, "Of external: the checksum of the download.")
        .option("meta_data", &O::meta_data, "Of cloud-init: the text of meta-data.")
        .option("user_data", &O::user_data, "Of cloud-init: the text of user-data.")
        .option("network_config", &O::network_config, "Of cloud-init: the network's set-up.")
        .option("files", &O::files, "Of files: what to put on the CD or floppy.")
        .option("contents", &O::contents, "Of files: texts by path.")
        .option("label", &O::label, "Of files: the medium's label.")
        .option("pool", &O::pool, "Of backing-store and cloning: the pool of the volume.")
        .option("volume", &O::volume, "Of backing-store and cloning: the volume.")
        .option("path", &O::path, "Of backing-store: the file, in place of pool and volume.")
        .check(check_libvirt_source);
    return schema;
}

Schema<LibvirtVolume> volume_schema() {
    using O = LibvirtVolume;
    Schema<O> schema("volume", "A disk, CD or floppy.");
    schema.option("pool", &O::pool, "The storage pool of the volume.")
        .option("name", &O::name, "The volume's name.")
        .default_is("the guest's name and the alias")
        .block("source", &O::source, volume_source_schema(),
               "Where its content comes from; without one the volume is there, or is made empty.")
        .option("capacity", &O::capacity, "The size that the guest sees, like \"20G\".")
        .default_is("that of size")
        .option("size", &O::size, "The size that is allocated, like \"20G\".")
        .default_is("that of capacity")
        .option("format", &O::format, "The volume's format.")
        .default_is("the pool's")
        .option("device", &O::device, "What the guest sees.")
        .one_of({"disk", "cdrom", "floppy", "lun"})
        .option("bus", &O::bus, "How it is attached.")
        .default_is("\"scsi\"; \"fdc\" for a floppy")
        .option("target_dev", &O::target_dev, "Accepted for old templates; does nothing.")
        .deprecated("names of devices are given out in order")
        .option("readonly", &O::readonly, "Do not let the guest write.")
        .option("alias", &O::alias, "A name for the volume.")
        .check(check_libvirt_volume);
    return schema;
}

Schema<LibvirtGraphics> graphics_schema() {
    using O = LibvirtGraphics;
    Schema<O> schema("graphics", "A screen.");
    schema.option("type", &O::type, "The kind of the screen.")
        .required()
        .one_of({"vnc", "sdl"})
        .option("display", &O::display, "Of sdl: the X display.")
        .option("port", &O::port, "Of vnc: the port; 0: any free one.");
    return schema;
}

}  // namespace
}  // namespace kiln
