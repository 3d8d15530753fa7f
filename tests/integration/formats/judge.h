#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/process.h"
#include "formats/format.h"
#include "formats/outputs.h"
#include "formats/source.h"
#include "writers.h"

/// What the tests that judge the formats from outside share: disks, the variants of every writer in
/// the registry, and other people's programs as judges. One thread at a time.
namespace kiln::formats::judge {

/// A raw file to convert from. Made by `make_disk`.
struct Disk {
    std::string name;
    std::filesystem::path path;
    std::uint64_t size = 0;
    /// Ranges that hold other bytes than zero in a huge disk; empty for disks that are small enough
    /// to be compared whole by anybody.
    struct Mark {
        std::uint64_t offset;
        std::uint64_t length;
        unsigned char byte;
    };
    std::vector<Mark> marks;
};

/// Every kind of disk that the round trips use, small ones first: no bytes, one sector, sizes that
/// are no multiple of a grain or a cluster, all zero, all random, alternating, one byte at the end.
const std::vector<std::string>& small_disk_names();
/// 2 TiB less a sector, and 6 TiB.
const std::vector<std::string>& huge_disk_names();
Disk make_disk(const std::string& name, const std::filesystem::path& directory);

/// Writes the disk (or any source) and returns the path: `name` below `directory` with the format's
/// first extension.
std::filesystem::path write(const Source& source, const Writer& writer,
                            const std::filesystem::path& directory, const std::string& name,
                            unsigned threads = 2);
std::unique_ptr<Source> open_as(const std::filesystem::path& path, const Format* format);
std::unique_ptr<Source> open_raw(const std::filesystem::path& path);

ProcessOutput run(const std::string& program, std::vector<std::string> arguments,
                  const std::filesystem::path& directory = {});
/// A failure of the running test when the program does not end well.
void must_run(const std::string& program, std::vector<std::string> arguments,
              const std::filesystem::path& directory = {});

/// An image as qemu-img reads it: for a container the disk inside, taken out with tar or gzip.
struct QemuImage {
    std::filesystem::path path;
    std::string format;
};
/// Nothing where neither qemu nor the common unpackers know the format.
std::optional<QemuImage> for_qemu(const Format& format, const std::filesystem::path& image,
                                  const std::filesystem::path& scratch);

/// How often a judge said that an image holds its disk (or that a refusal was clear).
unsigned long& round_trips();

/// Own reader, own probe, own check, qemu-img compare and check, sizes. `label` is for messages.
void judge_image(const Format& format, const std::filesystem::path& image, const Disk& disk,
                 const std::filesystem::path& scratch, const std::string& label);
/// The judges that take longer or read few formats: libyal's info programs, qemu-nbd with nbdcopy,
/// nbdkit.
void judge_with_others(const Format& format, const std::filesystem::path& image, const Disk& disk,
                       const std::filesystem::path& scratch, const std::string& label);

}  // namespace kiln::formats::judge
