#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "http_server/byte_range.h"
#include "http_server/content_type.h"
#include "http_server/site.h"

namespace kiln::http {
namespace {

constexpr std::size_t max_listed_entries = 10'000;

class DirectorySite : public Site {
  public:
    explicit DirectorySite(UniqueFd root) : root_(std::move(root)) {}
    Reply answer(const SiteRequest& request) const override;

  private:
    struct Opened {
        UniqueFd fd;
        int error = 0;
    };
    Opened open_beneath(const std::string& relative, int flags) const;
    Reply answer_directory(const SiteRequest& request) const;

    UniqueFd root_;
};

struct DirectoryCloser {
    void operator()(DIR* directory) const { closedir(directory); }
};
using DirectoryHandle = std::unique_ptr<DIR, DirectoryCloser>;

std::string relative_path(const std::string& clean);
Reply plain(int status, std::string text);
Reply failure(int error, const std::string& path);
Reply redirect_to_directory(const std::string& clean);
Reply file_reply(const SiteRequest& request, UniqueFd fd, const struct stat& info,
                 const std::string& name);
Reply listing(UniqueFd directory, const std::string& path);
std::string etag_of(const struct stat& info);
std::string http_date(std::time_t time);
bool not_modified(const SiteRequest& request, const struct stat& info);
bool range_applies(const SiteRequest& request, const struct stat& info);
std::string read_head(int fd);

}  // namespace

std::unique_ptr<Site> make_directory_site(const std::filesystem::path& directory) {
    UniqueFd root(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) {
        throw system_error(fmt::format("Error finding \"{}\"", directory.string()), errno)
            .with_hint("http_directory must name a directory that exists when the build runs.");
    }
    return std::make_unique<DirectorySite>(std::move(root));
}

namespace {

Reply DirectorySite::answer(const SiteRequest& request) const {
    const std::string& path = request.path.clean;
    // O_NONBLOCK: a FIFO in the directory must not hold the thread.
    Opened opened = open_beneath(relative_path(path), O_RDONLY | O_NONBLOCK);
    if (!opened.fd) return failure(opened.error, path);
    struct stat info {};
    if (fstat(opened.fd.get(), &info) != 0) return failure(errno, path);
    if (S_ISDIR(info.st_mode)) {
        if (!request.path.trailing_slash) return redirect_to_directory(path);
        return answer_directory(request);
    }
    if (!S_ISREG(info.st_mode)) return failure(EACCES, path);
    if (request.path.trailing_slash) return failure(ENOENT, path);
    return file_reply(request, std::move(opened.fd), info, path);
}

Reply DirectorySite::answer_directory(const SiteRequest& request) const {
    const std::string& path = request.path.clean;
    const std::string prefix = path == "/" ? "/" : path + "/";
    Opened index = open_beneath(relative_path(prefix + "index.html"), O_RDONLY | O_NONBLOCK);
    if (index.fd) {
        struct stat info {};
        if (fstat(index.fd.get(), &info) == 0 && S_ISREG(info.st_mode)) {
            return file_reply(request, std::move(index.fd), info, "index.html");
        }
    } else if (index.error != ENOENT) {
        return failure(index.error, prefix + "index.html");
    }
    Opened directory = open_beneath(relative_path(path), O_RDONLY | O_DIRECTORY);
    if (!directory.fd) return failure(directory.error, path);
    return listing(std::move(directory.fd), prefix);
}

DirectorySite::Opened DirectorySite::open_beneath(const std::string& relative, int flags) const {
    struct open_how how {};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC | O_NOCTTY);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    // EAGAIN: something was renamed while the kernel resolved the name.
    constexpr int tries = 10;
    for (int i = 0; i < tries; ++i) {
        const long fd = syscall(SYS_openat2, root_.get(), relative.c_str(), &how, sizeof how);
        if (fd >= 0) return {UniqueFd(static_cast<int>(fd)), 0};
        if (errno != EAGAIN && errno != EINTR) break;
    }
    return {UniqueFd(), errno};
}

std::string relative_path(const std::string& clean) {
    return clean == "/" ? "." : clean.substr(1);
}

Reply plain(int status, std::string text) {
    Reply reply;
    reply.status = status;
    reply.text = std::move(text);
    return reply;
}

Reply failure(int error, const std::string& path) {
    switch (error) {
        case ENOENT:
        case ENOTDIR:
        case ENAMETOOLONG:
            return plain(404, path + " not found.");
        case EXDEV:
            return plain(403, path + " leads out of the served directory.");
        case EACCES:
        case EPERM:
        case ELOOP:
        case ENXIO:
            return plain(403, path + " cannot be served.");
        default:
            return plain(500, path + " cannot be read.");
    }
}

Reply redirect_to_directory(const std::string& clean) {
    Reply reply = plain(301, {});
    // Relative, so that no `//host` in the path can lead elsewhere.
    const auto name = std::string_view(clean).substr(clean.rfind('/') + 1);
    reply.headers.emplace_back("Location", "./" + encode_segment(name) + "/");
    return reply;
}

Reply file_reply(const SiteRequest& request, UniqueFd fd, const struct stat& info,
                 const std::string& name) {
    const auto size = static_cast<std::uint64_t>(info.st_size);
    Reply reply;
    reply.headers = {{"Accept-Ranges", "bytes"},
                     {"ETag", etag_of(info)},
                     {"Last-Modified", http_date(info.st_mtime)}};
    if (not_modified(request, info)) {
        reply.status = 304;
        return reply;
    }
    reply.type = content_type(name, read_head(fd.get()));
    const auto range =
        range_applies(request, info) ? parse_range(request.range, size) : ByteRange{};
    if (range.kind == ByteRange::Kind::Unsatisfiable) {
        reply.status = 416;
        reply.headers.emplace_back("Content-Range", fmt::format("bytes */{}", size));
        return reply;
    }
    reply.length = size;
    if (range.kind == ByteRange::Kind::Part) {
        reply.status = 206;
        reply.offset = range.first;
        reply.length = range.length;
        reply.headers.emplace_back(
            "Content-Range",
            fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, size));
    }
    if (reply.length > 0) reply.file = std::make_shared<UniqueFd>(std::move(fd));
    return reply;
}

Reply listing(UniqueFd directory_fd, const std::string& path) {
    DirectoryHandle directory(fdopendir(directory_fd.get()));
    if (!directory) return failure(errno, path);
    directory_fd.release();
    std::vector<std::string> names;
    bool truncated = false;
    while (const dirent* entry = readdir(directory.get())) {
        std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        if (names.size() == max_listed_entries) {
            truncated = true;
            break;
        }
        if (entry->d_type == DT_DIR) name += '/';
        names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());

    Reply reply;
    reply.type = "text/html; charset=utf-8";
    reply.text = fmt::format("<!doctype html>\n<title>{}</title>\n<pre>\n", escape_html(path));
    for (const std::string& name : names) {
        const bool is_directory = name.ends_with('/');
        const auto bare = std::string_view(name).substr(0, name.size() - (is_directory ? 1 : 0));
        reply.text += fmt::format("<a href=\"{}{}\">{}</a>\n", encode_segment(bare),
                                  is_directory ? "/" : "", escape_html(name));
    }
    if (truncated) reply.text += fmt::format("(the first {} entries)\n", max_listed_entries);
    reply.text += "</pre>\n";
    return reply;
}

std::string etag_of(const struct stat& info) {
    return fmt::format("\"{:x}-{:x}-{:x}\"", info.st_mtim.tv_sec, info.st_mtim.tv_nsec,
                       info.st_size);
}

std::string http_date(std::time_t time) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    gmtime_r(&time, &parts);
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                       months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

/// Dates are compared as text: a client sends back the one it was given.
bool not_modified(const SiteRequest& request, const struct stat& info) {
    if (!request.if_none_match.empty()) {
        return request.if_none_match == "*" || request.if_none_match == etag_of(info);
    }
    return request.if_modified_since == http_date(info.st_mtime);
}

bool range_applies(const SiteRequest& request, const struct stat& info) {
    return request.if_range.empty() || request.if_range == etag_of(info) ||
           request.if_range == http_date(info.st_mtime);
}

std::string read_head(int fd) {
    std::string head(512, '\0');
    const ssize_t got = pread(fd, head.data(), head.size(), 0);
    head.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return head;
}

}  // namespace
}  // namespace kiln::http
