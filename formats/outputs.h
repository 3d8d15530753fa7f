#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "formats/compress.h"
#include "formats/sink.h"
#include "formats/source.h"

namespace kiln::formats {

/// An output as the command line and templates name it. `options` are in the format's own words, as
/// qemu-img's `-o`:
///
///     raw    preallocation=off|falloc
///     qcow2  cluster_size=64k  compat=0.10|1.1  lazy_refcounts=on|off  compression_type=zlib|zstd
///            compress=on|off  window=4k|32k (zlib; see compress.h)
///     vmdk   subformat=streamOptimized  adapter_type=ide|lsilogic|buslogic|legacyESX|pvscsi
///            hwversion=N
///     ova    vm_name  vcpus  memory (MiB)  os_type  firmware=bios|efi  hwversion=N  network
///            network_adapter  disk_controller  annotation: see ova/ovf.h
struct OutputSpec {
    std::filesystem::path path;
    Format format = Format::Raw;
    std::map<std::string, std::string> options;
    Speed speed = Speed::Balanced;
    bool sha256 = true;  ///< compute the digest of the finished file
};

/// Checks every option; throws kiln::Error that names the option and the values it takes.
/// Nothing is written before `Sink::begin`.
std::unique_ptr<Sink> make_sink(const OutputSpec& spec);

/// `raw`, `qcow2`, `vmdk`, `ova`; nothing for others.
std::optional<Format> format_from_name(std::string_view name);
std::string_view format_name(Format format);

}  // namespace kiln::formats
