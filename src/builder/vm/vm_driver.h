#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/build_context.h"
#include "machine/machine.h"

namespace kiln {

/// What the steps have brought about so far that a hypervisor needs for its guest.
struct GuestPlan {
    std::filesystem::path source;  ///< the ISO, or the disk image
    std::filesystem::path output_directory;
    std::filesystem::path scratch;           ///< for temporary files; goes with the build
    std::vector<std::filesystem::path> cds;  ///< extra CDs
    std::filesystem::path serial_log;
    std::string http_address;  ///< as the guest sees it
    std::uint16_t http_port = 0;
    std::uint16_t ssh_host_port = 0;  ///< leads to the guest's SSH server; 0: none
};

/// The finished disks of a build.
struct SealedDisks {
    std::vector<std::filesystem::path> disks;  ///< the main one first
    std::map<std::filesystem::path, std::string> digests;
};

/// What a hypervisor adds to the one recipe for VM builds. Used by one build's thread.
class VmDriver {
  public:
    virtual ~VmDriver() = default;

    /// Makes the guest's disks in the output directory.
    virtual void create_disks(const GuestPlan& plan, BuildContext& context) = 0;
    /// The guest, not yet started.
    virtual std::unique_ptr<Machine> make_machine(const GuestPlan& plan, BuildContext& context) = 0;
    /// The host's address as the guest sees it.
    virtual std::string host_address_for_guest() const = 0;
    /// Compacts or compresses the disks as the options want it, after the guest has gone.
    virtual SealedDisks seal(const GuestPlan& plan, BuildContext& context) = 0;
};

}  // namespace kiln
