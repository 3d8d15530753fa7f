#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/event.h"
#include "base/file.h"
#include "download/download.h"
#include "faulty_server.h"

namespace kiln::download {

class RecordingSink : public EventSink {
  public:
    void emit(const Event& event) override {
        const std::scoped_lock lock(mutex_);
        if (const auto* message = std::get_if<MessageEvent>(&event))
            texts_.push_back(message->text);
        if (const auto* progress = std::get_if<ProgressEvent>(&event))
            progress_.push_back(*progress);
    }
    std::vector<std::string> texts() const {
        const std::scoped_lock lock(mutex_);
        return texts_;
    }
    std::vector<ProgressEvent> progress() const {
        const std::scoped_lock lock(mutex_);
        return progress_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
    std::vector<ProgressEvent> progress_;
};

/// A cache of its own and no proxies, for tests that fetch from a server on loopback.
class DownloadFixture : public testing::Test {
  protected:
    DownloadFixture() : temp_(temp_root()), cache_(temp_.path() / "cache") {
        for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
            unsetenv(name);
        for (std::size_t i = 0; i < content_.size(); ++i) {
            content_[i] = static_cast<char>((i * 2654435761U) >> 11);
        }
    }

    DownloadContext context() {
        return {cache_, Reporter(sink_, "qemu.x"), cancel_.token(), std::chrono::seconds(20)};
    }
    std::filesystem::path get(std::vector<std::string> urls, std::string checksum) {
        return fetch({.urls = std::move(urls), .checksum = std::move(checksum)}, context());
    }
    /// The whole text of the error that fetching ends with.
    std::string failure(std::vector<std::string> urls, std::string checksum) {
        try {
            return "fetched " + get(std::move(urls), std::move(checksum)).string();
        } catch (const Error& error) {
            return error.to_string();
        }
    }
    std::string checksum() const { return "sha256:" + digest_hex(DigestType::Sha256, content_); }
    std::filesystem::path cached(const std::string& key,
                                 const std::string& extension = ".iso") const {
        return cache_ / (digest_hex(DigestType::Sha1, key) + extension);
    }
    std::vector<std::string> cache_names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(cache_)) {
            if (entry.path().filename() != "verified") names.push_back(entry.path().filename());
        }
        return names;
    }

    RecordingSink sink_;
    CancelSource cancel_;
    TempDir temp_;
    std::filesystem::path cache_;
    std::string content_ = std::string(400'000, '\0');
};

}  // namespace kiln::download
