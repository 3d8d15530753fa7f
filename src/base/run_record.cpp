#include "base/run_record.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <map>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kiln {
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

struct Entry {
    std::string kind;
    std::string what;
    fs::path path;
    std::optional<std::pair<std::uint64_t, std::uint64_t>> identity;  // device, inode
    pid_t pid = -1;
    std::uint64_t start = 0;
};

std::uint32_t crc32(std::string_view bytes);
std::optional<std::uint64_t> process_start_time(pid_t pid);
std::map<std::uint64_t, Entry> read_open_claims(const std::string& text);
void apply(const Json& line, std::map<std::uint64_t, Entry>& claims);
std::string undo(const Entry& entry);
std::string undo_path(const Entry& entry);
std::string undo_process(const Entry& entry);

}  // namespace

RunRecord::RunRecord(const fs::path& state_directory, const std::string& run_id)
    : path_(state_directory / "runs" / (run_id + ".record")) {
    fs::create_directories(path_.parent_path());
    fd_ = open_file(path_, O_WRONLY | O_CREAT | O_APPEND | O_EXCL, 0600);
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
        throw system_error(fmt::format("cannot lock {}", path_.string()), errno);
    }
}

RunRecord::~RunRecord() {
    unlink(path_.c_str());
}

RunRecord::Claim RunRecord::claim_path(const fs::path& path, const std::string& what) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = next_id_++;
    const fs::path absolute = fs::absolute(path).lexically_normal();
    append(Json{
        {"op", "claim"}, {"id", id}, {"kind", "path"}, {"path", absolute.string()}, {"what", what}}
               .dump());
    return {this, id, absolute};
}

RunRecord::Claim RunRecord::claim_process(pid_t pid, const std::string& what) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t id = next_id_++;
    append(Json{
        {"op", "claim"},
        {"id", id},
        {"kind", "process"},
        {"pid", pid},
        {"start", process_start_time(pid).value_or(0)},
        {"what",
         what}}.dump());
    return {this, id, {}};
}

void RunRecord::append(const std::string& json) {
    write_all(fd_.get(), fmt::format("{:08x} {}\n", crc32(json), json), path_);
    fdatasync(fd_.get());
}

RunRecord::Claim::Claim(Claim&& other) noexcept
    : record_(std::exchange(other.record_, nullptr)),
      id_(other.id_),
      path_(std::move(other.path_)) {}

RunRecord::Claim& RunRecord::Claim::operator=(Claim&& other) noexcept {
    if (this != &other) {
        done();
        record_ = std::exchange(other.record_, nullptr);
        id_ = other.id_;
        path_ = std::move(other.path_);
    }
    return *this;
}

void RunRecord::Claim::made() {
    struct stat info {};
    if (record_ == nullptr || lstat(path_.c_str(), &info) != 0) return;
    const std::lock_guard lock(record_->mutex_);
    record_->append(
        Json{{"op", "made"}, {"id", id_}, {"device", info.st_dev}, {"inode", info.st_ino}}.dump());
}

void RunRecord::Claim::done() {
    if (record_ == nullptr) return;
    RunRecord* record = std::exchange(record_, nullptr);
    const std::lock_guard lock(record->mutex_);
    try {
        record->append(Json{{"op", "done"}, {"id", id_}}.dump());
    } catch (const Error&) {
        // The disk is full: the claim stays open, and recovery finds nothing left of it.
    }
}

std::vector<std::string> recover_dead_runs(const fs::path& state_directory) {
    std::vector<std::string> notices;
    std::error_code ignored;
    std::vector<fs::path> records;
    for (const auto& file : fs::directory_iterator(state_directory / "runs", ignored)) {
        if (file.path().extension() == ".record") records.push_back(file.path());
    }
    std::sort(records.begin(), records.end());
    for (const auto& path : records) {
        const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) continue;  // its run lives
        try {
            const auto claims = read_open_claims(read_file(path));
            for (auto claim = claims.rbegin(); claim != claims.rend(); ++claim) {
                std::string notice = undo(claim->second);
                if (!notice.empty()) notices.push_back(std::move(notice));
            }
        } catch (const Error& error) {
            notices.push_back(
                fmt::format("Could not read the record of an earlier run: {}", error.what()));
            continue;
        }
        unlink(path.c_str());
    }
    return notices;
}

namespace {

std::map<std::uint64_t, Entry> read_open_claims(const std::string& text) {
    constexpr std::size_t crc_digits = 8;
    std::map<std::uint64_t, Entry> claims;
    std::string_view rest = text;
    while (true) {
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos || end <= crc_digits + 1) return claims;
        const std::string_view line = rest.substr(0, end);
        const std::string_view json = line.substr(crc_digits + 1);
        std::uint32_t crc = 0;
        const auto [stop, failure] =
            std::from_chars(line.data(), line.data() + crc_digits, crc, 16);
        if (failure != std::errc() || stop != line.data() + crc_digits || crc != crc32(json)) {
            return claims;
        }
        const Json parsed = Json::parse(json, nullptr, false);
        if (!parsed.is_object()) return claims;
        try {
            apply(parsed, claims);
        } catch (const Json::exception&) {
            return claims;
        }
        rest.remove_prefix(end + 1);
    }
}

void apply(const Json& line, std::map<std::uint64_t, Entry>& claims) {
    const std::string op = line.at("op");
    const std::uint64_t id = line.at("id");
    if (op == "done") {
        claims.erase(id);
    } else if (op == "made") {
        const auto claim = claims.find(id);
        if (claim == claims.end()) return;
        claim->second.identity = {line.at("device").get<std::uint64_t>(),
                                  line.at("inode").get<std::uint64_t>()};
    } else if (op == "claim") {
        Entry entry;
        entry.kind = line.at("kind");
        entry.what = line.at("what");
        if (entry.kind == "path") entry.path = line.at("path").get<std::string>();
        if (entry.kind == "process") {
            entry.pid = line.at("pid");
            entry.start = line.at("start");
        }
        claims[id] = std::move(entry);
    }
}

std::string undo(const Entry& entry) {
    return entry.kind == "process" ? undo_process(entry) : undo_path(entry);
}

std::string undo_path(const Entry& entry) {
    struct stat info {};
    if (entry.path.empty() || lstat(entry.path.c_str(), &info) != 0) return {};
    if (entry.identity &&
        (entry.identity->first != info.st_dev || entry.identity->second != info.st_ino)) {
        return {};  // somebody else made another thing of this name since
    }
    std::error_code failure;
    fs::remove_all(entry.path, failure);
    if (failure) {
        return fmt::format("Could not remove the {} {} that an interrupted run left: {}",
                           entry.what, entry.path.string(), failure.message());
    }
    return fmt::format("Removed the {} {} that an interrupted run left.", entry.what,
                       entry.path.string());
}

std::string undo_process(const Entry& entry) {
    const auto start = process_start_time(entry.pid);
    if (!start || entry.start == 0 || *start != entry.start) return {};
    if (kill(entry.pid, SIGKILL) != 0) return {};
    return fmt::format("Ended the {} (process {}) that an interrupted run left.", entry.what,
                       entry.pid);
}

// Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot. With the pid it names a process for
// good, since a reused pid has a later start.
std::optional<std::uint64_t> process_start_time(pid_t pid) {
    std::string text;
    try {
        text = read_file(fmt::format("/proc/{}/stat", pid));
    } catch (const Error&) {
        return std::nullopt;
    }
    // The second field is the program's name in parentheses and may hold anything.
    std::size_t at = text.rfind(')');
    if (at == std::string::npos) return std::nullopt;
    constexpr int fields_to_skip = 20;
    for (int i = 0; i < fields_to_skip && at != std::string::npos; ++i) at = text.find(' ', at + 1);
    if (at == std::string::npos) return std::nullopt;
    std::uint64_t ticks = 0;
    const char* begin = text.data() + at + 1;
    const auto [stop, failure] = std::from_chars(begin, text.data() + text.size(), ticks);
    return failure == std::errc() && stop != begin ? std::optional(ticks) : std::nullopt;
}

// CRC-32 as in IEEE 802.3, bit by bit: lines are short.
std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

}  // namespace
}  // namespace kiln
