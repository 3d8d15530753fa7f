#include "datasource/http_exchange.h"

#include <cctype>
#include <exception>
#include <memory>
#include <string_view>

#include <curl/curl.h>

namespace kiln {
namespace {

constexpr std::size_t largest_body = std::size_t{64} << 20;
constexpr std::size_t largest_headers = std::size_t{1} << 20;
constexpr long most_redirects = 10;
constexpr long connect_seconds = 30;
constexpr long silent_seconds = 300;

// The request with what comes in while it runs. libcurl calls back into it.
class Exchange {
  public:
    Exchange(const HttpQuestion& question, const CancelToken& cancel);
    HttpAnswer run();

  private:
    struct EasyCloser {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };
    struct ListCloser {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    template <class Value>
    void set(CURLoption option, Value value);
    void set_method();
    void set_headers();
    void add_header_line(const std::string& line);
    void take_header(std::string_view line);
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

    const HttpQuestion& question_;
    const CancelToken& cancel_;
    std::unique_ptr<CURL, EasyCloser> easy_;
    std::unique_ptr<curl_slist, ListCloser> lines_;
    HttpAnswer answer_;
    std::size_t header_bytes_ = 0;
    std::string too_large_;  // what is larger than it may be
};

std::string_view trimmed(std::string_view text);

}  // namespace

HttpAnswer ask_http(const HttpQuestion& question, const CancelToken& cancel) {
    return Exchange(question, cancel).run();
}

std::string canonical_header_name(std::string name) {
    bool first = true;
    for (char& c : name) {
        const auto byte = static_cast<unsigned char>(c);
        c = static_cast<char>(first ? std::toupper(byte) : std::tolower(byte));
        first = c == '-';
    }
    return name;
}

namespace {

Exchange::Exchange(const HttpQuestion& question, const CancelToken& cancel)
    : question_(question), cancel_(cancel), easy_(curl_easy_init()) {
    if (!easy_) throw Error("cannot start an HTTP request");
    set(CURLOPT_URL, question_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, most_redirects);
    set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, silent_seconds);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_USERAGENT, "kiln");
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    set_method();
    set_headers();
}

HttpAnswer Exchange::run() {
    cancel_.throw_if_cancelled();
    const CURLcode code = curl_easy_perform(easy_.get());
    cancel_.throw_if_cancelled();
    if (!too_large_.empty()) {
        throw Error(fmt::format("the answer of {} is not taken", question_.url))
            .because(too_large_);
    }
    if (code != CURLE_OK) {
        throw Error(fmt::format("cannot ask {}", question_.url)).because(curl_easy_strerror(code));
    }
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &answer_.status);
    return std::move(answer_);
}

template <class Value>
void Exchange::set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) {
        throw Error("cannot set up an HTTP request").because(curl_easy_strerror(code));
    }
}

void Exchange::set_method() {
    const std::string& method = question_.method;
    if (method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
        return;
    }
    if (!question_.body.empty() || method == "POST") {
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(question_.body.size()));
        set(CURLOPT_POSTFIELDS, question_.body.c_str());
    }
    if (method != "GET" || !question_.body.empty()) set(CURLOPT_CUSTOMREQUEST, method.c_str());
}

void Exchange::set_headers() {
    // A body has no type of its own accord, and nobody is asked whether it may be sent.
    add_header_line("Content-Type:");
    add_header_line("Expect:");
    for (const auto& [name, value] : question_.headers) {
        add_header_line(value.empty() ? name + ";" : name + ": " + value);
    }
    set(CURLOPT_HTTPHEADER, lines_.get());
}

void Exchange::add_header_line(const std::string& line) {
    curl_slist* longer = curl_slist_append(lines_.get(), line.c_str());
    if (longer == nullptr) throw Error("no memory for an HTTP header");
    static_cast<void>(lines_.release());
    lines_.reset(longer);
}

void Exchange::take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {
        answer_.headers.clear();
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = canonical_header_name(std::string(trimmed(line.substr(0, colon))));
    const std::string value(trimmed(line.substr(colon + 1)));
    const auto [header, added] = answer_.headers.emplace(name, value);
    if (!added) header->second += ", " + value;
}

std::size_t Exchange::on_header(char* data, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    exchange.header_bytes_ += size;
    if (exchange.header_bytes_ > largest_headers) {
        exchange.too_large_ = "its headers are larger than 1 MiB";
        return 0;
    }
    exchange.take_header({data, size});
    return size;
}

std::size_t Exchange::on_body(char* data, std::size_t, std::size_t size, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    if (exchange.answer_.body.size() + size > largest_body) {
        exchange.too_large_ = "it is larger than 64 MiB";
        return 0;
    }
    exchange.answer_.body.append(data, size);
    return size;
}

int Exchange::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(self)->cancel_.cancelled() ? 1 : 0;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace
}  // namespace kiln
