// `kiln image` as it is typed. The formats have tests of their own.
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "cli/image/resize.h"
#include "tests/unit/cli/command_fixture.h"

namespace kiln {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class ImageTest : public CommandTest {
  protected:
    /// kiln image COMMAND..., without the sandbox.
    int image(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "image");
        arguments.push_back("--sandbox=off");
        return kiln(arguments);
    }
    /// A raw disk of 4 MiB with data in its second MiB.
    std::string disk(const std::string& name = "disk.raw") {
        write(name, "");
        std::string content(std::size_t{4} << 20, '\0');
        for (std::size_t i = 0; i < (std::size_t{1} << 20); ++i) {
            content[(std::size_t{1} << 20) + i] = static_cast<char>('a' + i % 26);
        }
        return write(name, content);
    }
    std::string qcow2(const std::vector<std::string>& options = {}) {
        std::vector<std::string> words = {"convert", "-f", "raw", disk(), path("disk.qcow2")};
        words.insert(words.end(), options.begin(), options.end());
        EXPECT_EQ(image(words), 0) << errors;
        return path("disk.qcow2");
    }
};

TEST_F(ImageTest, WritesSeveralOutputsEachWithItsOptions) {
    const std::string source = disk();
    ASSERT_EQ(image({"convert", "-f", "raw", source, "-o", path("a.vmdk"), "-o", path("b.qcow2"),
                     "-o", "compression_type=zstd", "--json"}),
              0)
        << errors;
    const auto json = nlohmann::json::parse(out);
    ASSERT_EQ(json["outputs"].size(), 2U);
    EXPECT_EQ(json["outputs"][0]["format"], "vmdk");
    EXPECT_EQ(json["outputs"][1]["sha256"].get<std::string>().size(), 64U);
    ASSERT_EQ(image({"info", "--json", path("b.qcow2")}), 0);
    EXPECT_EQ(nlohmann::json::parse(out)["compression"], "zstd");
}

TEST_F(ImageTest, LabelsStandApartFromTheirValues) {
    ASSERT_EQ(image({"convert", "-f", "raw", disk(), path("a.ova")}), 0) << errors;
    ASSERT_EQ(image({"info", path("a.ova")}), 0) << errors;
    EXPECT_THAT(out, HasSubstr("\n  hardware version  "));
    EXPECT_THAT(out, HasSubstr("\n  format            ova\n"));
}

TEST_F(ImageTest, MapsHolesAndData) {
    const std::string image_file = qcow2();
    ASSERT_EQ(image({"map", "--json", image_file}), 0) << errors;
    const auto json = nlohmann::json::parse(out);
    ASSERT_EQ(json.size(), 3U) << out;
    EXPECT_EQ(json[1]["kind"], "data");
    EXPECT_EQ(json[1]["start"], 1 << 20);
    EXPECT_EQ(json[1]["length"], 1 << 20);
}

TEST_F(ImageTest, ResizesARawImageInPlace) {
    const std::string file = disk();
    ASSERT_EQ(image({"resize", "-f", "raw", file, "+1M"}), 0) << errors;
    EXPECT_EQ(fs::file_size(file), 5U << 20);
    EXPECT_THAT(out, HasSubstr("was 4.0 MiB"));
}

TEST_F(ImageTest, KeepsAnImagesOptionsWhenItResizes) {
    const std::string file = qcow2({"-o", "cluster_size=4k,compat=0.10"});
    ASSERT_EQ(image({"resize", file, "16M"}), 0) << errors;
    ASSERT_EQ(image({"info", "--json", file}), 0);
    const auto json = nlohmann::json::parse(out);
    EXPECT_EQ(json["virtual_size"], 16 << 20);
    EXPECT_EQ(json["cluster_size"], 4096);
    EXPECT_EQ(image({"compare", file, disk("again.raw"), "-F", "raw"}), 0) << out << errors;
}

TEST_F(ImageTest, ShrinksOnlyWhenToldTo) {
    const std::string file = disk();
    EXPECT_EQ(image({"resize", "-f", "raw", file, "3M"}), 1);
    EXPECT_THAT(errors, HasSubstr("--shrink"));
    EXPECT_EQ(fs::file_size(file), 4U << 20);
    EXPECT_EQ(image({"resize", "-f", "raw", "--shrink", file, "3M"}), 0) << errors;
    EXPECT_EQ(fs::file_size(file), 3U << 20);
}

TEST_F(ImageTest, HashesWhatTheGuestSeesWhateverTheFormat) {
    const std::string raw = disk();
    const std::string packed = qcow2({"-o", "compression_type=zstd"});
    ASSERT_EQ(image({"hash", "--json", "--digest", "md5", packed}), 0) << errors;
    const auto json = nlohmann::json::parse(out);
    std::ifstream file(raw, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const auto digest = [&](DigestType type) {
        Digester digester(type);
        digester.update(std::as_bytes(std::span(content)));
        return digester.finish_hex();
    };
    EXPECT_EQ(json["sha256"], digest(DigestType::Sha256));
    EXPECT_EQ(json["md5"], digest(DigestType::Md5));
    ASSERT_EQ(image({"hash", packed}), 0);
    EXPECT_EQ(out, digest(DigestType::Sha256) + "  " + packed + "\n");
}

TEST_F(ImageTest, RefusesTwoOutputsOfOneName) {
    const std::string file = disk("disk.raw");
    const std::string first = path("a.qcow2");
    const std::string again = path("./a.qcow2");
    EXPECT_EQ(image({"convert", file, "-o", first, "-o", again}), 1);
    EXPECT_THAT(errors, HasSubstr("is named twice"));
    EXPECT_EQ(image({"convert", file, "-O", "raw", "-", "-o", "-"}), 1);
    EXPECT_FALSE(fs::exists(first));
}

TEST_F(ImageTest, PrintsFurtherDigestsOfEachOutput) {
    ASSERT_EQ(
        image({"convert", "--json", "--digest", "sha512", "-f", "raw", disk(), path("a.vmdk")}), 0)
        << errors;
    const auto json = nlohmann::json::parse(out);
    EXPECT_EQ(json["outputs"][0]["sha512"].get<std::string>().size(), 128U);
    EXPECT_EQ(image({"hash", "--digest", "crc32", path("a.vmdk")}), 1);
    EXPECT_THAT(errors, HasSubstr("crc32"));
}

TEST_F(ImageTest, ShowsWhatLiesOnADisk) {
    const std::string file = disk();
    ASSERT_EQ(image({"info", "-f", "raw", "--json", file}), 0) << errors;
    EXPECT_EQ(nlohmann::json::parse(out)["layout"]["kind"], "disk");
    EXPECT_EQ(image({"mount-check", "-f", "raw", file}), 1);
    EXPECT_THAT(out, HasSubstr("No file system"));
}

TEST_F(ImageTest, ThinsOnlyWhatItKnows) {
    ASSERT_EQ(image({"convert", "--thin", "-f", "raw", disk(), path("a.qcow2")}), 0) << errors;
    EXPECT_THAT(out, HasSubstr("kept whole"));
    EXPECT_EQ(image({"compare", path("a.qcow2"), disk(), "-F", "raw"}), 0);
}

TEST_F(ImageTest, TellsErrorsOnStandardError) {
    EXPECT_EQ(image({"info", path("missing")}), 1);
    EXPECT_THAT(errors, HasSubstr("cannot open"));
    EXPECT_EQ(out, "");
}

TEST_F(ImageTest, SuggestsTheFormatThatWasMeant) {
    EXPECT_EQ(image({"info", "-f", "qcow3", disk()}), 1);
    EXPECT_THAT(errors, HasSubstr("Did you mean \"qcow2\"?"));
}

TEST(Resized, TakesAbsoluteAndRelativeSizes) {
    EXPECT_EQ(resized("1G", 5), std::uint64_t{1} << 30);
    EXPECT_EQ(resized("+1k", 1024), 2048U);
    EXPECT_EQ(resized("-512", 1024), 512U);
    EXPECT_EQ(resized("513", 0), 1024U);
}

TEST(Resized, RefusesWhatNoDiskCanHave) {
    for (const char* text : {"", "+", "-2k", "8E", "+7E", "ten", "--1"}) {
        EXPECT_THROW(resized(text, 1024), Error) << text;
    }
}

}  // namespace
}  // namespace kiln
