// libcurl, loaded when it is first called.
//
// Debian's libcurl brings 14 other libraries along (another TLS, LDAP, HTTP/2 and what they need),
// and most runs of kiln never touch the network. Loading them takes 2 ms of CPU and 3 MiB, a fifth
// of what `kiln version` costs.
//
// These functions stand in the program itself, so that the linker takes them instead of the
// library's, and pass every call on. Only what kiln calls is here; a test
// (exit_codes_test.sh) sees to it that nothing else is called.
#include <cstdarg>

#include <curl/curl.h>
#include <dlfcn.h>

#include "base/error.h"

namespace kiln {
namespace {

constexpr auto library_name = "libcurl.so.4";

// The variadic functions take one more argument, a long, a curl_off_t or a pointer: all of one
// size, and passed alike.
static_assert(sizeof(long) == sizeof(void*) && sizeof(curl_off_t) == sizeof(void*));

void* library() {
    static void* const loaded = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
    if (loaded == nullptr) {
        throw Error(fmt::format("{} cannot be loaded", library_name))
            .because(dlerror())
            .with_hint("Install it: apt-get install libcurl4");
    }
    return loaded;
}

template <class Function>
Function* find(const char* name) {
    void* const function = dlsym(library(), name);
    if (function == nullptr) throw Error(fmt::format("{} has no {}", library_name, name));
    return reinterpret_cast<Function*>(function);
}

}  // namespace
}  // namespace kiln

#undef curl_easy_setopt
#undef curl_easy_getinfo

// Looks the function up once.
#define KILN_REAL(name) static const auto real = kiln::find<decltype(name)>(#name)

extern "C" {

CURLcode curl_global_init(long flags) {
    KILN_REAL(curl_global_init);
    return real(flags);
}

CURL* curl_easy_init() {
    KILN_REAL(curl_easy_init);
    return real();
}

CURLcode curl_easy_setopt(CURL* handle, CURLoption option, ...) {
    KILN_REAL(curl_easy_setopt);
    va_list arguments;
    va_start(arguments, option);
    void* const value = va_arg(arguments, void*);
    va_end(arguments);
    return real(handle, option, value);
}

CURLcode curl_easy_getinfo(CURL* handle, CURLINFO info, ...) {
    KILN_REAL(curl_easy_getinfo);
    va_list arguments;
    va_start(arguments, info);
    void* const target = va_arg(arguments, void*);
    va_end(arguments);
    return real(handle, info, target);
}

CURLcode curl_easy_perform(CURL* handle) {
    KILN_REAL(curl_easy_perform);
    return real(handle);
}

void curl_easy_cleanup(CURL* handle) {
    KILN_REAL(curl_easy_cleanup);
    real(handle);
}

const char* curl_easy_strerror(CURLcode code) {
    KILN_REAL(curl_easy_strerror);
    return real(code);
}

CURLM* curl_multi_init() {
    KILN_REAL(curl_multi_init);
    return real();
}

CURLMcode curl_multi_add_handle(CURLM* multi, CURL* handle) {
    KILN_REAL(curl_multi_add_handle);
    return real(multi, handle);
}

CURLMcode curl_multi_remove_handle(CURLM* multi, CURL* handle) {
    KILN_REAL(curl_multi_remove_handle);
    return real(multi, handle);
}

CURLMcode curl_multi_perform(CURLM* multi, int* running) {
    KILN_REAL(curl_multi_perform);
    return real(multi, running);
}

CURLMcode curl_multi_poll(CURLM* multi, curl_waitfd* extra, unsigned count, int timeout_ms,
                          int* ready) {
    KILN_REAL(curl_multi_poll);
    return real(multi, extra, count, timeout_ms, ready);
}

CURLMsg* curl_multi_info_read(CURLM* multi, int* remaining) {
    KILN_REAL(curl_multi_info_read);
    return real(multi, remaining);
}

CURLMcode curl_multi_cleanup(CURLM* multi) {
    KILN_REAL(curl_multi_cleanup);
    return real(multi);
}

const char* curl_multi_strerror(CURLMcode code) {
    KILN_REAL(curl_multi_strerror);
    return real(code);
}

curl_slist* curl_slist_append(curl_slist* list, const char* text) {
    KILN_REAL(curl_slist_append);
    return real(list, text);
}

void curl_slist_free_all(curl_slist* list) {
    KILN_REAL(curl_slist_free_all);
    real(list);
}

time_t curl_getdate(const char* text, const time_t* now) {
    KILN_REAL(curl_getdate);
    return real(text, now);
}

}  // extern "C"

#undef KILN_REAL
