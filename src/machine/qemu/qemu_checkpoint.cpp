#include "machine/qemu/qemu_checkpoint.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

#include "base/duration.h"
#include "base/error.h"

namespace kiln::qemu {
namespace {

using json = nlohmann::json;

constexpr std::chrono::minutes job_limit(10);
constexpr std::chrono::milliseconds job_poll(20);

// The block nodes that hold snapshots. The first keeps the guest's memory too.
struct SnapshotNodes {
    std::vector<std::string> names;
    bool has_snapshot = false;
};

SnapshotNodes snapshot_nodes(const QmpExecute& execute, const std::string& name,
                             const CancelToken& cancel);
json snapshot_arguments(const SnapshotNodes& nodes, const std::string& name);
void run_job(const QmpExecute& execute, std::string_view command, json arguments,
             const std::string& what, const CancelToken& cancel);
std::string member(const json& object, const char* key);

}  // namespace

void save_checkpoint(const QmpExecute& execute, const std::string& name,
                     const CancelToken& cancel) {
    const SnapshotNodes nodes = snapshot_nodes(execute, name, cancel);
    json arguments = snapshot_arguments(nodes, name);
    if (nodes.has_snapshot) {
        json old = {{"tag", name}, {"devices", nodes.names}};
        run_job(execute, "snapshot-delete", std::move(old),
                fmt::format("cannot remove the older checkpoint {}", name), cancel);
    }
    run_job(execute, "snapshot-save", std::move(arguments),
            fmt::format("cannot keep the checkpoint {}", name), cancel);
}

void load_checkpoint(const QmpExecute& execute, const std::string& name,
                     const CancelToken& cancel) {
    const SnapshotNodes nodes = snapshot_nodes(execute, name, cancel);
    if (!nodes.has_snapshot) {
        throw Error(fmt::format("there is no checkpoint {}", name));
    }
    run_job(execute, "snapshot-load", snapshot_arguments(nodes, name),
            fmt::format("cannot go back to the checkpoint {}", name), cancel);
}

namespace {

// All writable disks have to be QCOW2. Left out are removable media, and the flash with UEFI's
// variables, whose content is part of the guest's memory.
SnapshotNodes snapshot_nodes(const QmpExecute& execute, const std::string& name,
                             const CancelToken& cancel) {
    SnapshotNodes nodes;
    const json blocks = execute("query-block", json::object(), cancel);
    for (const json& block : blocks) {
        const json inserted = block.value("inserted", json());
        if (!inserted.is_object() || inserted.value("ro", false)) continue;
        if (block.value("removable", false)) continue;
        const std::string device = member(block, "device");
        if (device.starts_with("pflash")) continue;
        if (member(inserted, "drv") != "qcow2") {
            throw Error(
                fmt::format("the disk {} cannot hold checkpoints", member(inserted, "file")))
                .because(fmt::format("its format is {}", member(inserted, "drv")))
                .with_hint("Set format = \"qcow2\".");
        }
        if (nodes.names.empty()) {
            const json image = inserted.value("image", json::object());
            for (const json& snapshot : image.value("snapshots", json::array())) {
                nodes.has_snapshot = nodes.has_snapshot || member(snapshot, "name") == name;
            }
        }
        nodes.names.push_back(member(inserted, "node-name"));
    }
    if (nodes.names.empty()) {
        throw Error("the guest has no disk that could hold checkpoints")
            .with_hint("Checkpoints are kept inside a writable QCOW2 disk.");
    }
    return nodes;
}

json snapshot_arguments(const SnapshotNodes& nodes, const std::string& name) {
    return {{"tag", name}, {"vmstate", nodes.names.front()}, {"devices", nodes.names}};
}

// Starts a job of QEMU's and waits for its end.
void run_job(const QmpExecute& execute, std::string_view command, json arguments,
             const std::string& what, const CancelToken& cancel) {
    static std::atomic<unsigned> counter = 0;
    const std::string id = fmt::format("kiln-{}", counter++);
    arguments["job-id"] = id;
    try {
        execute(command, std::move(arguments), cancel);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(what).because(error);
    }
    const auto deadline = std::chrono::steady_clock::now() + job_limit;
    while (true) {
        const json jobs = execute("query-jobs", json::object(), cancel);
        const auto job = std::ranges::find_if(
            jobs, [&](const json& candidate) { return member(candidate, "id") == id; });
        if (job == jobs.end()) throw Error(what).because("QEMU lost the job");
        if (member(*job, "status") == "concluded") {
            const std::string error = member(*job, "error");
            execute("job-dismiss", {{"id", id}}, cancel);
            if (!error.empty()) throw Error(what).because(error);
            return;
        }
        if (std::chrono::steady_clock::now() > deadline) {
            throw Error(what).because(
                fmt::format("it took more than {}", format_duration(job_limit)));
        }
        if (cancel.wait_for(job_poll)) cancel.throw_if_cancelled();
    }
}

std::string member(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace
}  // namespace kiln::qemu
