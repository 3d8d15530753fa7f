#include "formats/ova/ovf.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/suggest.h"
#include "formats/ova/xml.h"

namespace kiln::formats {

namespace {

// CIM_ResourceAllocationSettingData.ResourceType
constexpr unsigned kProcessor = 3;
constexpr unsigned kMemory = 4;
constexpr unsigned kIdeController = 5;
constexpr unsigned kScsiController = 6;
constexpr unsigned kEthernet = 10;
constexpr unsigned kDisk = 17;
constexpr unsigned kSataController = 20;
constexpr unsigned kDisksPerController = 15;  // SCSI: unit 7 is the controller's own
constexpr unsigned kScsiOwnUnit = 7;

struct Controller {
    unsigned resource_type;
    std::string_view sub_type;
    std::string_view name;
    std::size_t max_disks;
};

// The items of the hardware section, numbered as they come. DSP0243 wants an item's elements in
// the order of the alphabet, and so does ovftool.
class HardwareSection {
  public:
    HardwareSection(XmlElement& system, const OvfMachine& machine);
    void add_processor();
    void add_memory();
    void add_disks(const std::vector<OvfDisk>& disks);
    void add_network_cards();
    void add_configuration();

  private:
    using Fields = std::vector<std::pair<std::string_view, std::string>>;
    unsigned add_item(Fields fields, unsigned resource_type);
    void add_config(std::string_view key, std::string_view value);

    XmlElement& section_;
    const OvfMachine& machine_;
    unsigned last_id_ = 0;
};

void check(const OvfMachine& machine, const std::vector<OvfDisk>& disks);
void check_text(std::string_view what, const std::string& text, bool may_be_empty);
void add_envelope_attributes(XmlElement& envelope);
void add_references(XmlElement& envelope, const std::vector<OvfDisk>& disks);
void add_disk_section(XmlElement& envelope, const std::vector<OvfDisk>& disks);
void add_network_section(XmlElement& envelope, const OvfMachine& machine);
void add_operating_system(XmlElement& system, const OvfMachine& machine);
Controller controller_of(DiskController kind);

}  // namespace

std::string to_ovf(const OvfMachine& machine, const std::vector<OvfDisk>& disks) {
    check(machine, disks);
    XmlElement envelope;
    envelope.name = "Envelope";
    add_envelope_attributes(envelope);
    add_references(envelope, disks);
    add_disk_section(envelope, disks);
    add_network_section(envelope, machine);

    XmlElement& system = envelope.add("VirtualSystem");
    system.set("ovf:id", machine.name);
    system.add_text("Info", "A virtual machine");
    system.add_text("Name", machine.name);
    add_operating_system(system, machine);
    HardwareSection hardware(system, machine);
    hardware.add_processor();
    hardware.add_memory();
    hardware.add_disks(disks);
    hardware.add_network_cards();
    hardware.add_configuration();
    if (!machine.annotation.empty()) {
        XmlElement& annotation = system.add("AnnotationSection");
        annotation.add_text("Info", "A human-readable annotation");
        annotation.add_text("Annotation", machine.annotation);
    }
    return to_xml(envelope);
}

void set_os_type(OvfMachine& machine, const std::string& name) {
    struct Known {
        std::string_view name;
        std::string_view vmware;
        unsigned cim;
    };
    // The numbers are of CIM_OperatingSystem.OsType.
    static constexpr std::array kKnown = {
        Known{"linux", "other3xLinux64Guest", 101},
        Known{"debian", "debian10_64Guest", 96},
        Known{"ubuntu", "ubuntu64Guest", 94},
        Known{"rhel", "rhel8_64Guest", 80},
        Known{"windows", "windows2019srv_64Guest", 112},
        Known{"other", "otherGuest64", 102},
    };
    const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                    [&](const Known& item) { return item.name == name; });
    if (known != kKnown.end()) {
        machine.vmware_os_type = known->vmware;
        machine.cim_os_type = known->cim;
        return;
    }
    if (!name.ends_with("Guest") && !name.ends_with("Guest64")) {
        std::vector<std::string> names;
        for (const Known& item : kKnown) names.emplace_back(item.name);
        throw Error(fmt::format("os_type {} is not known.{}", name, did_you_mean(name, names)))
            .with_hint(
                "Use linux, debian, ubuntu, rhel, windows, other, or VMware's identifier, which "
                "ends in Guest.");
    }
    machine.vmware_os_type = name;
    machine.cim_os_type = name.starts_with("win") ? 1 : 101;
}

namespace {

HardwareSection::HardwareSection(XmlElement& system, const OvfMachine& machine)
    : section_(system.add("VirtualHardwareSection")), machine_(machine) {
    section_.add_text("Info", "Virtual hardware requirements");
    XmlElement& family = section_.add("System");
    family.add_text("vssd:ElementName", "Virtual Hardware Family");
    family.add_text("vssd:InstanceID", "0");
    family.add_text("vssd:VirtualSystemIdentifier", machine.name);
    family.add_text("vssd:VirtualSystemType", fmt::format("vmx-{:02}", machine.hardware_version));
}

void HardwareSection::add_processor() {
    const std::string count = std::to_string(machine_.cpus);
    add_item({{"AllocationUnits", "hertz * 10^6"},
              {"Description", "Number of Virtual CPUs"},
              {"ElementName", count + " virtual CPU(s)"},
              {"VirtualQuantity", count}},
             kProcessor);
}

void HardwareSection::add_memory() {
    const std::string size = std::to_string(machine_.memory_mib);
    add_item({{"AllocationUnits", "byte * 2^20"},
              {"Description", "Memory Size"},
              {"ElementName", size + "MB of memory"},
              {"VirtualQuantity", size}},
             kMemory);
}

void HardwareSection::add_disks(const std::vector<OvfDisk>& disks) {
    const Controller kind = controller_of(machine_.disk_controller);
    Fields controller = {{"Address", "0"},
                         {"Description", std::string(kind.name)},
                         {"ElementName", fmt::format("{} 0", kind.name)}};
    if (!kind.sub_type.empty()) controller.emplace_back("ResourceSubType", kind.sub_type);
    const unsigned parent = add_item(std::move(controller), kind.resource_type);
    for (std::size_t i = 0; i < disks.size(); ++i) {
        const bool skips = kind.resource_type == kScsiController && i >= kScsiOwnUnit;
        add_item({{"AddressOnParent", std::to_string(i + (skips ? 1 : 0))},
                  {"ElementName", fmt::format("Hard Disk {}", i + 1)},
                  {"HostResource", fmt::format("ovf:/disk/vmdisk{}", i + 1)},
                  {"Parent", std::to_string(parent)}},
                 kDisk);
    }
}

void HardwareSection::add_network_cards() {
    for (std::size_t i = 0; i < machine_.network_cards.size(); ++i) {
        const OvfNetworkCard& card = machine_.network_cards[i];
        add_item({{"AddressOnParent", std::to_string(i + 7)},
                  {"AutomaticAllocation", "true"},
                  {"Connection", card.network},
                  {"Description",
                   fmt::format("{} ethernet adapter on \"{}\"", card.adapter, card.network)},
                  {"ElementName", fmt::format("Network adapter {}", i + 1)},
                  {"ResourceSubType", card.adapter}},
                 kEthernet);
    }
}

void HardwareSection::add_configuration() {
    if (machine_.firmware == Firmware::Bios) return;  // what importers assume
    add_config("firmware", "efi");
    if (machine_.secure_boot) add_config("bootOptions.efiSecureBootEnabled", "true");
}

unsigned HardwareSection::add_item(Fields fields, unsigned resource_type) {
    const unsigned id = ++last_id_;
    fields.emplace_back("InstanceID", std::to_string(id));
    fields.emplace_back("ResourceType", std::to_string(resource_type));
    std::sort(fields.begin(), fields.end());
    XmlElement& item = section_.add("Item");
    for (const auto& [name, value] : fields) item.add_text(fmt::format("rasd:{}", name), value);
    return id;
}

void HardwareSection::add_config(std::string_view key, std::string_view value) {
    XmlElement& config = section_.add("vmw:Config");
    config.set("ovf:required", "false");
    config.set("vmw:key", key);
    config.set("vmw:value", value);
}

void check(const OvfMachine& machine, const std::vector<OvfDisk>& disks) {
    check_text("the machine's name", machine.name, false);
    check_text("the annotation", machine.annotation, true);
    check_text("the OS type", machine.vmware_os_type, false);
    if (machine.name.find_first_of("/\\") != std::string::npos) {
        throw Error(fmt::format("the machine's name {} has a slash", machine.name));
    }
    if (machine.cpus == 0 || machine.cpus > 1024) {
        throw Error(fmt::format("a machine with {} CPUs cannot be described", machine.cpus));
    }
    if (machine.memory_mib < 4) {
        throw Error(fmt::format("a machine with {} MiB cannot be described", machine.memory_mib));
    }
    if (machine.hardware_version < 4 || machine.hardware_version > 99) {
        throw Error(fmt::format("hardware version {} is not VMware's", machine.hardware_version))
            .with_hint("13 is for ESXi 6.5 and later, 19 for 7.0, 21 for 8.0.");
    }
    if (machine.secure_boot && machine.firmware != Firmware::Efi) {
        throw Error("secure boot needs the firmware efi")
            .with_hint("Add firmware=efi, or leave secure_boot out.");
    }
    const std::size_t most = controller_of(machine.disk_controller).max_disks;
    if (disks.empty() || disks.size() > most) {
        throw Error(fmt::format("{} disks do not fit on the machine's controller", disks.size()))
            .with_hint(fmt::format("It takes 1 to {}.", most));
    }
    for (const OvfNetworkCard& card : machine.network_cards) {
        check_text("the network's name", card.network, false);
        check_text("the network adapter's type", card.adapter, false);
    }
}

// Control characters are not allowed in XML 1.0, not even as references.
void check_text(std::string_view what, const std::string& text, bool may_be_empty) {
    if (text.empty() && !may_be_empty) throw Error(fmt::format("{} is missing", what));
    const bool control = std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    });
    if (control) throw Error(fmt::format("{} has control characters", what));
}

void add_envelope_attributes(XmlElement& envelope) {
    envelope.set("xmlns", "http://schemas.dmtf.org/ovf/envelope/1");
    envelope.set("xmlns:cim", "http://schemas.dmtf.org/wbem/wscim/1/common");
    envelope.set("xmlns:ovf", "http://schemas.dmtf.org/ovf/envelope/1");
    envelope.set(
        "xmlns:rasd",
        "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData");
    envelope.set("xmlns:vmw", "http://www.vmware.com/schema/ovf");
    envelope.set("xmlns:vssd",
                 "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData");
    envelope.set("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
}

void add_references(XmlElement& envelope, const std::vector<OvfDisk>& disks) {
    XmlElement& references = envelope.add("References");
    for (std::size_t i = 0; i < disks.size(); ++i) {
        XmlElement& file = references.add("File");
        file.set("ovf:href", disks[i].file_name);
        file.set("ovf:id", fmt::format("file{}", i + 1));
        file.set("ovf:size", std::to_string(disks[i].file_size));
    }
}

void add_disk_section(XmlElement& envelope, const std::vector<OvfDisk>& disks) {
    XmlElement& section = envelope.add("DiskSection");
    section.add_text("Info", "Virtual disk information");
    for (std::size_t i = 0; i < disks.size(); ++i) {
        XmlElement& disk = section.add("Disk");
        disk.set("ovf:capacity", std::to_string(disks[i].capacity));
        disk.set("ovf:capacityAllocationUnits", "byte");
        disk.set("ovf:diskId", fmt::format("vmdisk{}", i + 1));
        disk.set("ovf:fileRef", fmt::format("file{}", i + 1));
        disk.set("ovf:format",
                 "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized");
        disk.set("ovf:populatedSize", std::to_string(disks[i].populated_size));
    }
}

void add_network_section(XmlElement& envelope, const OvfMachine& machine) {
    if (machine.network_cards.empty()) return;
    XmlElement& section = envelope.add("NetworkSection");
    section.add_text("Info", "The list of logical networks");
    std::vector<std::string> names;
    for (const OvfNetworkCard& card : machine.network_cards) {
        if (std::find(names.begin(), names.end(), card.network) != names.end()) continue;
        names.push_back(card.network);
        XmlElement& network = section.add("Network");
        network.set("ovf:name", card.network);
        network.add_text("Description", fmt::format("The {} network", card.network));
    }
}

void add_operating_system(XmlElement& system, const OvfMachine& machine) {
    XmlElement& os = system.add("OperatingSystemSection");
    os.set("ovf:id", std::to_string(machine.cim_os_type));
    os.set("vmw:osType", machine.vmware_os_type);
    os.add_text("Info", "The kind of installed guest operating system");
}

Controller controller_of(DiskController kind) {
    switch (kind) {
        case DiskController::LsiLogic:
            return {kScsiController, "lsilogic", "SCSI Controller", kDisksPerController};
        case DiskController::LsiLogicSas:
            return {kScsiController, "lsilogicsas", "SCSI Controller", kDisksPerController};
        case DiskController::Pvscsi:
            return {kScsiController, "VirtualSCSI", "SCSI Controller", kDisksPerController};
        case DiskController::Ahci:
            return {kSataController, "vmware.sata.ahci", "SATA Controller", 30};
        case DiskController::Ide:
            return {kIdeController, "", "IDE Controller", 2};
    }
    throw Error("no such disk controller");
}

}  // namespace
}  // namespace kiln::formats
