#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/codec/compress.h"
#include "formats/format.h"
#include "formats/sink.h"

namespace kiln::formats {

/// An output as the command line and templates name it. `options` are in the format's own words, as
/// qemu-img's `-o`; each format's header (qcow2/qcow2_sink.h...) says what they mean, and
/// `Format::options` lists them.
struct OutputSpec {
    std::filesystem::path path;
    const Format* format = nullptr;
    std::map<std::string, std::string> options;
    Speed speed = Speed::Balanced;
    bool sha256 = true;  ///< compute the digest of the finished file
    /// Further digests of the finished file, in the same pass where SHA-256 is.
    std::vector<DigestType> digests = {};
};

/// Checks every option; throws kiln::Error that names the option and the values it takes, or says
/// that the format cannot be written. Nothing is written before `Sink::begin`.
std::unique_ptr<Sink> make_sink(const OutputSpec& spec);

}  // namespace kiln::formats
