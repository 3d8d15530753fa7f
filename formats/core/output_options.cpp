#include "formats/core/output_options.h"

#include <charconv>

#include "base/error.h"
#include "base/suggest.h"

namespace kiln::formats {

std::optional<std::string> OutputOptions::text(const std::string& name) {
    known_.push_back(name);
    const auto node = left_.extract(name);
    return node.empty() ? std::nullopt : std::optional(node.mapped());
}

bool OutputOptions::flag(const std::string& name, bool otherwise) {
    return choice<bool>(name, otherwise, {{"on", true}, {"off", false}});
}

std::uint64_t OutputOptions::number(const std::string& name, std::uint64_t otherwise) {
    const std::optional<std::string> given = text(name);
    if (!given) return otherwise;
    std::uint64_t value = 0;
    const char* end = given->data() + given->size();
    const auto [stop, error] = std::from_chars(given->data(), end, value);
    if (error != std::errc() || stop != end) refuse(name, *given, "a number");
    return value;
}

std::uint64_t OutputOptions::size(const std::string& name, std::uint64_t otherwise) {
    const std::optional<std::string> given = text(name);
    if (!given) return otherwise;
    std::uint64_t value = 0;
    const char* end = given->data() + given->size();
    const auto [stop, error] = std::from_chars(given->data(), end, value);
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    const unsigned shift = unit == "k" || unit == "K" ? 10 : unit == "M" ? 20 : 0;
    if (error != std::errc() || (shift == 0 && !unit.empty()) || value > 1U << 30) {
        refuse(name, *given, "a size such as 65536, 64k or 2M");
    }
    return value << shift;
}

void OutputOptions::finish() const {
    if (left_.empty()) return;
    const std::string& name = left_.begin()->first;
    std::string all;
    for (const std::string& known : known_)
        all += fmt::format("{}{}", all.empty() ? "" : ", ", known);
    throw Error(
        fmt::format("the format {} has no option {}.{}", format_, name, did_you_mean(name, known_)))
        .with_hint(fmt::format("Its options are: {}.", all));
}

void OutputOptions::refuse(const std::string& name, const std::string& value,
                           const std::string& takes) const {
    throw Error(fmt::format("{} is no value for the option {} of {}", value, name, format_))
        .with_hint(fmt::format("It takes: {}.", takes));
}

}  // namespace kiln::formats
