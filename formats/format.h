#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "formats/file/input_file.h"

namespace kiln::formats {

class OutputOptions;
class Sink;
class Source;
struct CheckReport;
struct ConvertOptions;
struct OpenOptions;
struct OutputSpec;

/// A format of disk images: its names and what can be done with it. One constant object per format,
/// in `NAME/NAME_format.cpp`; registry.cpp lists them. Compared by address.
struct Format {
    std::string_view name;   ///< as qemu-img calls it where it knows it: `qcow2`, `vpc` is `vhd`
    std::string_view title;  ///< for lists: "QEMU copy-on-write"
    /// File name extensions without the dot, in lower case; the first is the usual one.
    std::span<const std::string_view> extensions;
    /// For help: the options of `make_sink` and their values, a line each.
    std::string_view options;

    /// Whether the file is of this format by its magic. Reads a few sectors; never throws for what
    /// stands there.
    bool (*recognizes)(const InputFile& file);
    std::unique_ptr<Source> (*open)(InputFile file, const OpenOptions& options);
    /// Reports damage; throws Error only for a file that cannot be opened as this format at all.
    void (*check)(const InputFile& file, CheckReport& report, const OpenOptions& options,
                  const ConvertOptions& work);
    /// Null for a format that is only read. Asks `options` for what it takes; its caller sees to
    /// what is left.
    std::unique_ptr<Sink> (*make_sink)(const OutputSpec& spec, OutputOptions& options);
};

/// All formats, in the order in which a file's magic is looked at.
std::span<const Format* const> all_formats();

/// By its name, or one of the names that other tools use (`vpc`); null when there is none.
const Format* find_format(std::string_view name);
/// The same; throws kiln::Error with a suggestion when there is none.
const Format& format_named(std::string_view name);
/// By a file name's extension, compound ones (`.tar.gz`) included; null when it tells nothing.
const Format* format_of_file_name(std::string_view file_name);

}  // namespace kiln::formats
