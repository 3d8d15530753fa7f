#include "base/process.h"
#include "post_processor/ova.h"
#include "tests/unit/post_processor/artifact_fixture.h"

namespace kiln::test {
namespace {

class OvaTools : public PostProcessorTest {
  protected:
    std::string tool(const std::string& command) {
        const ProcessOutput done =
            run_process({"/bin/sh", {"-c", command}, {}, directory_.path()}, {});
        EXPECT_TRUE(done.status.success()) << command << ": " << done.err;
        return done.out;
    }
};

TEST_F(OvaTools, AnOvaOfTwoDisksHoldsTheirContent) {
    tool(
        "head -c 3000000 /dev/urandom > data && cp data first.raw && truncate -s 8M first.raw && "
        "truncate -s 4M second.raw && qemu-img convert -f raw -O qcow2 first.raw first.qcow2");
    Artifact artifact;
    artifact.files = {path("first.qcow2"), path("second.raw")};
    artifact.state = {{"cpus", 2}, {"memory", 768}};
    const std::string output = path("out/web.ova").string();
    const auto ova = make<OvaPostProcessor>(
        ova_schema, {{"output", output}, {"speed", "fast"}, {"disk_adapter", "pvscsi"}});
    const auto done = ova->process(context_, std::make_shared<const Artifact>(artifact));

    EXPECT_EQ(done.artifact->builder_id, "kiln.post-processor.ova");
    EXPECT_EQ(done.artifact->description, "OVA: " + output);
    EXPECT_TRUE(done.keep_default);
    EXPECT_FALSE(done.force_keep);
    EXPECT_EQ(tool("sha256sum " + output).substr(0, 64), done.artifact->digests.at(output));
    EXPECT_TRUE(sink_.progress.back().finished);

    EXPECT_EQ(tool("tar -tf " + output), "web.ovf\nweb.mf\nweb-disk1.vmdk\nweb-disk2.vmdk\n");
    tool("mkdir x && tar -C x -xf " + output);
    tool("cd x && sed -E 's/^SHA256\\((.*)\\)= (.*)$/\\2  \\1/' web.mf | sha256sum -c --quiet");
    tool("qemu-img compare -f vmdk -F raw x/web-disk1.vmdk first.raw");
    tool("qemu-img compare -f vmdk -F raw x/web-disk2.vmdk second.raw");
    EXPECT_NE(tool("cat x/web.ovf").find("<Name>web</Name>"), std::string::npos);
}

TEST_F(OvaTools, ACancelledOvaLeavesNothing) {
    tool("truncate -s 64M disk.raw");
    cancel_.cancel("interrupted");
    const auto ova = make<OvaPostProcessor>(ova_schema, {{"output", path("x.ova").string()}});
    EXPECT_THROW(ova->process(context_, artifact_of({path("disk.raw")})), Cancelled);
    EXPECT_THAT(listing(), ::testing::ElementsAre("disk.raw"));
}

}  // namespace
}  // namespace kiln::test
