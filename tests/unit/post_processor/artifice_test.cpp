#include "post_processor/artifice.h"

#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Artifice : public PostProcessorTest {
  protected:
    PostProcessed run(const Setting::List& files, const ArtifactPtr& input) {
        const auto artifice = make<ArtificePostProcessor>(artifice_schema, {{"files", files}});
        return artifice->process(context_, input);
    }
};

TEST_F(Artifice, TakesFilesByNameAndPatternInTheirOrder) {
    const auto b = write("b.box", "");
    const auto a = write("a.box", "");
    const auto hidden = write(".hidden.box", "");
    const auto log = write("build.log", "");
    const auto done = run({log.string(), path("*.box").string(), path("none*").string()},
                          artifact_of({"old.qcow2", "old.raw"}));
    EXPECT_THAT(done.artifact->files, ElementsAre(log, hidden, a, b));
    EXPECT_EQ(done.artifact->builder_id, "packer.post-processor.artifice");
    EXPECT_EQ(done.artifact->id, "");
    EXPECT_TRUE(done.keep_default);
    EXPECT_FALSE(done.force_keep);
    EXPECT_EQ(sink_.said[0], "Discarding files from artifact: old.qcow2, old.raw");
    EXPECT_THAT(sink_.errors, ElementsAre("No file matches " + path("none*").string()));
}

TEST_F(Artifice, RemovesItsFilesWhenItsArtifactIsReplaced) {
    write("out/deep/x", "");
    const auto done = run({path("out").string()}, artifact_of({}));
    EXPECT_EQ(sink_.said[0], "Using these artifact files: " + path("out").string());
    done.artifact->destroy();
    EXPECT_THAT(listing(), IsEmpty());
}

TEST_F(Artifice, AsksForFiles) {
    make<ArtificePostProcessor>(artifice_schema, {{"files", Setting::List{}}});
    EXPECT_THAT(problems_, ElementsAre("No files specified in artifice configuration"));
}

}  // namespace
}  // namespace kiln::test
