#include "base/error.h"

#include <cstring>

namespace kiln {

Error::Error(std::string message) : message_(std::move(message)) {
    rebuild_what();
}

Error&& Error::because(std::string_view cause) && {
    causes_.emplace_back(cause);
    rebuild_what();
    return std::move(*this);
}

Error&& Error::because(const std::exception& cause) && {
    if (const auto* error = dynamic_cast<const Error*>(&cause)) {
        causes_.push_back(error->message());
        causes_.insert(causes_.end(), error->causes().begin(), error->causes().end());
        if (hint_.empty()) hint_ = error->hint();
    } else {
        causes_.emplace_back(cause.what());
    }
    rebuild_what();
    return std::move(*this);
}

Error&& Error::with_hint(std::string_view hint) && {
    hint_ = hint;
    return std::move(*this);
}

std::string Error::to_string() const {
    return hint_.empty() ? what_ : what_ + "\n" + hint_;
}

void Error::rebuild_what() {
    what_ = message_;
    for (const auto& cause : causes_) what_ += ": " + cause;
}

Error system_error(std::string message, int errno_value) {
    return Error(std::move(message)).because(std::string_view(std::strerror(errno_value)));
}

std::string describe(const std::exception& error) {
    if (const auto* known = dynamic_cast<const Error*>(&error)) return known->to_string();
    return error.what();
}

}  // namespace kiln
