#include <gtest/gtest.h>

#include "base/file.h"
#include "cli/render/build_log.h"
#include "cli/render/human.h"
#include "cli/render/live.h"
#include "cli/render/machine.h"

namespace kiln::render {
namespace {

using namespace std::chrono_literals;

class RenderTest : public testing::Test {
  protected:
    LineWriter writer() {
        return [this](std::string_view text) { out += text; };
    }
    static BuildFinishedEvent finished(const std::string& build, const std::string& error = "") {
        BuildFinishedEvent event{build, 3012ms, error, false, {}, {{"boot", 1500ms}}};
        if (error.empty()) {
            event.artifacts.push_back(
                {"id", "VM", "VM files in directory: out", {{"out/a", 1536, "abcd"}}});
        }
        return event;
    }

    std::string out;
};

TEST_F(RenderTest, PrintsABuildAsThePeerDoes) {
    HumanRenderer renderer(writer(), {false, false, false});
    renderer.emit(BuildAnnouncedEvent{"qemu.a"});
    renderer.emit(BuildStartedEvent{"qemu.a"});
    renderer.emit(MessageEvent{"qemu.a", MessageEvent::Kind::Say, "one\n\ntwo"});
    renderer.emit(MessageEvent{"qemu.a", MessageEvent::Kind::Say, ""});
    renderer.emit(finished("qemu.a"));
    renderer.emit(RunFinishedEvent{3014ms, false});
    EXPECT_EQ(out,
              "==> qemu.a: one\n==> qemu.a: \n==> qemu.a: two\n==> qemu.a:\n"
              "Build 'qemu.a' finished after 3 seconds 12 milliseconds.\n"
              "\n==> Wait completed after 3 seconds 14 milliseconds\n"
              "\n==> Builds finished. The artifacts of successful builds are:\n"
              "--> qemu.a: VM files in directory: out\n"
              "      out/a (1.5 KiB) sha256:abcd\n"
              "    qemu.a took 3.0 s: boot 1.5 s\n");
}

TEST_F(RenderTest, AnnouncesAndPaintsInTheBuildsColour) {
    HumanRenderer renderer(writer(), {true, true, false});
    renderer.emit(BuildAnnouncedEvent{"a"});
    renderer.emit(BuildAnnouncedEvent{"b"});
    renderer.emit(BuildStartedEvent{"a"});
    renderer.emit(MessageEvent{"b", MessageEvent::Kind::Say, "hi"});
    renderer.emit(MessageEvent{"b", MessageEvent::Kind::Error, "bad"});
    EXPECT_EQ(out,
              "\x1b[1;32ma: output will be in this color.\x1b[0m\n"
              "\x1b[1;36mb: output will be in this color.\x1b[0m\n\n"
              "\x1b[1;36m==> b: hi\x1b[0m\n\x1b[1;31m==> b: bad\x1b[0m\n");
}

TEST_F(RenderTest, ListsFailedBuildsInTheSummary) {
    HumanRenderer renderer(writer(), {false, false, false});
    renderer.emit(finished("a", "it broke"));
    renderer.emit(RunFinishedEvent{1s, false});
    EXPECT_NE(out.find("Build 'a' errored after 3 seconds 12 milliseconds: it broke\n"),
              std::string::npos);
    EXPECT_NE(
        out.find("==> Some builds didn't complete successfully and had errors:\n--> a: it broke\n"),
        std::string::npos);
    EXPECT_NE(out.find("==> Builds finished but no artifacts were created.\n"), std::string::npos);
}

TEST_F(RenderTest, SaysThatACancelledRunWasCleanedUp) {
    HumanRenderer renderer(writer(), {false, false, false});
    renderer.emit(RunFinishedEvent{1s, true});
    EXPECT_NE(out.find("Cleanly cancelled builds after being interrupted."), std::string::npos);
    EXPECT_EQ(out.find("artifacts"), std::string::npos);
}

TEST_F(RenderTest, TellsWhatTheGuestFetched) {
    HumanRenderer renderer(writer(), {false, false, false});
    renderer.emit(HttpAccessEvent{"a", "127.0.0.1", "GET", "/answers.cfg", 200, 12});
    EXPECT_EQ(out, "==> a: guest fetched /answers.cfg 200 (12 B)\n");
}

TEST_F(RenderTest, EscapesMachineReadableFields) {
    MachineRenderer renderer(writer());
    renderer.emit(MessageEvent{"a", MessageEvent::Kind::Say, "x, y\r\nz"});
    EXPECT_EQ(out.substr(out.find(',')), ",a,ui,say,==> a: x%!(PACKER_COMMA) y\\r\\n==> a: z\n");
}

TEST_F(RenderTest, ListsArtifactsForMachines) {
    MachineRenderer renderer(writer());
    renderer.emit(finished("a"));
    renderer.emit(RunFinishedEvent{1s, false});
    for (const char* part :
         {",a,artifact-count,1\n", ",a,artifact,0,builder-id,id\n", ",a,artifact,0,files-count,1\n",
          ",a,artifact,0,file,0,out/a\n", ",a,artifact,0,end\n"}) {
        EXPECT_NE(out.find(part), std::string::npos) << part << out;
    }
}

TEST_F(RenderTest, KeepsEachBuildsLogInAFileOfItsOwn) {
    const TempDir directory(temp_root());
    {
        BuildLog log(directory.path());
        log.emit(MessageEvent{"b.a", MessageEvent::Kind::Say, "hello"});
        log.emit(MessageEvent{"b.a (ova)", MessageEvent::Kind::Error, "bad"});
        log.emit(MessageEvent{"", MessageEvent::Kind::Say, "of no build"});
    }
    const std::string text = read_file(directory.path() / "b.a.log");
    EXPECT_NE(text.find("info hello"), std::string::npos);
    EXPECT_NE(text.find("error bad"), std::string::npos);
    EXPECT_EQ(text.find("of no build"), std::string::npos);
}

TEST(Progress, TellsRateAndTimeLeft) {
    ProgressEvent progress{"b",  "id", "sealing", 100 << 20, 400 << 20, ProgressEvent::Unit::Bytes,
                           false};
    EXPECT_EQ(describe_progress(progress, 2s), "sealing  25% of 400.0 MiB, 50.0 MiB/s, 6 s left");
    progress.total = 0;
    EXPECT_EQ(describe_progress(progress, 0s), "sealing  100.0 MiB");
}

}  // namespace
}  // namespace kiln::render
