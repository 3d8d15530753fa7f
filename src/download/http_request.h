#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "download/http_transfer.h"

namespace kiln::download {

/// The headers of a response that matter here. A number that cannot be read counts as not sent.
struct HttpHeaders {
    std::optional<std::uint64_t> length;
    std::optional<std::uint64_t> range_first;
    std::optional<std::uint64_t> range_total;
    std::string etag;
    std::string last_modified;
    bool accepts_ranges = false;

    /// Takes one header line.
    void take(std::string_view line);
    /// What If-Range may hold: a strong ETag, else a date, else nothing.
    std::string validator() const;
    /// Last-Modified in seconds since the epoch.
    std::optional<std::int64_t> modified() const;
};

/// Where a response's body goes. What these throw ends the request and comes out of `run`.
class BodyReceiver {
  public:
    virtual ~BodyReceiver() = default;
    /// Called before the first byte, and for an empty body with status 200 too. False refuses the
    /// body, and the request ends.
    virtual bool begin(long status, const HttpHeaders& headers) = 0;
    virtual void take(std::string_view bytes) = 0;
};

/// How a request ended: `reason` says why when `code` is not CURLE_OK.
struct HttpOutcome {
    CURLcode code = CURLE_OK;
    long status = 0;
    std::string reason;
    HttpHeaders headers;
};

/// One HTTP request with libcurl, redirects included. The references given must outlive it.
class HttpRequest {
  public:
    HttpRequest(const std::string& url, const TransferOptions& options);

    /// Asks for the bytes from `first` on; with a validator only if it still holds.
    void ask_from(std::uint64_t first, const std::string& validator);
    HttpOutcome run_head();
    /// Throws Cancelled, an Error when the server falls silent, and what the receiver throws.
    HttpOutcome run(BodyReceiver& receiver);

  private:
    struct EasyCloser {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };
    struct ListCloser {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    template <typename Value>
    void set(CURLoption option, Value value);
    void set_proxy();
    HttpOutcome run();
    CURLcode perform();
    void wait_for_bytes(CURLM* multi) const;
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    bool begin_body();

    const std::string& url_;
    const TransferOptions& options_;
    std::unique_ptr<CURL, EasyCloser> easy_;
    std::unique_ptr<curl_slist, ListCloser> request_headers_;
    HttpHeaders headers_;
    BodyReceiver* receiver_ = nullptr;
    bool body_begun_ = false;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    std::exception_ptr failure_;
    /// curl's own limit of speed is an average over seconds, too coarse to tell silence.
    std::chrono::steady_clock::time_point last_byte_;
};

}  // namespace kiln::download
