#include "datasource/http.h"

#include <algorithm>

#include "datasource/http_exchange.h"
#include "hcl/syntax/text.h"

namespace kiln {
namespace {

void check_http_data(const HttpDataOptions& options, Problems& problems);
bool is_header_name(std::string_view name);

}  // namespace

Schema<HttpDataOptions> http_data_schema() {
    using O = HttpDataOptions;
    Schema<O> schema("http", "Asks a web server; the answer's text can be used in the template.");
    schema.option("url", &O::url, "What to ask: an http or https URL.")
        .required()
        .option("method", &O::method, "The request's method.")
        .one_of({"HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
        .option("request_headers", &O::request_headers, "Headers to send, by name.")
        .option("request_body", &O::request_body, "The text to send as the request's body.")
        .output("url", OptionType::String, "The URL that was asked.")
        .output("body", OptionType::String, "The text of the answer.")
        .output("request_headers", OptionType::StringMap,
                "The headers of the answer by name; repeated ones are joined by commas.")
        .check(check_http_data);
    return schema;
}

Setting::Map HttpDataSource::read(const CancelToken& cancel) {
    const HttpAnswer answer = ask_http(
        {options().url, options().method, options().request_headers, options().request_body},
        cancel);
    if (answer.status < 200 || answer.status > 299) {
        throw Error(fmt::format("HTTP request error. Response code: {}", answer.status))
            .because(fmt::format("{} {}", options().method, options().url));
    }
    if (!hcl::is_valid_utf8(answer.body)) {
        throw Error(fmt::format("the answer of {} is not text", options().url))
            .because("it is not UTF-8");
    }
    Setting::Map headers;
    for (const auto& [name, value] : answer.headers) {
        if (hcl::is_valid_utf8(value) && hcl::is_valid_utf8(name)) headers[name] = value;
    }
    return {{"url", options().url}, {"body", answer.body}, {"request_headers", headers}};
}

namespace {

void check_http_data(const HttpDataOptions& options, Problems& problems) {
    if (!options.url.starts_with("http://") && !options.url.starts_with("https://")) {
        problems.error("url",
                       fmt::format("\"{}\" is neither an http nor an https URL.", options.url));
    }
    for (const auto& [name, value] : options.request_headers) {
        if (!is_header_name(name)) {
            problems.error("request_headers",
                           fmt::format("\"{}\" cannot be the name of a header.", name));
        } else if (value.find_first_of("\r\n") != std::string::npos) {
            problems.error("request_headers", fmt::format("The header {} must be one line.", name));
        }
    }
}

// A token of the protocol's grammar.
bool is_header_name(std::string_view name) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

}  // namespace
}  // namespace kiln
