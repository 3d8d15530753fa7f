#include "download/cache.h"

#include <chrono>
#include <cstdlib>

#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"

namespace kiln::download {
namespace {

std::string record_text(std::string_view content, const FileStamp& stamp);
std::filesystem::path variable(const char* name);

}  // namespace

std::filesystem::path default_cache_directory() {
    if (auto path = variable("PACKER_CACHE_DIR"); !path.empty()) {
        return std::filesystem::absolute(path);
    }
    if (auto path = variable("XDG_CACHE_HOME"); !path.empty()) return path / "kiln";
    if (auto path = variable("HOME"); !path.empty()) return path / ".cache" / "kiln";
    throw Error(
        "there is no place for the cache: PACKER_CACHE_DIR, XDG_CACHE_HOME and HOME are unset")
        .with_hint("Set PACKER_CACHE_DIR to a directory with room for installation images.");
}

std::string cache_file_name(const std::optional<Checksum>& checksum, std::string_view url,
                            std::string_view extension) {
    const std::string key = checksum ? checksum->to_string() : std::string(url);
    std::string name = digest_hex(DigestType::Sha1, key);
    while (extension.starts_with('.')) extension.remove_prefix(1);
    if (extension.empty()) return name;
    name += '.';
    for (const char c : extension) {
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return name;
}

VerifiedIndex::VerifiedIndex(const std::filesystem::path& cache_dir)
    : directory_(cache_dir / "verified") {}

bool FileStamp::settled() const {
    constexpr std::int64_t coarsest_clock_ns = 2'000'000'000;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(now).count() - ctime_ns > coarsest_clock_ns;
}

std::optional<FileStamp> stamp_of(const std::filesystem::path& file) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0) return std::nullopt;
    const auto nanoseconds = [](const timespec& time) {
        return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
    };
    return FileStamp{info.st_dev, info.st_ino, info.st_size, nanoseconds(info.st_mtim),
                     nanoseconds(info.st_ctim)};
}

bool VerifiedIndex::contains(const std::filesystem::path& file, std::string_view content) const {
    const auto stamp = stamp_of(file);
    if (!stamp) return false;
    try {
        const auto record = directory_ / digest_hex(DigestType::Sha1, file.string());
        return read_file(record, 1024) == record_text(content, *stamp);
    } catch (const Error&) {
        return false;
    }
}

void VerifiedIndex::record(const std::filesystem::path& file, std::string_view content,
                           const FileStamp& stamp) const {
    std::error_code ignored;
    std::filesystem::create_directories(directory_, ignored);
    try {
        write_file_atomically(directory_ / digest_hex(DigestType::Sha1, file.string()),
                              record_text(content, stamp));
    } catch (const Error&) {
        return;  // the file is hashed again next time
    }
}

namespace {

std::string record_text(std::string_view content, const FileStamp& stamp) {
    return fmt::format("kiln-verified 1 {} {} {} {} {} {}\n", content, stamp.device, stamp.inode,
                       stamp.size, stamp.mtime_ns, stamp.ctime_ns);
}

std::filesystem::path variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

}  // namespace
}  // namespace kiln::download
