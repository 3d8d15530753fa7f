#include "download/download.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lock.h"
#include "download/archive.h"
#include "download/cache.h"
#include "download/http_transfer.h"
#include "download/source.h"

namespace kiln::download {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t checksum_file_limit = 8 << 20;

/// Tells how far one piece of work has come: at most ten events a second, and one at its end.
class ProgressReport {
  public:
    ProgressReport(const Reporter& reporter, std::string id, std::string label);
    ~ProgressReport();
    ProgressReport(const ProgressReport&) = delete;
    ProgressReport& operator=(const ProgressReport&) = delete;

    void update(std::uint64_t done, std::uint64_t total);
    ProgressFunction function() {
        return [this](std::uint64_t done, std::uint64_t total) { update(done, total); };
    }

  private:
    const Reporter& reporter_;
    ProgressEvent event_;
    Clock::time_point next_;
    bool begun_ = false;
};

/// The work on one mirror.
class Fetch {
  public:
    Fetch(const DownloadRequest& request, const DownloadContext& context, Source source,
          std::optional<Checksum> checksum)
        : request_(request),
          context_(context),
          source_(std::move(source)),
          checksum_(std::move(checksum)),
          index_(context.cache_dir) {}

    fs::path run();

  private:
    fs::path run_local();
    fs::path run_http();
    void check_local() const;
    void verify_local() const;
    bool cached(const fs::path& target) const;
    bool unchanged_at_server(const fs::path& target) const;
    void transfer(const fs::path& part) const;
    void put_in_place(const fs::path& part, const fs::path& target) const;
    void unpack_to(const fs::path& archive, const fs::path& target) const;
    FileLock lock(const fs::path& target) const;
    fs::path target() const;
    std::string content() const;
    TransferOptions transfer_options() const;

    const DownloadRequest& request_;
    const DownloadContext& context_;
    Source source_;
    std::optional<Checksum> checksum_;
    VerifiedIndex index_;
};

std::string read_checksum_file(const Source& source, const DownloadContext& context);
Error mismatch(const fs::path& path, const Checksum& expected, const std::string& actual);
Error all_failed(const DownloadRequest& request, const std::vector<std::string>& failures,
                 const std::string& hint);
void make_directory(const fs::path& directory);
void set_modified(const fs::path& file, std::int64_t seconds);

}  // namespace

Duration read_timeout() {
    const char* text = std::getenv("PACKER_GETTER_READ_TIMEOUT");
    if (text == nullptr || *text == '\0') return std::chrono::minutes(30);
    const auto duration = parse_duration(text);
    if (!duration || *duration <= Duration::zero()) {
        throw Error(fmt::format("PACKER_GETTER_READ_TIMEOUT: \"{}\" is not a duration", text))
            .with_hint("Write it like 30m or 90s.");
    }
    return *duration;
}

fs::path fetch(const DownloadRequest& request, const DownloadContext& context) {
    if (request.urls.empty()) throw Error(fmt::format("no URL for the {}", request.what));
    const auto checksum = resolve_checksum(request.checksum, request.urls, context);
    context.reporter.say(fmt::format("Retrieving {}", request.what));
    std::vector<std::string> failures;
    std::string hint;
    for (const std::string& url : request.urls) {
        context.cancel.throw_if_cancelled();
        const std::string shown = without_credentials(url);
        context.reporter.say(fmt::format("Trying {}", shown));
        try {
            Source source = parse_source(url);
            auto own = source.checksum.empty() ? checksum
                                               : resolve_checksum(source.checksum, {url}, context);
            fs::path path = Fetch(request, context, std::move(source), std::move(own)).run();
            context.reporter.say(fmt::format("{} => {}", shown, path.string()));
            return path;
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            failures.push_back(fmt::format("{}: {}", shown, error.what()));
            hint = error.hint();
            context.reporter.error(fmt::format("Download failed {}", error.what()));
        } catch (const fs::filesystem_error& error) {
            failures.push_back(fmt::format("{}: {}", shown, error.what()));
        }
    }
    throw all_failed(request, failures, hint);
}

std::optional<Checksum> resolve_checksum(const std::string& text,
                                         const std::vector<std::string>& urls,
                                         const DownloadContext& context) {
    constexpr std::string_view prefix = "file:";
    if (!text.starts_with(prefix)) return parse_checksum(text);
    try {
        const Source file = parse_source(text.substr(prefix.size()));
        const std::string sums = read_checksum_file(file, context);
        for (const std::string& url : urls) {
            const auto found = find_checksum(sums, parse_source(url).name_path(), file.name_path());
            if (found) return found;
        }
        throw Error(fmt::format("no checksum found in: {}", file.display()))
            .with_hint("The file must have a line for the image's name, as sha256sum writes it.");
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& error) {
        throw Error(fmt::format("{} in \"{}{}\"", error.what(), prefix,
                                without_credentials(text.substr(prefix.size()))))
            .with_hint(error.hint());
    }
}

std::string find_streamable_url(const std::vector<std::string>& urls,
                                const DownloadContext& context) {
    TransferOptions options;
    options.cancel = context.cancel;
    options.stall_timeout = context.stall_timeout;
    std::string found;
    std::string reasons;
    for (const std::string& url : urls) {
        try {
            const Source source = parse_source(url);
            if (source.kind != Source::Kind::Http) throw Error("not an http URL");
            const RemoteInfo info = http_head(source.url, options);
            if (info.status < 200 || info.status > 299) {
                throw Error(fmt::format("bad response code: {}", info.status));
            }
            if (!info.accepts_ranges) throw Error("the server does not serve ranges");
            found = source.url;
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            reasons += fmt::format("\n  {}: {}", without_credentials(url), error.what());
        }
    }
    if (!found.empty()) return found;
    throw Error("no URL can be read in place:" + reasons)
        .with_hint("Drop iso_skip_cache to download the image.");
}

namespace {

fs::path Fetch::run() {
    return source_.kind == Source::Kind::Local ? run_local() : run_http();
}

fs::path Fetch::run_local() {
    check_local();
    verify_local();
    if (source_.archive.empty()) return source_.path;
    const fs::path path = target();
    const FileLock held = lock(path);
    if (checksum_ && index_.contains(path, content())) return path;
    unpack_to(source_.path, path);
    return path;
}

fs::path Fetch::run_http() {
    const fs::path path = target();
    const FileLock held = lock(path);
    if (cached(path)) return path;
    const fs::path part = path.string() + ".part";
    transfer(part);
    put_in_place(part, path);
    return path;
}

void Fetch::check_local() const {
    struct stat info {};
    if (stat(source_.path.c_str(), &info) != 0) {
        throw system_error(fmt::format("cannot open {}", source_.path.string()), errno)
            .with_hint(fmt::format("Relative paths start at the working directory, {}.",
                                   fs::current_path().string()));
    }
    if (!S_ISREG(info.st_mode)) {
        throw Error(fmt::format("{} is not a file", source_.path.string()));
    }
}

void Fetch::verify_local() const {
    if (!checksum_ || index_.contains(source_.path, checksum_->to_string())) return;
    const auto before = stamp_of(source_.path);
    const std::string actual = digest_file_hex(checksum_->type, source_.path, context_.cancel);
    if (actual != checksum_->hex) throw mismatch(source_.path, *checksum_, actual);
    if (before && before->settled() && stamp_of(source_.path) == before) {
        index_.record(source_.path, checksum_->to_string(), *before);
    }
}

bool Fetch::cached(const fs::path& target) const {
    std::error_code ignored;
    if (!fs::is_regular_file(target, ignored)) return false;
    if (!checksum_) return source_.archive.empty() && unchanged_at_server(target);
    if (index_.contains(target, content())) return true;
    if (!source_.archive.empty()) return false;
    const auto before = stamp_of(target);
    if (digest_file_hex(checksum_->type, target, context_.cancel) == checksum_->hex) {
        if (before && before->settled()) index_.record(target, content(), *before);
        return true;
    }
    context_.reporter.say(
        fmt::format("{} does not have its checksum, fetching it again", target.string()));
    return false;
}

/// Without a checksum only the server can tell whether its file is still the cached one.
bool Fetch::unchanged_at_server(const fs::path& target) const {
    const RemoteInfo info = http_head(source_.url, transfer_options());
    const auto stamp = stamp_of(target);
    if (info.status != 200 || !info.size || !info.modified || !stamp) return false;
    return stamp->size == static_cast<std::int64_t>(*info.size) &&
           stamp->mtime_ns / 1'000'000'000 == *info.modified;
}

/// The part is whole, and verified when there is a checksum.
void Fetch::transfer(const fs::path& part) const {
    TransferOptions options = transfer_options();
    ProgressReport report(context_.reporter, "download:" + source_.display(),
                          fmt::format("fetching {}", source_.display()));
    options.progress = report.function();
    while (true) {
        const TransferResult result =
            http_transfer(source_.url, part, checksum_.has_value(), options);
        if (checksum_) {
            const std::string actual = digest_file_hex(checksum_->type, part, context_.cancel);
            if (actual != checksum_->hex) {
                context_.reporter.error(
                    fmt::format("Checksum did not match, removing {}", part.string()));
                remove_part(part);
                // The beginning may have come from another file: once more, all from here.
                if (result.resumed) continue;
                throw mismatch(source_.display(), *checksum_, actual);
            }
        }
        if (result.modified) set_modified(part, *result.modified);
        return;
    }
}

void Fetch::put_in_place(const fs::path& part, const fs::path& target) const {
    if (!source_.archive.empty()) {
        unpack_to(part, target);
        remove_part(part);
        return;
    }
    fs::rename(part, target);
    remove_part(part);
    const auto stamp = stamp_of(target);
    if (checksum_ && stamp) index_.record(target, content(), *stamp);
}

void Fetch::unpack_to(const fs::path& archive, const fs::path& target) const {
    ProgressReport report(context_.reporter, "unpack:" + source_.display(),
                          fmt::format("unpacking {}", archive.filename().string()));
    unpack(archive, source_.archive, target, context_.cancel, report.function());
    const auto stamp = stamp_of(target);
    if (checksum_ && stamp) index_.record(target, content(), *stamp);
}

FileLock Fetch::lock(const fs::path& target) const {
    make_directory(target.parent_path());
    const fs::path path = target.string() + ".lock";
    bool told = false;
    while (true) {
        if (auto held = FileLock::try_acquire(path)) return std::move(*held);
        if (!told) {
            context_.reporter.say(
                fmt::format("Waiting for another kiln that fetches {}", target.string()));
        }
        told = true;
        if (context_.cancel.wait_for(std::chrono::milliseconds(100))) {
            context_.cancel.throw_if_cancelled();
        }
    }
}

fs::path Fetch::target() const {
    const std::string key =
        source_.display() + (source_.archive.empty() ? "" : "?archive=" + source_.archive);
    std::string name = cache_file_name(checksum_, key, request_.extension);
    if (checksum_ && !source_.archive.empty()) {
        name = cache_file_name(std::nullopt, content(), request_.extension);
    }
    if (request_.target_path.empty()) return fs::absolute(context_.cache_dir) / name;
    const fs::path wanted = fs::absolute(expand_home(request_.target_path.string()));
    const bool directory = !wanted.has_extension() || fs::is_directory(wanted);
    return directory ? wanted / name : wanted;
}

/// What the target holds, for the index.
std::string Fetch::content() const {
    const std::string text = checksum_ ? checksum_->to_string() : std::string();
    return source_.archive.empty() ? text : fmt::format("{}?archive={}", text, source_.archive);
}

TransferOptions Fetch::transfer_options() const {
    TransferOptions options;
    options.cancel = context_.cancel;
    options.stall_timeout = context_.stall_timeout;
    return options;
}

std::string read_checksum_file(const Source& source, const DownloadContext& context) {
    if (source.kind == Source::Kind::Local) return read_file(source.path, checksum_file_limit);
    const TempDir folder(temp_root(), "kiln-checksum-");
    const fs::path file = folder.path() / "sums";
    TransferOptions options;
    options.cancel = context.cancel;
    options.stall_timeout = context.stall_timeout;
    options.max_bytes = checksum_file_limit;
    http_transfer(source.url, file, false, options);
    return read_file(file, checksum_file_limit);
}

Error mismatch(const fs::path& path, const Checksum& expected, const std::string& actual) {
    return Error(fmt::format("{} has the wrong checksum: expected {}, found {}:{}", path.string(),
                             expected.to_string(), digest_name(expected.type), actual))
        .with_hint(
            "Either the file was damaged or replaced, or iso_checksum is that of another version.");
}

Error all_failed(const DownloadRequest& request, const std::vector<std::string>& failures,
                 const std::string& hint) {
    std::string text = fmt::format("error downloading {}:", request.what);
    for (const std::string& failure : failures) text += "\n  " + failure;
    return Error(std::move(text))
        .with_hint(hint.empty()
                       ? "Check the addresses, or fetch the file yourself and give its path."
                       : hint);
}

ProgressReport::ProgressReport(const Reporter& reporter, std::string id, std::string label)
    : reporter_(reporter) {
    event_.id = std::move(id);
    event_.label = std::move(label);
}

ProgressReport::~ProgressReport() {
    if (!begun_) return;
    event_.finished = true;
    reporter_.progress(event_);
}

void ProgressReport::update(std::uint64_t done, std::uint64_t total) {
    event_.done = done;
    event_.total = total;
    begun_ = true;
    const auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(100);
    reporter_.progress(event_);
}

void make_directory(const fs::path& directory) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (error) {
        throw Error(fmt::format("cannot create {}", directory.string())).because(error.message());
    }
}

void set_modified(const fs::path& file, std::int64_t seconds) {
    const timespec times[2] = {{0, UTIME_OMIT}, {seconds, 0}};
    // Without it a file that has no checksum is fetched again next time, and nothing else.
    (void)utimensat(AT_FDCWD, file.c_str(), times, 0);
}

}  // namespace
}  // namespace kiln::download
