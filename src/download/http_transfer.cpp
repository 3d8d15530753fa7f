#include "download/http_transfer.h"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/size.h"
#include "download/http_request.h"
#include "download/source.h"

namespace kiln::download {
namespace {

constexpr int attempt_limit = 6;
constexpr auto pause_between_attempts = std::chrono::seconds(1);

/// A file under transfer, with the note beside it of what it was begun from.
class PartFile : public BodyReceiver {
  public:
    PartFile(const std::filesystem::path& path, std::string source, const TransferOptions& options);

    /// Prepares for a request and returns the position from which it is to ask. What is there is
    /// thrown away when nothing can tell whether the rest belongs to it.
    std::uint64_t prepare(bool verified_later);
    /// The validator under which bytes may be added; empty when they may be added without one.
    const std::string& validator() const { return validator_; }
    void discard();
    void sync() const;

    bool begin(long status, const HttpHeaders& headers) override;
    void take(std::string_view bytes) override;

    /// True when all of the file was received, as far as the server told its size.
    bool whole() const { return begun_ && (total_ == 0 || position_ == total_); }
    std::uint64_t received() const { return received_; }

  private:
    void check_size() const;

    std::filesystem::path path_;
    std::string source_;
    const TransferOptions& options_;
    UniqueFd fd_;
    std::string validator_;
    std::uint64_t first_ = 0;     ///< asked for
    std::uint64_t position_ = 0;  ///< where the next byte goes
    std::uint64_t total_ = 0;     ///< of the whole file, 0 when unknown
    std::uint64_t received_ = 0;  ///< by this request
    bool begun_ = false;
};

/// What is known of the part from the transfer that began it.
struct PartMeta {
    std::string url;
    std::string validator;
};

std::filesystem::path meta_path(const std::filesystem::path& part);
std::optional<PartMeta> read_meta(const std::filesystem::path& part);
bool worth_another_attempt(const HttpOutcome& outcome);
Error failure_of(const HttpOutcome& outcome);
Error status_error(long status);

}  // namespace

RemoteInfo http_head(const std::string& url, const TransferOptions& options) {
    const HttpOutcome outcome = HttpRequest(url, options).run_head();
    if (outcome.code != CURLE_OK) throw Error(outcome.reason);
    const HttpHeaders& headers = outcome.headers;
    return {outcome.status, headers.length, headers.etag, headers.modified(),
            headers.accepts_ranges};
}

TransferResult http_transfer(const std::string& url, const std::filesystem::path& part,
                             bool verified_later, const TransferOptions& options) {
    PartFile file(part, without_credentials(url), options);
    TransferResult result;
    for (int attempt = 1;; ++attempt) {
        const std::uint64_t first = file.prepare(verified_later);
        if (attempt == 1) result.resumed = first > 0;
        HttpRequest request(url, options);
        if (first > 0) request.ask_from(first, file.validator());
        const HttpOutcome outcome = request.run(file);
        result.modified = outcome.headers.modified();
        if (outcome.status == 200) result.resumed = false;
        if (outcome.code == CURLE_OK && file.whole()) {
            file.sync();
            return result;
        }
        if (outcome.status == 416 && first > 0 && attempt < attempt_limit) {
            if (outcome.headers.range_total == first) return result;
            file.discard();
            result.resumed = false;
            continue;
        }
        const bool again = worth_another_attempt(outcome) && file.received() > 0;
        if (!again || attempt == attempt_limit) throw failure_of(outcome);
        if (options.cancel.wait_for(pause_between_attempts)) options.cancel.throw_if_cancelled();
    }
}

void remove_part(const std::filesystem::path& part) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    std::filesystem::remove(meta_path(part), ignored);
}

namespace {

PartFile::PartFile(const std::filesystem::path& path, std::string source,
                   const TransferOptions& options)
    : path_(path),
      source_(std::move(source)),
      options_(options),
      fd_(open_file(path, O_RDWR | O_CREAT, 0644)) {}

std::uint64_t PartFile::prepare(bool verified_later) {
    struct stat info {};
    if (fstat(fd_.get(), &info) != 0) {
        throw system_error(fmt::format("cannot look at {}", path_.string()), errno);
    }
    first_ = static_cast<std::uint64_t>(info.st_size);
    const auto meta = read_meta(path_);
    validator_ = meta && meta->url == source_ ? meta->validator : "";
    if (first_ > 0 && validator_.empty() && !verified_later) discard();
    position_ = first_;
    total_ = 0;
    received_ = 0;
    begun_ = false;
    return first_;
}

void PartFile::discard() {
    if (ftruncate(fd_.get(), 0) != 0) {
        throw system_error(fmt::format("cannot write {}", path_.string()), errno);
    }
    first_ = 0;
    position_ = 0;
}

void PartFile::sync() const {
    if (fsync(fd_.get()) != 0) {
        throw system_error(fmt::format("cannot write {}", path_.string()), errno);
    }
}

bool PartFile::begin(long status, const HttpHeaders& headers) {
    if (status != 200 && status != 206) return false;
    begun_ = true;
    if (status == 206) {
        if (first_ == 0 || headers.range_first != first_) {
            throw Error("the server sent another part of the file than was asked for");
        }
        total_ = headers.range_total.value_or(0);
    } else {
        discard();
        total_ = headers.length.value_or(0);
        write_file_atomically(meta_path(path_),
                              fmt::format("{}\n{}\n", source_, headers.validator()));
    }
    check_size();
    if (lseek(fd_.get(), static_cast<off_t>(position_), SEEK_SET) < 0) {
        throw system_error(fmt::format("cannot write {}", path_.string()), errno);
    }
    return true;
}

void PartFile::take(std::string_view bytes) {
    if (options_.max_bytes && position_ + bytes.size() > *options_.max_bytes) {
        throw Error(fmt::format("the answer is larger than {}", format_size(*options_.max_bytes)));
    }
    write_all(fd_.get(), bytes, path_);
    position_ += bytes.size();
    received_ += bytes.size();
    if (options_.progress) options_.progress(position_, total_);
}

/// Tells at once, and not hours later, when the file will not fit.
void PartFile::check_size() const {
    if (options_.max_bytes && total_ > *options_.max_bytes) {
        throw Error(fmt::format("the answer is larger than {}", format_size(*options_.max_bytes)));
    }
    struct statvfs info {};
    if (fstatvfs(fd_.get(), &info) != 0) return;  // the write itself will tell
    const std::uint64_t needed = total_ > position_ ? total_ - position_ : 0;
    const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
    if (needed <= free) return;
    throw Error(fmt::format("{} do not fit: {} are free beside {}", format_size(needed),
                            format_size(free), path_.string()))
        .with_hint("Make room, or set PACKER_CACHE_DIR to a larger file system.");
}

std::filesystem::path meta_path(const std::filesystem::path& part) {
    return part.string() + ".meta";
}

std::optional<PartMeta> read_meta(const std::filesystem::path& part) {
    constexpr std::size_t limit = 64 << 10;
    std::error_code error;
    const auto size = std::filesystem::file_size(meta_path(part), error);
    if (error || size > limit) return std::nullopt;
    const std::string text = read_file(meta_path(part), limit);
    const auto first = text.find('\n');
    const auto second = first == std::string::npos ? first : text.find('\n', first + 1);
    if (second == std::string::npos) return std::nullopt;
    return PartMeta{text.substr(0, first), text.substr(first + 1, second - first - 1)};
}

bool worth_another_attempt(const HttpOutcome& outcome) {
    if (outcome.status != 200 && outcome.status != 206) return false;
    const CURLcode code = outcome.code;
    return code == CURLE_OK || code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
           code == CURLE_GOT_NOTHING || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

Error failure_of(const HttpOutcome& outcome) {
    if (outcome.status == 200 || outcome.status == 206) {
        return Error(outcome.reason.empty() ? "the server sent only a part of the file"
                                            : outcome.reason);
    }
    // Whoever answers with another status has its body refused, which is a write error to curl.
    const bool refused = outcome.code == CURLE_OK || outcome.code == CURLE_WRITE_ERROR;
    return refused ? status_error(outcome.status) : Error(outcome.reason);
}

Error status_error(long status) {
    Error error(fmt::format("bad response code: {}", status));
    if (status == 401 || status == 403) {
        return std::move(error).with_hint(
            "The server wants a user: netrc(5) says where to put it.");
    }
    if (status == 404)
        return std::move(error).with_hint("The file is not at this address any more.");
    return error;
}

}  // namespace
}  // namespace kiln::download
