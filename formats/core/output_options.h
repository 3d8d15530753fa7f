#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kiln::formats {

/// The options of one output, read by name. Remembers the names it was asked for, so that a
/// mistyped one can be answered with what was meant. Each reader throws kiln::Error that names the
/// option, its value and what it takes.
class OutputOptions {
  public:
    /// `format` is for messages.
    OutputOptions(std::string_view format, const std::map<std::string, std::string>& options)
        : format_(format), left_(options) {}

    std::optional<std::string> text(const std::string& name);
    /// One of the words, or `otherwise` when the option is not given.
    template <typename T>
    T choice(const std::string& name, T otherwise,
             std::initializer_list<std::pair<std::string_view, T>> values);
    /// `on` or `off`.
    bool flag(const std::string& name, bool otherwise);
    std::uint64_t number(const std::string& name, std::uint64_t otherwise);
    /// Bytes, with `k` or `M` behind the number: `64k`.
    std::uint64_t size(const std::string& name, std::uint64_t otherwise);

    /// Throws when an option is left that nobody asked for.
    void finish() const;

  private:
    [[noreturn]] void refuse(const std::string& name, const std::string& value,
                             const std::string& takes) const;

    std::string format_;
    std::map<std::string, std::string> left_;
    std::vector<std::string> known_;
};

template <typename T>
T OutputOptions::choice(const std::string& name, T otherwise,
                        std::initializer_list<std::pair<std::string_view, T>> values) {
    const std::optional<std::string> given = text(name);
    if (!given) return otherwise;
    std::string takes;
    for (const auto& [word, value] : values) {
        if (word == *given) return value;
        takes += std::string(takes.empty() ? "" : ", ") + std::string(word);
    }
    refuse(name, *given, takes);
}

}  // namespace kiln::formats
