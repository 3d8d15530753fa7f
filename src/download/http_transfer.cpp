#include "download/http_transfer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/size.h"
#include "download/source.h"

namespace kiln::download {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int attempt_limit = 6;
constexpr auto pause_between_attempts = std::chrono::seconds(1);

struct EasyCloser {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiCloser {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCloser>;
using Multi = std::unique_ptr<CURLM, MultiCloser>;
using HeaderList = std::unique_ptr<curl_slist, ListCloser>;

/// The headers of one response that matter here.
struct Headers {
    std::optional<std::uint64_t> length;
    std::optional<std::uint64_t> range_first;
    std::optional<std::uint64_t> range_total;
    std::string etag;
    std::string last_modified;
    bool accepts_ranges = false;

    void take(std::string_view line);
    /// What If-Range may hold: a strong ETag, else a date, else nothing.
    std::string validator() const;
    std::optional<std::int64_t> modified() const;
};

/// What is known of the part from the transfer that began it.
struct PartMeta {
    std::string url;
    std::string validator;
};

struct Outcome {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string reason;
};

/// One request from beginning to end.
class Request {
  public:
    Request(const std::string& url, const TransferOptions& options);
    void head() { set(CURLOPT_NOBODY, 1L); }
    void resume(std::uint64_t first, const std::string& validator);
    void write_to(int fd, std::uint64_t position, const std::filesystem::path& part);
    Outcome run();

    const Headers& headers() const { return headers_; }
    std::uint64_t received() const { return received_; }
    /// True when all of the file was received, as far as the server told its size.
    bool whole() const { return body_begun_ && (total_ == 0 || position_ == total_); }

  private:
    template <typename Value>
    void set(CURLoption option, Value value);
    void set_proxy();
    Outcome perform();
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    bool begin_body();
    void take_body(std::string_view bytes);
    void check_space(std::uint64_t needed) const;

    const std::string& url_;
    const TransferOptions& options_;
    Easy easy_;
    HeaderList request_headers_;
    Headers headers_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    std::exception_ptr failure_;
    /// curl's own limit of speed is an average over seconds, too coarse to tell silence.
    Clock::time_point last_byte_ = Clock::now();
    int fd_ = -1;
    std::filesystem::path part_;
    std::uint64_t first_ = 0;     ///< asked for
    std::uint64_t position_ = 0;  ///< where the next byte goes
    std::uint64_t total_ = 0;     ///< of the whole file, 0 when unknown
    std::uint64_t received_ = 0;
    bool body_begun_ = false;
};

void initialise_curl();
std::filesystem::path meta_path(const std::filesystem::path& part);
std::optional<PartMeta> read_meta(const std::filesystem::path& part);
std::uint64_t size_of(int fd, const std::filesystem::path& path);
void truncate(int fd, const std::filesystem::path& path);
bool worth_another_attempt(const Outcome& outcome);
Error failure_of(const Outcome& outcome);
Error status_error(long status);
std::optional<std::uint64_t> parse_number(std::string_view text);
std::string_view trim(std::string_view text);
bool same_name(std::string_view a, std::string_view b);

}  // namespace

RemoteInfo http_head(const std::string& url, const TransferOptions& options) {
    Request request(url, options);
    request.head();
    const Outcome outcome = request.run();
    if (outcome.code != CURLE_OK) throw Error(outcome.reason);
    const Headers& headers = request.headers();
    return {outcome.status, headers.length, headers.etag, headers.modified(),
            headers.accepts_ranges};
}

TransferResult http_transfer(const std::string& url, const std::filesystem::path& part,
                             bool verified_later, const TransferOptions& options) {
    const UniqueFd fd = open_file(part, O_RDWR | O_CREAT, 0644);
    const std::string name = without_credentials(url);
    TransferResult result;
    for (int attempt = 1;; ++attempt) {
        const auto meta = read_meta(part);
        std::uint64_t first = size_of(fd.get(), part);
        const bool same_source = meta && meta->url == name && !meta->validator.empty();
        if (first > 0 && !same_source && !verified_later) {
            truncate(fd.get(), part);
            first = 0;
        }
        if (attempt == 1) result.resumed = first > 0;

        Request request(url, options);
        if (first > 0) request.resume(first, same_source ? meta->validator : "");
        request.write_to(fd.get(), first, part);
        const Outcome outcome = request.run();
        result.modified = request.headers().modified();
        if (outcome.status == 200) result.resumed = false;
        if (outcome.code == CURLE_OK && request.whole()) {
            if (fsync(fd.get()) != 0) {
                throw system_error(fmt::format("cannot write {}", part.string()), errno);
            }
            return result;
        }
        if (outcome.status == 416 && first > 0 && attempt < attempt_limit) {
            if (request.headers().range_total == first) return result;
            truncate(fd.get(), part);
            result.resumed = false;
            continue;
        }
        const bool again = worth_another_attempt(outcome) && request.received() > 0;
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

Request::Request(const std::string& url, const TransferOptions& options)
    : url_(url), options_(options) {
    initialise_curl();
    easy_.reset(curl_easy_init());
    if (!easy_) throw Error("cannot prepare a transfer: no memory");
    const auto stall = std::chrono::ceil<milliseconds>(options.stall_timeout).count();
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_USERAGENT, "kiln");
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 10L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a name look-up must not delay cancellation
    set(CURLOPT_CONNECTTIMEOUT_MS, std::clamp<long>(stall, 1, 60'000));
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    if (const char* netrc = std::getenv("NETRC")) set(CURLOPT_NETRC_FILE, netrc);
    set_proxy();
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_HEADERFUNCTION, &Request::on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &Request::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

template <typename Value>
void Request::set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) {
        throw Error("cannot prepare a transfer").because(curl_easy_strerror(code));
    }
}

/// curl reads the proxy variables itself, but HTTP_PROXY in capitals only outside of CGI programs,
/// where a client can set it. The same caution here.
void Request::set_proxy() {
    if (!url_.starts_with("http://") || std::getenv("http_proxy") != nullptr) return;
    const char* proxy = std::getenv("HTTP_PROXY");
    if (proxy != nullptr && std::getenv("REQUEST_METHOD") == nullptr) set(CURLOPT_PROXY, proxy);
}

void Request::resume(std::uint64_t first, const std::string& validator) {
    first_ = first;
    set(CURLOPT_RANGE, fmt::format("{}-", first).c_str());
    if (validator.empty()) return;
    request_headers_.reset(
        curl_slist_append(nullptr, fmt::format("If-Range: {}", validator).c_str()));
    set(CURLOPT_HTTPHEADER, request_headers_.get());
}

void Request::write_to(int fd, std::uint64_t position, const std::filesystem::path& part) {
    fd_ = fd;
    position_ = position;
    part_ = part;
}

Outcome Request::run() {
    Outcome outcome = perform();
    if (failure_) std::rethrow_exception(failure_);
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &outcome.status);
    if (outcome.code == CURLE_OK) {
        // An empty file has no body to begin with.
        if (fd_ >= 0 && !body_begun_ && outcome.status == 200) begin_body();
        return outcome;
    }
    const std::string detail(reason_.data());
    outcome.reason = detail.empty() ? curl_easy_strerror(outcome.code) : detail;
    return outcome;
}

Outcome Request::perform() {
    const Multi multi(curl_multi_init());
    if (!multi || curl_multi_add_handle(multi.get(), easy_.get()) != CURLM_OK) {
        throw Error("cannot prepare a transfer: no memory");
    }
    const std::unique_ptr<CURL, std::function<void(CURL*)>> attached(
        easy_.get(), [&](CURL* easy) { curl_multi_remove_handle(multi.get(), easy); });
    int running = 1;
    while (true) {
        CURLMcode code = curl_multi_perform(multi.get(), &running);
        if (code == CURLM_OK && running == 0) break;
        options_.cancel.throw_if_cancelled();
        const auto patience =
            std::chrono::ceil<milliseconds>(last_byte_ + options_.stall_timeout - Clock::now());
        if (patience <= milliseconds(0)) {
            throw Error(fmt::format("the server sent nothing for {}",
                                    format_duration(options_.stall_timeout)));
        }
        curl_waitfd cancelled{options_.cancel.fd(), CURL_WAIT_POLLIN, 0};
        const int wait = static_cast<int>(std::min(patience, milliseconds(1000)).count());
        if (code == CURLM_OK) code = curl_multi_poll(multi.get(), &cancelled, 1, wait, nullptr);
        if (code != CURLM_OK) throw Error("transfer failed").because(curl_multi_strerror(code));
        options_.cancel.throw_if_cancelled();
    }
    Outcome outcome;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg == CURLMSG_DONE) outcome.code = message->data.result;
    }
    return outcome;
}

std::size_t Request::on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& request = *static_cast<Request*>(self);
    request.last_byte_ = Clock::now();
    try {
        const std::string_view line(data, size);
        // Each response of a chain of redirects begins anew.
        if (line.starts_with("HTTP/")) request.headers_ = {};
        request.headers_.take(line);
        return size;
    } catch (...) {
        request.failure_ = std::current_exception();
        return 0;
    }
}

std::size_t Request::on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& request = *static_cast<Request*>(self);
    request.last_byte_ = Clock::now();
    try {
        if (!request.body_begun_ && !request.begin_body()) return 0;
        request.take_body({data, size});
        return size;
    } catch (...) {
        request.failure_ = std::current_exception();
        return 0;
    }
}

/// False for an answer that is not the file.
bool Request::begin_body() {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206) return false;
    body_begun_ = true;
    if (status == 206) {
        if (first_ == 0 || headers_.range_first != first_) {
            throw Error("the server sent another part of the file than was asked for");
        }
        total_ = headers_.range_total.value_or(0);
    } else {
        truncate(fd_, part_);
        position_ = 0;
        total_ = headers_.length.value_or(0);
        write_file_atomically(meta_path(part_), fmt::format("{}\n{}\n", without_credentials(url_),
                                                            headers_.validator()));
    }
    if (options_.max_bytes && total_ > *options_.max_bytes) {
        throw Error(fmt::format("the answer is larger than {}", format_size(*options_.max_bytes)));
    }
    if (total_ > position_) check_space(total_ - position_);
    if (lseek(fd_, static_cast<off_t>(position_), SEEK_SET) < 0) {
        throw system_error(fmt::format("cannot write {}", part_.string()), errno);
    }
    return true;
}

void Request::take_body(std::string_view bytes) {
    if (options_.max_bytes && bytes.size() > *options_.max_bytes - position_) {
        throw Error(fmt::format("the answer is larger than {}", format_size(*options_.max_bytes)));
    }
    write_all(fd_, bytes, part_);
    position_ += bytes.size();
    received_ += bytes.size();
    if (options_.progress) options_.progress(position_, total_);
}

void Request::check_space(std::uint64_t needed) const {
    struct statvfs info {};
    if (fstatvfs(fd_, &info) != 0) return;  // the write itself will tell
    const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
    if (needed <= free) return;
    throw Error(fmt::format("{} do not fit: {} are free beside {}", format_size(needed),
                            format_size(free), part_.string()))
        .with_hint("Make room, or set PACKER_CACHE_DIR to a larger file system.");
}

void Headers::take(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const auto name = line.substr(0, colon);
    const auto value = trim(line.substr(colon + 1));
    if (same_name(name, "content-length")) {
        length = parse_number(value);
    } else if (same_name(name, "etag")) {
        etag = value;
    } else if (same_name(name, "last-modified")) {
        last_modified = value;
    } else if (same_name(name, "accept-ranges")) {
        accepts_ranges = value == "bytes";
    } else if (same_name(name, "content-range") && value.starts_with("bytes ")) {
        const auto slash = value.find('/');
        if (slash == std::string_view::npos) return;
        range_total = parse_number(value.substr(slash + 1));
        const auto range = value.substr(6, slash - 6);
        range_first = parse_number(range.substr(0, range.find('-')));
    }
}

std::string Headers::validator() const {
    return !etag.empty() && !etag.starts_with("W/") ? etag : last_modified;
}

std::optional<std::int64_t> Headers::modified() const {
    const time_t time = last_modified.empty() ? -1 : curl_getdate(last_modified.c_str(), nullptr);
    return time < 0 ? std::nullopt : std::optional<std::int64_t>(time);
}

void initialise_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw Error("cannot start libcurl").because(curl_easy_strerror(code));
}

std::filesystem::path meta_path(const std::filesystem::path& part) {
    return part.string() + ".meta";
}

std::optional<PartMeta> read_meta(const std::filesystem::path& part) {
    std::error_code ignored;
    if (!std::filesystem::exists(meta_path(part), ignored)) return std::nullopt;
    const std::string text = read_file(meta_path(part), 64 << 10);
    const auto first = text.find('\n');
    const auto second = first == std::string::npos ? first : text.find('\n', first + 1);
    if (second == std::string::npos) return std::nullopt;
    return PartMeta{text.substr(0, first), text.substr(first + 1, second - first - 1)};
}

std::uint64_t size_of(int fd, const std::filesystem::path& path) {
    struct stat info {};
    if (fstat(fd, &info) != 0) {
        throw system_error(fmt::format("cannot look at {}", path.string()), errno);
    }
    return static_cast<std::uint64_t>(info.st_size);
}

void truncate(int fd, const std::filesystem::path& path) {
    if (ftruncate(fd, 0) != 0) {
        throw system_error(fmt::format("cannot write {}", path.string()), errno);
    }
}

bool worth_another_attempt(const Outcome& outcome) {
    if (outcome.status != 200 && outcome.status != 206) return false;
    const CURLcode code = outcome.code;
    return code == CURLE_OK || code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
           code == CURLE_GOT_NOTHING || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

Error failure_of(const Outcome& outcome) {
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

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return (x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x) == y;
    });
}

}  // namespace
}  // namespace kiln::download
