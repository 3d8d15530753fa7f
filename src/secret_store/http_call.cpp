#include "secret_store/http_call.h"

#include <algorithm>
#include <array>
#include <memory>

#include <curl/curl.h>

#include "base/error.h"

namespace kiln::secret_store {
namespace {

constexpr std::size_t kLargestReply = std::size_t{4} << 20;

struct EasyCloser {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCloser {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListCloser>;

/// One libcurl handle and what its callbacks need.
class Transfer {
  public:
    Transfer(const HttpCall& call, const CancelToken& cancel);
    HttpReply run(std::chrono::milliseconds timeout);

  private:
    template <typename T>
    void set(CURLoption option, T value);
    void set_if(CURLoption option, const std::string& value);
    void set_tls();
    void set_method();
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

    const HttpCall& call_;
    const CancelToken& cancel_;
    std::unique_ptr<CURL, EasyCloser> easy_;
    Headers headers_;
    HttpReply reply_;
    bool too_large_ = false;
    std::array<char, CURL_ERROR_SIZE> reason_{};
};

}  // namespace

HttpReply http_call(const HttpCall& call, std::chrono::milliseconds timeout,
                    const CancelToken& cancel) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) throw Error("cannot prepare a request").because("libcurl");
    return Transfer(call, cancel).run(timeout);
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain || keep.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return out;
}

namespace {

Transfer::Transfer(const HttpCall& call, const CancelToken& cancel)
    : call_(call), cancel_(cancel), easy_(curl_easy_init()) {
    if (!easy_) throw Error("cannot prepare a request: no memory");
    set(CURLOPT_URL, call.url.c_str());
    set(CURLOPT_USERAGENT, "kiln");
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    set_if(CURLOPT_UNIX_SOCKET_PATH, call.unix_socket);
    set_if(CURLOPT_USERPWD, call.user);
    set_tls();
    set_method();
}

HttpReply Transfer::run(std::chrono::milliseconds timeout) {
    constexpr long longest_connect = 10'000;
    const long limit = static_cast<long>(timeout.count());
    set(CURLOPT_TIMEOUT_MS, limit);
    set(CURLOPT_CONNECTTIMEOUT_MS, std::min(limit, longest_connect));
    const CURLcode code = curl_easy_perform(easy_.get());
    cancel_.throw_if_cancelled();
    if (too_large_) {
        throw Error(fmt::format("the answer has more than {} bytes", kLargestReply));
    }
    if (code != CURLE_OK) {
        const std::string detail(reason_.data());
        throw Error(detail.empty() ? curl_easy_strerror(code) : detail);
    }
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &reply_.status);
    if (reply_.status >= 300 && reply_.status < 400) {
        throw Error(
            fmt::format("the server answered with a redirect (status {}), which is not "
                        "followed because the request carries a secret",
                        reply_.status));
    }
    return std::move(reply_);
}

template <typename T>
void Transfer::set(CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) {
        throw Error("cannot prepare a request").because(curl_easy_strerror(code));
    }
}

void Transfer::set_if(CURLoption option, const std::string& value) {
    if (!value.empty()) set(option, value.c_str());
}

void Transfer::set_tls() {
    set_if(CURLOPT_CAINFO, call_.tls.ca_file);
    set_if(CURLOPT_CAPATH, call_.tls.ca_directory);
    set_if(CURLOPT_SSLCERT, call_.tls.client_certificate);
    set_if(CURLOPT_SSLKEY, call_.tls.client_key);
    if (call_.tls.verify) return;
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
}

void Transfer::set_method() {
    for (const std::string& header : call_.headers) {
        // A line break would smuggle in a header of its own.
        if (header.find_first_of("\r\n") != std::string::npos) {
            throw Error("a header of the request would hold a line break");
        }
        curl_slist* longer = curl_slist_append(headers_.get(), header.c_str());
        if (longer == nullptr) throw Error("cannot prepare a request: no memory");
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
    if (call_.method == "GET") return;
    set(CURLOPT_CUSTOMREQUEST, call_.method.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
    set(CURLOPT_POSTFIELDS, call_.body.c_str());
}

std::size_t Transfer::on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.too_large_ = transfer.reply_.body.size() + size > kLargestReply;
    if (transfer.too_large_) return 0;
    transfer.reply_.body.append(data, size);
    return size;
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->cancel_.cancelled() ? 1 : 0;
}

}  // namespace
}  // namespace kiln::secret_store
