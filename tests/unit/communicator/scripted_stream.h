#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "communicator/byte_stream.h"

namespace kiln::test {

/// The other side of a transfer as a script: it says `answers`, whatever it is told.
class ScriptedStream : public ByteStream {
  public:
    explicit ScriptedStream(std::string answers, int exit_status = 0, std::string error = "")
        : answers_(std::move(answers)), exit_status_(exit_status), error_(std::move(error)) {}

    std::size_t read(std::span<char> into) override {
        const std::size_t size = std::min(into.size(), answers_.size());
        std::memcpy(into.data(), answers_.data(), size);
        answers_.erase(0, size);
        return size;
    }
    void write(std::string_view bytes) override { written_ += bytes; }
    void finish() override { finished_ = true; }
    int wait_for_exit() override { return exit_status_; }
    std::string error_output() const override { return error_; }

    const std::string& written() const { return written_; }
    bool finished() const { return finished_; }

  private:
    std::string answers_;
    std::string written_;
    int exit_status_;
    std::string error_;
    bool finished_ = false;
};

}  // namespace kiln::test
