#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace kiln {

/// What went wrong, why (a chain of causes, outermost first) and what the user can do about it.
/// Every room throws this type; the command line prints it with `to_string()`. A value type:
/// copying is cheap enough for the error path, and no thread shares an instance.
class Error : public std::exception {
  public:
    explicit Error(std::string message);

    /// Adds the reason below the message: `Error("cannot open x").because("no such file")`.
    Error&& because(std::string_view cause) &&;
    /// Adds another exception's message, and its own causes and hint when it is an Error.
    Error&& because(const std::exception& cause) &&;
    /// Adds the next step for the user, a full sentence.
    Error&& with_hint(std::string_view hint) &&;

    const std::string& message() const { return message_; }
    const std::vector<std::string>& causes() const { return causes_; }
    const std::string& hint() const { return hint_; }

    /// `message: cause: cause`, without the hint.
    const char* what() const noexcept override { return what_.c_str(); }
    /// `message: cause: cause`, and the hint on a line of its own when there is one.
    std::string to_string() const;

  private:
    void rebuild_what();

    std::string message_;
    std::vector<std::string> causes_;
    std::string hint_;
    std::string what_;
};

/// Thrown by whatever noticed that its CancelToken was cancelled. Not a failure of its own: the
/// engine turns it into a clean stop.
class Cancelled : public Error {
  public:
    explicit Cancelled(std::string reason) : Error(std::move(reason)) {}
};

/// An Error for a failed system call: "`message`: <text of errno_value>".
Error system_error(std::string message, int errno_value);

/// The text to show for any exception, with the hint when it is an Error.
std::string describe(const std::exception& error);

}  // namespace kiln
