#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "formats/codec/compress.h"
#include "formats/engine/converter.h"
#include "formats/ova/ovf.h"
#include "formats/sink.h"
#include "formats/source.h"

namespace kiln::formats {

struct OvaOptions {
    Speed speed = Speed::Balanced;
    /// The digest of the whole archive. Those in the manifest are always computed, in the same
    /// pass; this one needs the finished file to be read back, as the descriptor stands first.
    bool sha256 = true;
    std::vector<DigestType> digests = {};  ///< further ones, in the same pass as that
};

/// An OVA in one pass: a ustar archive that holds, in this order, `NAME.ovf`, `NAME.mf` and
/// `NAME-disk1.vmdk`... (the order of DSP0243 and of ovftool; VMware insists on the descriptor
/// being first). The descriptor and the manifest have a size that is known beforehand and are
/// written last into the room reserved for them. Entries carry no owner and no time, so that the
/// same disk gives the same archive.
///
/// NAME is the archive's file name without `.ova`.

/// One disk: a sink like any other, so that the same read can feed more outputs.
std::unique_ptr<Sink> make_ova_sink(const std::filesystem::path& path, const OvfMachine& machine,
                                    const OvaOptions& options = {});

/// Any number of disks, converted one after the other and committed at the end. Errors and
/// cancellation as `convert`.
OutputResult write_ova(const std::filesystem::path& path, const OvfMachine& machine,
                       std::span<const Source* const> disks, const OvaOptions& options = {},
                       const ConvertOptions& convert_options = {});

}  // namespace kiln::formats
