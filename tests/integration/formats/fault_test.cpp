// What happens to outputs and sources when the world fails: a full disk, a source that cannot be
// read or shrinks, an interrupt, a kill. No output appears under its final name, nothing is left
// beside it, and the source is as it was.
#include <csignal>
#include <fstream>
#include <thread>

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "formats/engine/converter.h"
#include "formats/inspect.h"
#include "judge.h"
#include "limited_child.h"

namespace kiln::formats::judge {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDiskSize = 24U << 20;

// Bytes that no compressor makes smaller, and then fails or not.
class NoisySource : public Source {
  public:
    explicit NoisySource(std::uint64_t fail_from = ~std::uint64_t{0}) : fail_from_(fail_from) {}

    std::uint64_t virtual_size() const override { return kDiskSize; }
    Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        return {offset, kDiskSize - offset, Extent::Kind::Data};
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        if (offset + out.size() > fail_from_) throw Error("the disk cannot be read: it is broken");
        std::uint64_t state = offset * 0x9e3779b97f4a7c15 + 1;
        for (std::byte& byte : out) {
            state = state * 6364136223846793005 + 1442695040888963407;
            byte = static_cast<std::byte>(state >> 56);
        }
    }
    SourceInfo info() const override { return {}; }

  private:
    std::uint64_t fail_from_;
};

void make_noise(const fs::path& path, std::uint64_t size) {
    const NoisySource noise;
    std::vector<std::byte> bytes(1U << 20);
    std::ofstream file(path, std::ios::binary);
    for (std::uint64_t at = 0; at < size; at += bytes.size()) {
        noise.read(at, bytes);
        file.write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
}

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) {
        names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

// Gives this process the right to mount, which ends with it.
bool enter_user_namespace() {
    const uid_t user = getuid();
    const gid_t group = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << fmt::format("0 {} 1", user);
    std::ofstream("/proc/self/gid_map") << fmt::format("0 {} 1", group);
    return true;
}

// A file system of a few MiB, for as long as this lives; none where even the root of a user
// namespace may not mount.
class SmallFileSystem {
  public:
    explicit SmallFileSystem(fs::path path) : path_(std::move(path)) {
        fs::create_directory(path_);
        mounted_ = mount() || (enter_user_namespace() && mount());
    }
    ~SmallFileSystem() {
        if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
    }
    SmallFileSystem(const SmallFileSystem&) = delete;
    SmallFileSystem& operator=(const SmallFileSystem&) = delete;
    bool mounted() const { return mounted_; }
    const fs::path& path() const { return path_; }

  private:
    bool mount() const { return ::mount("none", path_.c_str(), "tmpfs", 0, "size=4m") == 0; }
    fs::path path_;
    bool mounted_ = false;
};

class Faults : public testing::TestWithParam<Writer> {
  protected:
    OutputSpec spec(const fs::path& directory) const {
        OutputSpec spec;
        const std::string extension(GetParam().format->extensions.front());
        spec.path = directory / ("out." + extension);
        spec.format = GetParam().format;
        spec.options = GetParam().options;
        spec.speed = Speed::Fast;
        return spec;
    }
    // The error that converting ends with; empty when it does not.
    static std::string convert_error(const Source& source, const OutputSpec& spec,
                                     ConvertOptions options = {}) {
        std::vector<std::unique_ptr<Sink>> sinks;
        try {
            sinks.push_back(make_sink(spec));
            options.threads = 2;
            convert(source, sinks, options);
        } catch (const Error& error) {
            return error.to_string();
        }
        return "";
    }
    fs::path path(const std::string& name) const { return directory_.path() / name; }

    // A kill may come when the output has its name already; then it is whole. Of an image in two
    // files it may catch the disk between its name and the descriptor's, never the reverse.
    void expect_nothing_or_all(const std::string& told) const {
        std::vector<std::string> left = names_in(path("out"));
        if (left.empty()) return;
        const fs::path image = spec(path("out")).path;
        const auto subformat = GetParam().options.find("subformat");
        const bool is_pair = GetParam().format->name == "vmdk" &&
                             subformat != GetParam().options.end() &&
                             (subformat->second == "monolithicFlat" || subformat->second == "vmfs");
        const std::string disk = "out-flat.vmdk";
        if (is_pair) EXPECT_EQ(std::erase(left, disk), 1U) << told;
        if (is_pair && left.empty()) return;
        EXPECT_THAT(left, testing::ElementsAre(image.filename().string())) << told;
        if (!fs::exists(image)) return;
        const auto written = open_as(image, GetParam().format);
        EXPECT_TRUE(compare_images(*open_raw(path("in.raw")), *written).identical) << told;
    }

    TempDir directory_{temp_root()};
};

TEST_P(Faults, AFullDiskIsToldAndLeavesNothing) {
    const SmallFileSystem small(path("small"));
    if (!small.mounted()) GTEST_SKIP() << "a small file system cannot be mounted";
    ConvertOptions blindly;
    blindly.check_space = false;
    const std::string error = convert_error(NoisySource(), spec(small.path()), blindly);
    EXPECT_THAT(error, testing::ContainsRegex("[Nn]o space|is full|space left|room|free"));
    EXPECT_THAT(error, testing::HasSubstr("small"));
    EXPECT_THAT(names_in(small.path()), testing::IsEmpty());
}

TEST_P(Faults, TooLittleSpaceIsToldBeforeTheWork) {
    const SmallFileSystem small(path("small"));
    if (!small.mounted()) GTEST_SKIP() << "a small file system cannot be mounted";
    EXPECT_THAT(convert_error(NoisySource(), spec(small.path())),
                testing::ContainsRegex("space|free|room"));
    EXPECT_THAT(names_in(small.path()), testing::IsEmpty());
}

TEST_P(Faults, AFileThatMayNotGrowIsToldAndLeavesNothing) {
    make_noise(path("in.raw"), kDiskSize);
    const std::string digest = digest_file_hex(DigestType::Sha256, path("in.raw"));
    fs::create_directory(path("out"));
    std::vector<std::string> arguments = {IMAGE_TOOL,
                                          "convert",
                                          "-f",
                                          "raw",
                                          path("in.raw"),
                                          "-O",
                                          std::string(GetParam().format->name)};
    arguments.push_back(spec(path("out")).path);
    for (const auto& [key, value] : GetParam().options) {
        arguments.insert(arguments.end(), {"-o", key + "=" + value});
    }
    ChildLimits limits;
    limits.file_size = 2U << 20;
    const ChildResult result = run_limited(arguments, limits);
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(result.code, 1);
    EXPECT_THAT(result.err, testing::StartsWith("Error"));
    EXPECT_THAT(names_in(path("out")), testing::IsEmpty());
    EXPECT_EQ(digest_file_hex(DigestType::Sha256, path("in.raw")), digest);
}

TEST_P(Faults, AReadErrorInTheMiddleLeavesNothing) {
    fs::create_directory(path("out"));
    for (const std::uint64_t from : {std::uint64_t{1}, kDiskSize / 2, kDiskSize - 1}) {
        EXPECT_THAT(convert_error(NoisySource(from), spec(path("out"))),
                    testing::HasSubstr("it is broken"));
        EXPECT_THAT(names_in(path("out")), testing::IsEmpty());
    }
}

TEST_P(Faults, ASourceThatShrinksIsToldAndLeavesNothing) {
    make_noise(path("in.raw"), kDiskSize);
    fs::create_directory(path("out"));
    const auto source = open_raw(path("in.raw"));
    fs::resize_file(path("in.raw"), kDiskSize / 2);
    EXPECT_THAT(convert_error(*source, spec(path("out"))),
                testing::ContainsRegex("shrunk|shorter|ends|smaller"));
    EXPECT_THAT(names_in(path("out")), testing::IsEmpty());
}

TEST_P(Faults, CancellingLeavesNothing) {
    fs::create_directory(path("out"));
    CancelSource cancel;
    ConvertOptions options;
    options.cancel = cancel.token();
    options.progress = [&](const ProgressEvent&) { cancel.cancel("enough"); };
    EXPECT_THAT(convert_error(NoisySource(), spec(path("out")), options),
                testing::HasSubstr("enough"));
    EXPECT_THAT(names_in(path("out")), testing::IsEmpty());
}

// The process dies at any time: by the interrupt in order, by the kill at once.
TEST_P(Faults, ASignalLeavesNoOutputAndTheSourceAlone) {
    constexpr std::uint64_t kLarge = 96U << 20;
    make_noise(path("in.raw"), kLarge);
    const std::string digest = digest_file_hex(DigestType::Sha256, path("in.raw"));
    for (const int signal : {SIGINT, SIGKILL}) {
        unsigned in_the_middle = 0;
        for (const int milliseconds : {20, 60, 120, 250}) {
            fs::remove_all(path("out"));
            fs::create_directory(path("out"));
            ProcessSpec process_spec;
            process_spec.program = IMAGE_TOOL;
            process_spec.arguments = {"convert",
                                      "--sandbox",
                                      "off",
                                      "--speed",
                                      "small",
                                      "-f",
                                      "raw",
                                      path("in.raw"),
                                      "-O",
                                      std::string(GetParam().format->name),
                                      spec(path("out")).path};
            for (const auto& [key, value] : GetParam().options) {
                process_spec.arguments.insert(process_spec.arguments.end(),
                                              {"-o", key + "=" + value});
            }
            Process process = Process::start(process_spec);
            std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
            process.send_signal(signal);
            const auto status = process.wait(CancelToken(), std::chrono::seconds(20));
            ASSERT_TRUE(status.has_value()) << "still running after signal " << signal;
            if (status->success()) continue;  // it was quicker
            ++in_the_middle;
            const std::string told = fmt::format("signal {} after {} ms: {}", signal, milliseconds,
                                                 fmt::join(names_in(path("out")), " "));
            if (signal == SIGINT) {
                EXPECT_THAT(names_in(path("out")), testing::IsEmpty()) << told;
            } else {
                expect_nothing_or_all(told);
            }
        }
        EXPECT_EQ(digest_file_hex(DigestType::Sha256, path("in.raw")), digest);
        RecordProperty(fmt::format("signal_{}", signal), static_cast<int>(in_the_middle));
    }
}

// The default of each writer, and each other layout in several files.
std::vector<Writer> writers() {
    std::vector<Writer> all = all_writers();
    std::erase_if(all, [](const Writer& writer) {
        const bool subformat = writer.options.size() == 1 && writer.options.contains("subformat");
        return !writer.options.empty() && !subformat;
    });
    return all;
}
INSTANTIATE_TEST_SUITE_P(Formats, Faults, testing::ValuesIn(writers()),
                         [](const auto& writer) { return writer.param.name(); });

// A disk that gives errors in the middle, as a device would: nbdkit's error filter, mounted as a
// file.
TEST(FaultyDevices, ReadErrorsAreTold) {
    if (!find_program("nbdkit") || !find_program("nbdfuse")) GTEST_SKIP() << "no nbdfuse";
    const TempDir directory(temp_root());
    const fs::path raw = directory.path() / "in.raw";
    const fs::path mounted = directory.path() / "mounted";
    make_noise(raw, 8U << 20);
    std::ofstream(mounted).close();
    ProcessSpec spec;
    spec.program = "nbdfuse";
    spec.arguments = {"-r",
                      mounted,
                      "--command",
                      "nbdkit",
                      "-s",
                      "--exit-with-parent",
                      "--filter=error",
                      "--filter=delay",
                      "file",
                      raw,
                      "error-pread=EIO",
                      "error-pread-rate=30%"};
    Process server = Process::start(spec);
    for (int i = 0; i < 100 && fs::file_size(mounted) == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (fs::file_size(mounted) == 0) GTEST_SKIP() << "nbdfuse cannot mount here";
    for (const Writer& writer : plain_writers()) {
        const fs::path out = directory.path() / "out";
        fs::create_directory(out);
        const ChildResult result =
            run_limited({IMAGE_TOOL, "convert", "--sandbox", "off", "-f", "raw", mounted, "-O",
                         std::string(writer.format->name), out / "image"});
        EXPECT_EQ(result.code, 1) << writer.name() << result.out;
        EXPECT_THAT(result.err, testing::HasSubstr("Input/output error")) << writer.name();
        EXPECT_THAT(names_in(out), testing::IsEmpty());
        fs::remove_all(out);
    }
    run("fusermount3", {"-u", mounted.string()});
    server.wait(CancelToken(), std::chrono::seconds(5));
}

}  // namespace
}  // namespace kiln::formats::judge
