#include "post_processor/manifest.h"

#include "post_processor/manifest_document.h"
#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

using ::testing::HasSubstr;

class Manifest : public PostProcessorTest {
  protected:
    PostProcessed run(Setting::Map settings, const ArtifactPtr& input) {
        settings["output"] = path("m.json").string();
        return make<ManifestPostProcessor>(manifest_schema, settings)->process(context_, input);
    }
    std::string manifest() const { return read("m.json"); }
};

TEST_F(Manifest, HasTheFormThatConsumersRead) {
    know({{"ID", "i-1"}});
    const auto disk = write("out/disk.qcow2", "12345");
    const auto input = artifact_of({disk, "gone"});
    const auto done = run({{"strip_path", true},
                           {"strip_time", true},
                           {"custom_data", Setting::Map{{"b", "<a> & {{.ID}}"}, {"a", "é"}}}},
                          input);
    EXPECT_EQ(manifest(), R"({
  "builds": [
    {
      "name": "debian",
      "builder_type": "qemu",
      "files": [
        {
          "name": "disk.qcow2",
          "size": 5
        },
        {
          "name": "gone",
          "size": 0
        }
      ],
      "artifact_id": "VM",
      "packer_run_uuid": "0f0f0f0f-1111-2222-3333-444444444444",
      "custom_data": {
        "a": "é",
        "b": "\u003ca\u003e \u0026 i-1"
      }
    }
  ],
  "last_run_uuid": "0f0f0f0f-1111-2222-3333-444444444444"
})");
    EXPECT_EQ(done.artifact, input);
    EXPECT_TRUE(done.keep_default);
    EXPECT_TRUE(done.force_keep);
}

TEST_F(Manifest, WritesNullForWhatIsNotThere) {
    run({}, artifact_of({}));
    EXPECT_THAT(manifest(), HasSubstr("\"files\": null"));
    EXPECT_THAT(manifest(), HasSubstr("\"custom_data\": null"));
    EXPECT_THAT(manifest(), ::testing::ContainsRegex("\"build_time\": [0-9]{10},\n"));
}

TEST_F(Manifest, AddsToEarlierBuildsAndKeepsThemAsTheyAre) {
    write("m.json", R"({"builds":[{"name":"old","size":1.50,"extra":[1]}],"last_run_uuid":"x"})");
    run({}, artifact_of({}));
    run({}, artifact_of({}));
    EXPECT_THAT(manifest(), HasSubstr("\"name\": \"old\""));
    EXPECT_THAT(manifest(), HasSubstr("\"extra\": ["));
    const std::string text = manifest();
    EXPECT_NE(text.find("\"debian\""), text.rfind("\"debian\""));
}

TEST_F(Manifest, DropsEarlierRunsWhenForced) {
    run_.force = true;
    write("m.json", R"({"builds":[{"name":"old"}],"last_run_uuid":"x"})");
    run({}, artifact_of({}));
    EXPECT_THAT(manifest(), ::testing::Not(HasSubstr("old")));
    run({}, artifact_of({}));
    const std::string text = manifest();
    EXPECT_NE(text.find("\"debian\""), text.rfind("\"debian\"")) << "the run's own builds stay";
}

TEST_F(Manifest, LeavesADamagedFileAsItIs) {
    const std::string whole = R"({"builds":[],"last_run_uuid":"x"})";
    for (std::size_t size = 1; size < whole.size(); ++size) {
        write("m.json", whole.substr(0, size));
        EXPECT_THAT(failure_of([&] { run({}, artifact_of({})); }),
                    HasSubstr("Unable to parse content from " + path("m.json").string() + ": "));
        EXPECT_EQ(manifest(), whole.substr(0, size));
    }
    write("m.json", R"({"builds":{}})");
    EXPECT_THAT(failure_of([&] { run({}, artifact_of({})); }), HasSubstr("`builds` is no list"));
    EXPECT_THAT(listing(), ::testing::ElementsAre("m.json"));
}

TEST_F(Manifest, GoesOnAfterThreeTriesForTheLock) {
    write("m.json.lock", "");
    const auto start = std::chrono::steady_clock::now();
    run({}, artifact_of({}));
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(600));
    EXPECT_THAT(listing(), ::testing::ElementsAre("m.json"));
}

TEST_F(Manifest, NeedsItsDirectory) {
    const auto manifest =
        make<ManifestPostProcessor>(manifest_schema, {{"output", path("no/such/m.json").string()}});
    EXPECT_THAT(failure_of([&] { manifest->process(context_, artifact_of({})); }),
                HasSubstr("Unable to write " + path("no/such/m.json").string() + ": "));
}

TEST_F(Manifest, KeepsTheModeOfTheFileAndTheLinkToIt) {
    const auto real = write("real.json", "");
    std::filesystem::permissions(real, std::filesystem::perms(0600));
    std::filesystem::create_symlink("real.json", path("m.json"));
    run({}, artifact_of({}));
    EXPECT_TRUE(std::filesystem::is_symlink(path("m.json")));
    EXPECT_EQ(std::filesystem::status(real).permissions(), std::filesystem::perms(0600));
    EXPECT_THAT(read("real.json"), HasSubstr("debian"));
}

TEST(ManifestDocument, ReplacesBytesThatAreNoText) {
    ManifestDocument document;
    ManifestEntry entry;
    entry.name = "a\xff\xe2\x80\xa8";
    document.add(entry);
    EXPECT_THAT(document.to_text(), HasSubstr("\"name\": \"a\xef\xbf\xbd\\u2028\""));
}

}  // namespace
}  // namespace kiln::test
