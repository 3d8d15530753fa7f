#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace kiln {

/// Cuts a stream of bytes into the lines that a user sees (spec/components.md, 1.7): trailing white
/// space is trimmed, then what stands before the last carriage return (a progress bar's older
/// states) is dropped. A last line without newline counts when it is not empty.
class LineSplitter {
  public:
    using Handler = std::function<void(std::string_view line)>;

    explicit LineSplitter(Handler handler) : handler_(std::move(handler)) {}

    void feed(std::string_view bytes);
    /// Hands on what is left at the end of the stream.
    void finish();

    /// A longer line is handed on in pieces, so that output without newlines cannot eat the memory.
    static constexpr std::size_t longest_line = std::size_t{1} << 20;

  private:
    void emit(std::string_view line);

    Handler handler_;
    std::string partial_;
};

}  // namespace kiln
