#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kiln::formats {

enum class DiskController { LsiLogic, LsiLogicSas, Pvscsi, Ahci, Ide };
enum class Firmware { Bios, Efi };

struct OvfNetworkCard {
    std::string adapter = "VmxNet3";  ///< `VmxNet3`, `E1000`, `E1000e`, `PCNet32`
    std::string network = "VM Network";
};

/// A disk and the file that holds it.
struct OvfDisk {
    std::string file_name;
    std::uint64_t capacity = 0;        ///< of the disk, in bytes
    std::uint64_t file_size = 0;       ///< of the file, exactly
    std::uint64_t populated_size = 0;  ///< bytes of the disk that hold data
};

/// The machine that an OVF describes (DMTF DSP0243 1.1, as VMware writes it).
struct OvfMachine {
    std::string name;
    std::string annotation;
    std::string vmware_os_type = "other3xLinux64Guest";  ///< vmw:osType
    unsigned cim_os_type = 101;      ///< CIM_OperatingSystem.OsType; 101: Linux 64-bit
    unsigned hardware_version = 13;  ///< `vmx-13`: ESXi 6.5 and later
    unsigned cpus = 1;
    unsigned memory_mib = 1024;
    Firmware firmware = Firmware::Bios;
    bool secure_boot = false;  ///< only with Firmware::Efi
    DiskController disk_controller = DiskController::LsiLogic;
    std::vector<OvfNetworkCard> network_cards = {OvfNetworkCard{}};
};

/// The descriptor's text. Throws kiln::Error when a value is out of the range that importers take
/// (no name, no CPU, a name with `/` or control characters, and so on).
std::string to_ovf(const OvfMachine& machine, const std::vector<OvfDisk>& disks);

/// The machine's OS identifiers from a short name: `linux`, `debian`, `ubuntu`, `rhel`, `windows`,
/// `other`, or VMware's own word (`debian11_64Guest`), which is taken as it is.
void set_os_type(OvfMachine& machine, const std::string& name);

}  // namespace kiln::formats
