#include "judge.h"

#include <algorithm>
#include <fstream>
#include <random>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "formats/engine/converter.h"
#include "formats/inspect.h"

namespace kiln::formats::judge {
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMiB = 1U << 20;

std::string text_of_kind(unsigned kind, std::size_t length, std::mt19937& random);
void write_at(std::fstream& file, std::uint64_t offset, const std::string& text);
void judge_huge(const QemuImage& image, const Disk& disk, const std::string& label);
std::uint64_t qemu_virtual_size(const QemuImage& image);
bool libyal_reads(const QemuImage& image);

}  // namespace

const std::vector<std::string>& small_disk_names() {
    static const std::vector<std::string> names = {
        "nothing",        "sector",          "odd",      "mixed", "zero", "zero_full", "random",
        "alternating_4k", "alternating_64k", "last_byte"};
    return names;
}

const std::vector<std::string>& huge_disk_names() {
    static const std::vector<std::string> names = {"two_tib_less_a_sector", "six_tib"};
    return names;
}

Disk make_disk(const std::string& name, const fs::path& directory) {
    Disk disk{name, directory / (name + ".raw"), 0, {}};
    const std::map<std::string, std::uint64_t> sizes = {
        {"nothing", 0},
        {"sector", 512},
        {"odd", 65536 * 3 + 512},
        {"mixed", 3 * kMiB + 7 * 512},
        {"zero", 5 * kMiB},
        {"zero_full", 2 * kMiB + 512},
        {"random", 2 * kMiB + 512},
        {"alternating_4k", 2 * kMiB},
        {"alternating_64k", 4 * kMiB},
        {"last_byte", 70 * kMiB + 512},
        {"two_tib_less_a_sector", (std::uint64_t{2} << 40) - 512},
        {"six_tib", std::uint64_t{6} << 40},
    };
    disk.size = sizes.at(name);
    std::ofstream(disk.path).close();
    fs::resize_file(disk.path, disk.size);
    std::fstream file(disk.path, std::ios::in | std::ios::out | std::ios::binary);
    std::mt19937 random(static_cast<unsigned>(disk.size));
    if (disk.size > (std::uint64_t{1} << 40)) {
        disk.marks = {
            {0, 4096, 0x11}, {disk.size / 2 - 1000, 70000, 0x22}, {disk.size - 5, 5, 0x33}};
        for (const Disk::Mark& mark : disk.marks) {
            write_at(file, mark.offset, std::string(mark.length, static_cast<char>(mark.byte)));
        }
    } else if (name == "sector" || name == "odd" || name == "mixed") {
        for (std::uint64_t position = 0; position < disk.size;) {
            const auto length =
                std::min<std::uint64_t>(random() % 300'000 + 1, disk.size - position);
            const unsigned kind = position == 0 ? 1 : random() % 4;
            if (kind != 0) write_at(file, position, text_of_kind(kind, length, random));
            position += length;
        }
    } else if (name == "random") {
        write_at(file, 0, text_of_kind(1, disk.size, random));
    } else if (name == "zero_full") {
        write_at(file, 0, std::string(disk.size, '\0'));
    } else if (name.starts_with("alternating")) {
        const std::uint64_t unit = name == "alternating_4k" ? 4096 : 65536;
        for (std::uint64_t at = 0; at < disk.size; at += 2 * unit) {
            write_at(file, at, text_of_kind(at % (4 * unit) == 0 ? 1 : 2, unit, random));
        }
    } else if (name == "last_byte") {
        write_at(file, disk.size - 1, "x");
    }
    return disk;
}

fs::path write(const Source& source, const Writer& writer, const fs::path& directory,
               const std::string& name, unsigned threads) {
    OutputSpec spec;
    spec.path = directory / (name + "." + std::string(writer.format->extensions.front()));
    spec.format = writer.format;
    spec.options = writer.options;
    spec.speed = Speed::Fast;
    // The digest of a file of terabytes is nobody's wish here.
    spec.sha256 = source.virtual_size() < (std::uint64_t{1} << 40);
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(make_sink(spec));
    ConvertOptions options;
    options.threads = threads;
    CancelSource limit;
    options.cancel = limit.token();
    const Deadline deadline(limit, std::chrono::minutes(2), "two minutes for a small conversion");
    convert(source, sinks, options);
    return spec.path;
}

std::unique_ptr<Source> open_as(const fs::path& path, const Format* format) {
    OpenOptions options;
    options.format = format;
    options.allow_backing = true;  // the extents of a VMDK
    return open_source(path, options);
}

std::unique_ptr<Source> open_raw(const fs::path& path) {
    return open_as(path, find_format("raw"));
}

ProcessOutput run(const std::string& program, std::vector<std::string> arguments,
                  const fs::path& directory) {
    ProcessSpec spec;
    spec.program = program;
    spec.arguments = std::move(arguments);
    spec.directory = directory;
    return run_process(spec, CancelToken(), std::chrono::minutes(3));
}

void must_run(const std::string& program, std::vector<std::string> arguments,
              const fs::path& directory) {
    const std::string line = fmt::format("{} {}", program, fmt::join(arguments, " "));
    const ProcessOutput output = run(program, std::move(arguments), directory);
    EXPECT_TRUE(output.status.success()) << line << "\n" << output.out << output.err;
}

std::optional<QemuImage> for_qemu(const Format& format, const fs::path& image,
                                  const fs::path& scratch) {
    static const std::map<std::string, std::string, std::less<>> names = {
        {"raw", "raw"}, {"qcow2", "qcow2"}, {"vmdk", "vmdk"},
        {"vhd", "vpc"}, {"vhdx", "vhdx"},   {"vdi", "vdi"}};
    if (const auto known = names.find(format.name); known != names.end()) {
        return QemuImage{image, known->second};
    }
    const auto from_tar = [&](const char* pattern, const char* kind) {
        const fs::path out = scratch / "unpacked";
        must_run("sh", {"-c", "tar xOf \"$0\" --wildcards \"$1\" > \"$2\"", image.string(), pattern,
                        out.string()});
        return QemuImage{out, kind};
    };
    if (format.name == "ova") return from_tar("*.vmdk", "vmdk");
    if (format.name == "gcp") {  // with its holes
        must_run("tar", {"xSf", image.string(), "-C", scratch.string(), "disk.raw"});
        return QemuImage{scratch / "disk.raw", "raw"};
    }
    if (format.name == "box") return from_tar("*box.img", "qcow2");
    return std::nullopt;
}

unsigned long& round_trips() {
    static unsigned long count = 0;
    return count;
}

void judge_image(const Format& format, const fs::path& image, const Disk& disk,
                 const fs::path& scratch, const std::string& label) {
    const auto original = open_raw(disk.path);
    const auto written = open_as(image, &format);
    // Some formats hold whole sectors, mebibytes or cylinders only; none may lose a byte.
    EXPECT_GE(written->virtual_size(), disk.size) << label;
    EXPECT_LE(written->virtual_size() - disk.size, format.name == "gcp" ? 1024 * kMiB : 64 * kMiB)
        << label;
    const CompareResult result = compare_images(*original, *written);
    EXPECT_TRUE(result.identical) << label << ": differs at " << result.first_difference;
    ++round_trips();

    if (format.name != "raw") {
        EXPECT_EQ(open_as(image, nullptr)->info().format, written->info().format) << label;
    }
    OpenOptions options;
    options.format = &format;
    options.allow_backing = true;
    const CheckReport report = check_image(image, options);
    EXPECT_TRUE(report.clean()) << label << ": "
                                << fmt::format("{}", fmt::join(report.problems, "\n"));

    const std::optional<QemuImage> qemu = for_qemu(format, image, scratch);
    if (!qemu) return;
    // A VMDK of no bytes, its own included, is none to qemu.
    if (disk.size == 0 && qemu->format == "vmdk") return;
    ++round_trips();
    EXPECT_GE(qemu_virtual_size(*qemu), disk.size) << label;
    if (disk.marks.empty()) {
        must_run("qemu-img", {"compare", "-f", "raw", "-F", qemu->format, disk.path.string(),
                              qemu->path.string()});
    } else {
        judge_huge(*qemu, disk, label);
    }
    if (qemu->format != "raw" && qemu->format != "vpc") {
        must_run("qemu-img", {"check", "-f", qemu->format, qemu->path.string()});
    }
}

void judge_with_others(const Format& format, const fs::path& image, const Disk& disk,
                       const fs::path& scratch, const std::string& label) {
    const std::map<std::string, std::string, std::less<>> programs = {
        {"vmdk", "vmdkinfo"}, {"qcow2", "qcowinfo"}, {"vpc", "vhdiinfo"}, {"vhdx", "vhdiinfo"}};
    const std::optional<QemuImage> qemu = for_qemu(format, image, scratch);
    if (!qemu) return;
    const auto info = programs.find(qemu->format);
    if (info != programs.end() && find_program(info->second) && libyal_reads(*qemu)) {
        const ProcessOutput output = run(info->second, {qemu->path.string()});
        EXPECT_TRUE(output.status.success()) << label << ": " << output.out << output.err;
        ++round_trips();
    }
    if (!find_program("nbdcopy") || !find_program("qemu-nbd") || !find_program("nbdkit")) return;
    const std::string copy = (scratch / "copied").string();
    std::vector<std::string> server = {"qemu-nbd", "-r", "-f", qemu->format, qemu->path.string()};
    if (qemu->format == "raw") server = {"nbdkit", "--exit-with-parent", "file", image.string()};
    if (qemu->format == "raw" && qemu->path != image) return;
    std::vector<std::string> arguments = {"--", "["};
    arguments.insert(arguments.end(), server.begin(), server.end());
    arguments.insert(arguments.end(), {"]", copy});
    std::ofstream(copy).close();
    must_run("nbdcopy", arguments);
    EXPECT_TRUE(compare_images(*open_raw(disk.path), *open_raw(copy)).identical) << label;
    ++round_trips();
}

namespace {

std::string text_of_kind(unsigned kind, std::size_t length, std::mt19937& random) {
    std::string text(length, '\0');
    for (char& c : text) {
        if (kind == 1) c = static_cast<char>(random());
        if (kind == 2) c = "kiln fires clay and images\n"[random() % 27];
    }
    return text;
}

void write_at(std::fstream& file, std::uint64_t offset, const std::string& text) {
    file.seekp(static_cast<std::streamoff>(offset));
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
}

void judge_huge(const QemuImage& image, const Disk& disk, const std::string& label) {
    std::vector<std::string> arguments = {"-r", "-f", image.format};
    const auto expect = [&](std::uint64_t offset, std::uint64_t length, unsigned byte) {
        arguments.insert(arguments.end(),
                         {"-c", fmt::format("read -P {} {} {}", byte, offset, length)});
    };
    for (const Disk::Mark& mark : disk.marks) {
        expect(mark.offset, mark.length, mark.byte);
        if (mark.offset >= kMiB) expect(mark.offset - kMiB, kMiB, 0);
    }
    expect(disk.size / 4, 3 * kMiB, 0);
    arguments.push_back(image.path.string());
    const ProcessOutput output = run("qemu-io", arguments);
    EXPECT_TRUE(output.status.success()) << label << "\n" << output.out << output.err;
    EXPECT_EQ(output.out.find("verification failed"), std::string::npos) << label << output.out;
}

std::uint64_t qemu_virtual_size(const QemuImage& image) {
    const ProcessOutput output =
        run("qemu-img", {"info", "-f", image.format, "--output=json", image.path.string()});
    EXPECT_TRUE(output.status.success()) << image.path << ": " << output.err;
    if (!output.status.success()) return 0;
    return nlohmann::json::parse(output.out).at("virtual-size").get<std::uint64_t>();
}

// libqcow knows no incompatible feature.
bool libyal_reads(const QemuImage& image) {
    if (image.format != "qcow2") return true;
    std::ifstream file(image.path, std::ios::binary);
    std::string head(80, '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head[7] == 2 || head[79] == 0;
}

}  // namespace
}  // namespace kiln::formats::judge
