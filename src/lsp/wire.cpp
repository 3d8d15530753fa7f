#include "lsp/wire.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/error.h"

namespace kiln::lsp {
namespace {

constexpr std::size_t largest_header = 4096;
constexpr std::size_t largest_content = std::size_t{64} << 20;
constexpr std::string_view header_end = "\r\n\r\n";

std::size_t content_length(std::string_view header);
bool is_name(std::string_view name, std::string_view wanted);

}  // namespace

MessageReader::Status MessageReader::read(std::optional<std::chrono::milliseconds> limit,
                                          std::string& content) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + limit.value_or(std::chrono::milliseconds(0));
    while (!take(content)) {
        std::optional<std::chrono::milliseconds> left;
        if (limit) {
            left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
            if (left->count() < 0) return Status::Timeout;
        }
        const Status status = receive(left);
        if (status != Status::Message) return status;
    }
    return Status::Message;
}

std::string frame(std::string_view content) {
    return fmt::format("Content-Length: {}\r\n\r\n{}", content.size(), content);
}

/// Takes a message from what was received, when it is whole.
bool MessageReader::take(std::string& content) {
    const std::size_t header = buffer_.find(header_end);
    if (std::min(header, buffer_.size()) > largest_header) {
        throw Error("the client sends no message of the language server protocol")
            .because("its header does not end");
    }
    if (header == std::string::npos) return false;
    const std::size_t length = content_length(std::string_view(buffer_).substr(0, header));
    const std::size_t start = header + header_end.size();
    if (buffer_.size() - start < length) {
        buffer_.reserve(start + length);
        return false;
    }
    content = buffer_.substr(start, length);
    buffer_.erase(0, start + length);
    return true;
}

MessageReader::Status MessageReader::receive(std::optional<std::chrono::milliseconds> limit) {
    std::array<pollfd, 2> waiting = {{{fd_, POLLIN, 0}, {cancel_.fd(), POLLIN, 0}}};
    const int ready =
        poll(waiting.data(), waiting.size(), limit ? static_cast<int>(limit->count()) : -1);
    if (ready < 0 && errno == EINTR) return Status::Message;
    if (ready < 0) throw system_error("cannot wait for the client", errno);
    if (ready == 0) return Status::Timeout;
    if (cancel_.cancelled()) return Status::End;
    std::array<char, 65536> piece;
    const ssize_t count = ::read(fd_, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) return Status::Message;
    if (count < 0) throw system_error("cannot read from the client", errno);
    if (count == 0) return Status::End;
    buffer_.append(piece.data(), static_cast<std::size_t>(count));
    return Status::Message;
}

namespace {

std::size_t content_length(std::string_view header) {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find("\r\n"), header.size());
        const std::string_view line = header.substr(0, end);
        header.remove_prefix(std::min(end + 2, header.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || !is_name(line.substr(0, colon), "content-length")) {
            continue;
        }
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
        std::size_t length = 0;
        const auto [rest, failure] =
            std::from_chars(value.data(), value.data() + value.size(), length);
        const bool whole = rest == value.data() + value.size() && !value.empty();
        if (failure != std::errc() || !whole || length > largest_content) {
            throw Error(fmt::format("the client announces a message of {} bytes", value))
                .because("at most 64 MiB are taken");
        }
        return length;
    }
    throw Error("the client sends no message of the language server protocol")
        .because("its header has no Content-Length");
}

/// Names of headers do not tell upper from lower case.
bool is_name(std::string_view name, std::string_view wanted) {
    return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

}  // namespace
}  // namespace kiln::lsp
