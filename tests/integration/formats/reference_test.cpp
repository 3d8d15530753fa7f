// Images that name other files, loops and bombs, given to the real commands: nothing is opened that
// the user did not allow, nothing runs on, nothing grows. A watch on a canary file tells of every
// opening, whatever the path that led to it.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"
#include "formats/bytes/bytes.h"
#include "formats/format.h"
#include "judge.h"
#include "limited_child.h"

namespace kiln::formats::judge {
namespace {

namespace fs = std::filesystem;

class Canary {
  public:
    explicit Canary(const fs::path& path) : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        std::ofstream(path) << std::string(65536, 'c');
        watch_ = ::inotify_add_watch(fd_.get(), path.c_str(), IN_OPEN | IN_ACCESS);
    }
    bool watched() const { return watch_ >= 0; }
    // Whether anybody opened or read it since the last call.
    bool sang() {
        std::array<char, 4096> buffer{};
        bool any = false;
        while (::read(fd_.get(), buffer.data(), buffer.size()) > 0) any = true;
        return any;
    }

  private:
    UniqueFd fd_;
    int watch_ = -1;
};

class References : public testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(inside());
        fs::create_symlink("../canary", inside() / "link");
        ASSERT_TRUE(canary_.watched());
        std::ifstream(directory_.path() / "canary").get();
        ASSERT_TRUE(canary_.sang()) << "the watch must see an opening";
    }
    fs::path inside() const { return directory_.path() / "in"; }
    fs::path outside(const char* name) const { return directory_.path() / name; }

    // What a hostile image would name.
    std::vector<std::string> names() const {
        const std::string canary = (directory_.path() / "canary").string();
        return {canary,
                "../canary",
                "link",
                "./link",
                "in/../../canary",
                "file:" + canary,
                "json:{\"driver\":\"file\",\"filename\":\"" + canary + "\"}",
                "json:{\"file.filename\":\"" + canary + "\"}",
                "nbd://127.0.0.1:1/x",
                "nbd:unix:" + canary,
                "fat:" + directory_.path().string(),
                "/proc/self/root" + canary,
                "/dev/fd/0",
                "/dev/zero"};
    }

    void expect_nothing_opened(const fs::path& image, const std::string& label) {
        const std::string allowed = inside().string();
        for (const bool allow : {false, true}) {
            for (const char* command : {"info", "check", "convert", "compare"}) {
                std::vector<std::string> arguments = {IMAGE_TOOL, command, "--sandbox", "off",
                                                      image.string()};
                const fs::path out = directory_.path() / "out.raw";
                if (std::string_view(command) == "convert") {
                    arguments.insert(arguments.end(), {"--no-sha256", "-O", "raw", out.string()});
                }
                if (std::string_view(command) == "compare") arguments.push_back(image.string());
                if (allow) {
                    arguments.insert(arguments.end(),
                                     {"--allow-backing", "--backing-dir", allowed});
                }
                canary_.sang();
                const ChildResult result = run_limited(arguments);
                const std::string told =
                    fmt::format("{} {}{}\n{}", command, label, allow ? " with --allow-backing" : "",
                                result.err);
                EXPECT_FALSE(canary_.sang()) << told;
                EXPECT_FALSE(result.timed_out) << told;
                EXPECT_EQ(result.signal, 0) << told;
                EXPECT_THAT(result.code, testing::AnyOf(0, 1)) << told;
                EXPECT_LT(result.peak_memory, kMaxMemory) << told;
                fs::remove(out);
            }
        }
    }

    TempDir directory_{temp_root()};
    Canary canary_{directory_.path() / "canary"};
};

TEST_F(References, BackingFilesOfQcow2) {
    for (const std::string& name : names()) {
        const fs::path image = inside() / "a.qcow2";
        must_run("qemu-img", {"create", "-q", "-u", "-f", "qcow2", "-b", name, "-F", "raw",
                              image.string(), "1M"});
        expect_nothing_opened(image, "backed by " + name);
    }
}

TEST_F(References, DataFilesOfQcow2) {
    const fs::path image = inside() / "a.qcow2";
    const std::string data = (inside() / "data").string();
    must_run("qemu-img", {"create", "-q", "-f", "qcow2", "-o",
                          "data_file=" + data + ",data_file_raw=on", image.string(), "1M"});
    fs::remove(data);
    fs::create_symlink("../canary", data);
    expect_nothing_opened(image, "with a data file");
}

TEST_F(References, ExtentsAndParentsOfVmdk) {
    for (const std::string& name : names()) {
        for (const char* kind : {"FLAT", "SPARSE", "VMFS", "VMFSSPARSE", "SESPARSE", "VMFSRAW"}) {
            const fs::path image = inside() / "a.vmdk";
            std::ofstream(image) << "# Disk DescriptorFile\nversion=1\nCID=fffffffe\n"
                                 << "parentCID=ffffffff\ncreateType=\"monolithicFlat\"\n"
                                 << "RW 128 " << kind << " \"" << name << "\" 0\n";
            expect_nothing_opened(image, fmt::format("{} {}", kind, name));
        }
        const fs::path image = inside() / "b.vmdk";
        must_run("qemu-img", {"create", "-q", "-f", "vmdk", image.string(), "64k"});
        std::string text = read_file(image);
        const std::size_t parent = text.find("parentCID=ffffffff");
        ASSERT_NE(parent, std::string::npos);
        text.replace(parent, 18, "parentCID=11111111");
        const std::string hint = fmt::format("parentFileNameHint=\"{}\"\n", name);
        const std::size_t comment = text.find("# Extent description");
        text.replace(comment, hint.size(), hint);
        std::ofstream(image, std::ios::binary) << text;
        expect_nothing_opened(image, "parent " + name);
    }
}

TEST_F(References, MembersAndLinksOfArchives) {
    const fs::path work = inside() / "x";
    for (const std::string& name : names()) {
        fs::remove_all(work);
        fs::create_directory(work);
        fs::create_symlink(name, work / "disk.raw");
        fs::create_symlink(name, work / "box.img");
        std::ofstream(work / "metadata.json") << R"({"provider":"libvirt","format":"qcow2"})";
        std::ofstream(work / "a.ovf")
            << "<?xml version=\"1.0\"?><Envelope xmlns=\"http://schemas.dmtf.org/ovf/envelope/1\" "
               "xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1\"><References><File "
               "ovf:id=\"f\" "
               "ovf:href=\""
            << (name.starts_with("json") ? "disk.raw" : name)
            << "\"/></References><DiskSection><Disk ovf:capacity=\"65536\" ovf:diskId=\"d\" "
               "ovf:fileRef=\"f\"/></DiskSection></Envelope>";
        const std::string out = inside().string();
        must_run("tar", {"czf", out + "/a.tar.gz", "-C", work.string(), "disk.raw"});
        must_run("tar", {"czf", out + "/a.box", "-C", work.string(), "metadata.json", "box.img"});
        must_run("tar", {"cf", out + "/a.ova", "-C", work.string(), "a.ovf", "disk.raw"});
        fs::copy_file(work / "a.ovf", inside() / "a.ovf", fs::copy_options::overwrite_existing);
        for (const char* image : {"a.tar.gz", "a.box", "a.ova", "a.ovf"}) {
            expect_nothing_opened(inside() / image, fmt::format("{} naming {}", image, name));
        }
    }
}

TEST_F(References, LoopsEnd) {
    const auto create = [&](const char* image, const char* backing, const char* format) {
        must_run("qemu-img", {"create", "-q", "-u", "-f", format, "-b", backing, "-F", format,
                              (inside() / image).string(), "1M"});
    };
    create("self.qcow2", "self.qcow2", "qcow2");
    create("a.qcow2", "b.qcow2", "qcow2");
    create("b.qcow2", "a.qcow2", "qcow2");
    for (int i = 0; i < 60; ++i) {
        create(fmt::format("chain{}.qcow2", i).c_str(), fmt::format("chain{}.qcow2", i + 1).c_str(),
               "qcow2");
    }
    std::ofstream(inside() / "self.vmdk")
        << "# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=11111111\n"
        << "createType=\"monolithicFlat\"\nparentFileNameHint=\"self.vmdk\"\n"
        << "RW 128 FLAT \"self.vmdk\" 0\n";
    for (const char* image : {"self.qcow2", "a.qcow2", "chain0.qcow2"}) {
        const ChildResult result =
            run_limited({IMAGE_TOOL, "convert", "--sandbox", "off", "--allow-backing",
                         inside() / image, "-O", "raw", outside("out.raw")});
        EXPECT_EQ(result.code, 1) << image;
        EXPECT_THAT(result.err, testing::StartsWith("Error")) << image;
        EXPECT_FALSE(fs::exists(outside("out.raw"))) << image;
        expect_nothing_opened(inside() / image, image);
    }
    expect_nothing_opened(inside() / "self.vmdk", "self.vmdk");
}

// Little that becomes much: memory stays where it is, and time too.
TEST_F(References, BombsDoNotGrow) {
    const std::string out = inside().string();
    for (const char* packer :
         {"gzip -1 > $0/a.raw.gz", "zstd -q > $0/a.raw.zst", "xz -0 > $0/a.raw.xz",
          "gzip -1 > $0/a.tar.gz", "gzip -1 > $0/a.box"}) {
        must_run("sh", {"-c", fmt::format("head -c 400M /dev/zero | {}", packer), out});
    }
    for (const char* image : {"a.raw.gz", "a.raw.zst", "a.raw.xz", "a.tar.gz", "a.box"}) {
        if (format_of_file_name(image) == nullptr) continue;
        for (const char* command : {"info", "check"}) {
            const ChildResult result =
                run_limited({IMAGE_TOOL, command, "--sandbox", "off", "-f",
                             std::string(format_of_file_name(image)->name), inside() / image},
                            {.time = std::chrono::seconds(60), .file_size = 0});
            EXPECT_FALSE(result.timed_out) << command << ' ' << image;
            EXPECT_EQ(result.signal, 0) << command << ' ' << image;
            EXPECT_LT(result.peak_memory, kMaxMemory) << command << ' ' << image;
        }
    }
}

}  // namespace
}  // namespace kiln::formats::judge
