#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <httplib.h>

#include "base/error.h"
#include "base/secret.h"
#include "secret_store/secret_store.h"

namespace kiln::testing {

/// An HTTP server on loopback that keeps the last request and answers as its test says.
class FakeServer {
  public:
    using Answer = std::function<void(const httplib::Request&, httplib::Response&)>;

    explicit FakeServer(Answer answer) : answer_(std::move(answer)) {
        const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
            {
                const std::lock_guard lock(mutex_);
                last_ = request;
            }
            answer_(request, response);
        };
        server_.Get(".*", handler);
        server_.Post(".*", handler);
        server_.set_keep_alive_max_count(1);
        port_ = server_.bind_to_any_port("127.0.0.1");
        thread_ = std::thread([this] { server_.listen_after_bind(); });
        while (!server_.is_running()) std::this_thread::yield();
    }
    ~FakeServer() {
        server_.stop();
        thread_.join();
    }

    std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url() const { return "http://" + host(); }
    httplib::Request last() const {
        const std::lock_guard lock(mutex_);
        return last_;
    }

  private:
    Answer answer_;
    httplib::Server server_;
    int port_ = 0;
    std::thread thread_;
    mutable std::mutex mutex_;
    httplib::Request last_;
};

inline FakeServer::Answer answer_with(int status, std::string body) {
    return [=](const httplib::Request&, httplib::Response& response) {
        response.status = status;
        response.set_content(body, "application/json");
    };
}

using Environment = std::map<std::string, std::string>;

inline SecretStoreOptions options_with(Environment environment) {
    SecretStoreOptions options;
    options.environment = [environment = std::move(environment)](const char* name) {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    options.timeout = std::chrono::seconds(5);
    return options;
}

/// What the call throws, with its hint; empty when it throws nothing.
template <typename Call>
std::string error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.to_string();
    }
    return {};
}

/// A port of loopback on which nothing listens: it is reserved.
inline std::string closed_host() {
    return "127.0.0.1:1";
}

}  // namespace kiln::testing
