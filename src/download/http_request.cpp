#include "download/http_request.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>

#include "base/error.h"

namespace kiln::download {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct MultiCloser {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using Multi = std::unique_ptr<CURLM, MultiCloser>;

void initialise_curl();
std::optional<std::uint64_t> parse_number(std::string_view text);
std::string_view trim(std::string_view text);
bool same_name(std::string_view a, std::string_view b);

}  // namespace

HttpRequest::HttpRequest(const std::string& url, const TransferOptions& options)
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
    set(CURLOPT_HEADERFUNCTION, &HttpRequest::on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &HttpRequest::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void HttpRequest::ask_from(std::uint64_t first, const std::string& validator) {
    set(CURLOPT_RANGE, fmt::format("{}-", first).c_str());
    if (validator.empty()) return;
    request_headers_.reset(
        curl_slist_append(nullptr, fmt::format("If-Range: {}", validator).c_str()));
    set(CURLOPT_HTTPHEADER, request_headers_.get());
}

HttpOutcome HttpRequest::run_head() {
    set(CURLOPT_NOBODY, 1L);
    return run();
}

HttpOutcome HttpRequest::run(BodyReceiver& receiver) {
    receiver_ = &receiver;
    return run();
}

HttpOutcome HttpRequest::run() {
    HttpOutcome outcome;
    outcome.code = perform();
    if (failure_) std::rethrow_exception(failure_);
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &outcome.status);
    const bool empty = outcome.code == CURLE_OK && outcome.status == 200 && !body_begun_;
    if (empty && receiver_ != nullptr) begin_body();
    if (outcome.code != CURLE_OK) {
        const std::string detail(reason_.data());
        outcome.reason = detail.empty() ? curl_easy_strerror(outcome.code) : detail;
    }
    outcome.headers = headers_;
    return outcome;
}

template <typename Value>
void HttpRequest::set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) {
        throw Error("cannot prepare a transfer").because(curl_easy_strerror(code));
    }
}

/// curl reads the proxy variables itself, all but HTTP_PROXY in capitals, which in a CGI program a
/// client can set. The same caution here.
void HttpRequest::set_proxy() {
    if (!url_.starts_with("http://") || std::getenv("http_proxy") != nullptr) return;
    const char* proxy = std::getenv("HTTP_PROXY");
    if (proxy != nullptr && std::getenv("REQUEST_METHOD") == nullptr) set(CURLOPT_PROXY, proxy);
}

CURLcode HttpRequest::perform() {
    last_byte_ = Clock::now();
    const Multi multi(curl_multi_init());
    if (!multi || curl_multi_add_handle(multi.get(), easy_.get()) != CURLM_OK) {
        throw Error("cannot prepare a transfer: no memory");
    }
    const std::unique_ptr<CURL, std::function<void(CURL*)>> attached(
        easy_.get(), [&](CURL* easy) { curl_multi_remove_handle(multi.get(), easy); });
    int running = 1;
    while (true) {
        const CURLMcode code = curl_multi_perform(multi.get(), &running);
        if (code != CURLM_OK) throw Error("transfer failed").because(curl_multi_strerror(code));
        if (running == 0) break;
        wait_for_bytes(multi.get());
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    throw Error("transfer failed").because("libcurl gave no result");
}

void HttpRequest::wait_for_bytes(CURLM* multi) const {
    options_.cancel.throw_if_cancelled();
    const auto patience =
        std::chrono::ceil<milliseconds>(options_.stall_timeout - (Clock::now() - last_byte_));
    if (patience <= milliseconds(0)) {
        throw Error(
            fmt::format("the server sent nothing for {}", format_duration(options_.stall_timeout)));
    }
    curl_waitfd cancelled{options_.cancel.fd(), CURL_WAIT_POLLIN, 0};
    const int wait = static_cast<int>(std::min(patience, milliseconds(1000)).count());
    const CURLMcode code = curl_multi_poll(multi, &cancelled, 1, wait, nullptr);
    if (code != CURLM_OK) throw Error("transfer failed").because(curl_multi_strerror(code));
    options_.cancel.throw_if_cancelled();
}

std::size_t HttpRequest::on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& request = *static_cast<HttpRequest*>(self);
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

std::size_t HttpRequest::on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& request = *static_cast<HttpRequest*>(self);
    request.last_byte_ = Clock::now();
    try {
        if (!request.body_begun_ && !request.begin_body()) return 0;
        request.receiver_->take({data, size});
        return size;
    } catch (...) {
        request.failure_ = std::current_exception();
        return 0;
    }
}

bool HttpRequest::begin_body() {
    if (receiver_ == nullptr) return false;
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    body_begun_ = receiver_->begin(status, headers_);
    return body_begun_;
}

void HttpHeaders::take(std::string_view line) {
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

std::string HttpHeaders::validator() const {
    constexpr std::size_t limit = 1024;
    const std::string& chosen = !etag.empty() && !etag.starts_with("W/") ? etag : last_modified;
    return chosen.size() <= limit ? chosen : std::string();
}

std::optional<std::int64_t> HttpHeaders::modified() const {
    const time_t time = last_modified.empty() ? -1 : curl_getdate(last_modified.c_str(), nullptr);
    return time < 0 ? std::nullopt : std::optional<std::int64_t>(time);
}

namespace {

void initialise_curl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw Error("cannot start libcurl").because(curl_easy_strerror(code));
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
