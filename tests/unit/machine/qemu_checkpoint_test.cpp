#include "machine/qemu/qemu_checkpoint.h"

#include <deque>

#include <gmock/gmock.h>

#include "base/error.h"

namespace kiln::qemu {
namespace {

using json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

json disk(const char* node, const char* format = "qcow2") {
    return {{"device", "virtio0"},
            {"removable", false},
            {"inserted",
             {{"ro", false},
              {"drv", format},
              {"node-name", node},
              {"file", std::string(node) + ".img"},
              {"image", json::object()}}}};
}

// Answers as QEMU does, and writes down the commands.
class FakeQemu {
  public:
    json operator()(std::string_view command, const json& arguments) {
        if (command == "query-block") return blocks;
        if (command == "query-jobs") {
            const bool done = ++looks % 3 == 0;
            return json::array({{{"id", "another"}, {"status", "running"}},
                                {{"id", job},
                                 {"status", done ? "concluded" : "running"},
                                 {"error", job_error.empty() ? json() : json(job_error)}}});
        }
        if (command == "job-dismiss") {
            EXPECT_EQ(arguments["id"], job);
            return json::object();
        }
        job = arguments.at("job-id");
        json shown = arguments;
        shown.erase("job-id");
        log.push_back(std::string(command) + " " + shown.dump());
        return json::object();
    }

    QmpExecute execute() {
        return [this](std::string_view command, const json& arguments, const CancelToken&) {
            return (*this)(command, arguments);
        };
    }

    json blocks = json::array();
    std::string job;
    std::string job_error;
    int looks = 0;
    std::vector<std::string> log;
};

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.to_string();
    }
    return "";
}

TEST(QemuCheckpoint, KeepsMemoryInTheFirstDiskAndDisksInAll) {
    FakeQemu qemu;
    qemu.blocks = json::array({disk("#block1"), disk("#block2")});
    save_checkpoint(qemu.execute(), "booted", {});
    EXPECT_THAT(qemu.log,
                ElementsAre(R"(snapshot-save {"devices":["#block1","#block2"],"tag":"booted",)"
                            R"("vmstate":"#block1"})"));
}

TEST(QemuCheckpoint, LeavesOutRemovableReadOnlyAndFlash) {
    FakeQemu qemu;
    json flash = disk("#flash", "raw");
    flash["device"] = "pflash1";
    json floppy = disk("#floppy", "raw");
    floppy["removable"] = true;
    json read_only = disk("#ro", "raw");
    read_only["inserted"]["ro"] = true;
    const json empty_drive = {{"device", "ide1-cd0"}, {"removable", true}};
    qemu.blocks = json::array({flash, floppy, read_only, empty_drive, disk("#disk")});
    save_checkpoint(qemu.execute(), "x", {});
    EXPECT_THAT(qemu.log, ElementsAre(HasSubstr(R"("devices":["#disk"])")));
}

TEST(QemuCheckpoint, ReplacesAnOlderOneOfTheSameName) {
    FakeQemu qemu;
    qemu.blocks = json::array({disk("#disk")});
    qemu.blocks[0]["inserted"]["image"]["snapshots"] = json::array({{{"name", "x"}}});
    save_checkpoint(qemu.execute(), "x", {});
    EXPECT_THAT(qemu.log, ElementsAre(R"(snapshot-delete {"devices":["#disk"],"tag":"x"})",
                                      HasSubstr("snapshot-save")));
}

TEST(QemuCheckpoint, GoesBackToOneThatIsThere) {
    FakeQemu qemu;
    qemu.blocks = json::array({disk("#disk")});
    EXPECT_THAT(error_of([&] { load_checkpoint(qemu.execute(), "x", {}); }),
                HasSubstr("there is no checkpoint x"));
    qemu.blocks[0]["inserted"]["image"]["snapshots"] =
        json::array({{{"name", "w"}}, {{"name", "x"}}});
    load_checkpoint(qemu.execute(), "x", {});
    EXPECT_THAT(qemu.log, ElementsAre(HasSubstr("snapshot-load")));
}

TEST(QemuCheckpoint, RefusesDisksThatCannotHoldIt) {
    FakeQemu qemu;
    qemu.blocks = json::array({disk("#disk"), disk("#raw", "raw")});
    EXPECT_THAT(error_of([&] { save_checkpoint(qemu.execute(), "x", {}); }),
                HasSubstr("the disk #raw.img cannot hold checkpoints: its format is raw"));
    qemu.blocks = json::array();
    EXPECT_THAT(error_of([&] { save_checkpoint(qemu.execute(), "x", {}); }),
                HasSubstr("no disk that could hold checkpoints"));
}

TEST(QemuCheckpoint, TellsWhyTheJobFailed) {
    FakeQemu qemu;
    qemu.blocks = json::array({disk("#disk")});
    qemu.job_error = "No space left on device";
    EXPECT_THAT(error_of([&] { save_checkpoint(qemu.execute(), "x", {}); }),
                HasSubstr("cannot keep the checkpoint x: No space left on device"));
}

}  // namespace
}  // namespace kiln::qemu
