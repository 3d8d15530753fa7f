#include "post_processor/checksum.h"

#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Checksum : public PostProcessorTest {
  protected:
    PostProcessed run(Setting::Map settings, const ArtifactPtr& input) {
        if (settings.count("output") == 0)
            settings["output"] = path("sums.{{.ChecksumType}}").string();
        return make<ChecksumPostProcessor>(checksum_schema, settings)->process(context_, input);
    }
};

TEST_F(Checksum, WritesOneLinePerFile) {
    const auto a = write("a.qcow2", "abc");
    const auto b = write("b.qcow2", "");
    const auto done = run({}, artifact_of({a, b}));
    EXPECT_EQ(read("sums.md5"),
              "900150983cd24fb0d6963f7d28e17f72\ta.qcow2\n"
              "d41d8cd98f00b204e9800998ecf8427e\tb.qcow2\n");
    EXPECT_THAT(done.artifact->files, ElementsAre(a, b, path("sums.md5")));
    EXPECT_EQ(done.artifact->builder_id, "packer.post-processor.checksum");
    EXPECT_THAT(done.artifact->description, HasSubstr("Created artifact from files: "));
    EXPECT_TRUE(done.keep_default);
    EXPECT_TRUE(done.force_keep);
}

TEST_F(Checksum, WritesEachTypeToItsFile) {
    const auto a = write("a", "abc");
    const auto done =
        run({{"checksum_types", Setting::List{"sha1", "sha256"}},
             {"output", path("new/{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}").string()}},
            artifact_of({a}));
    EXPECT_EQ(read("new/debian_qemu_sha1"), "a9993e364706816aba3e25717850c26c9cd0d89d\ta\n");
    const std::string sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    EXPECT_EQ(read("new/debian_qemu_sha256"), sha256 + "\ta\n");
    EXPECT_EQ(done.artifact->digests.at(a), sha256);
}

TEST_F(Checksum, AddsToAFileThatIsThere) {
    const auto a = write("a", "abc");
    write("sums.md5", "earlier\n");
    const auto done = run({}, artifact_of({a}));
    EXPECT_EQ(read("sums.md5"), "earlier\n900150983cd24fb0d6963f7d28e17f72\ta\n");
    EXPECT_THAT(done.artifact->files, ElementsAre(a));
}

TEST_F(Checksum, WritesNothingWhenAFileCannotBeRead) {
    const auto a = write("a", "abc");
    EXPECT_THAT(failure_of([&] {
                    run({}, artifact_of({a, path("missing")}));
                }),
                HasSubstr("missing"));
    EXPECT_FALSE(std::filesystem::exists(path("sums.md5")));
}

TEST_F(Checksum, RefusesAnUnknownType) {
    make<ChecksumPostProcessor>(checksum_schema, {{"checksum_types", Setting::List{"crc32"}}});
    EXPECT_THAT(problems_, ElementsAre("Unrecognized checksum type: crc32"));
}

}  // namespace
}  // namespace kiln::test
