#include "template/version_constraint.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kiln {
namespace {

constexpr std::size_t kMostNumbers = 16;

std::string_view trimmed(std::string_view text);
int compare_prereleases(std::string_view a, std::string_view b);

}  // namespace

std::optional<VersionConstraint> VersionConstraint::parse(std::string_view text) {
    VersionConstraint constraint;
    while (true) {
        const std::size_t comma = text.find(',');
        const auto condition = parse_condition(trimmed(text.substr(0, comma)));
        if (!condition) return std::nullopt;
        constraint.conditions_.push_back(*condition);
        if (comma == std::string_view::npos) return constraint;
        text.remove_prefix(comma + 1);
    }
}

std::optional<VersionConstraint::Condition> VersionConstraint::parse_condition(
    std::string_view text) {
    // Longer signs first, so that `>=` is not read as `>`.
    static constexpr std::array<std::pair<std::string_view, Operator>, 7> signs = {{
        {">=", Operator::GreaterEqual},
        {"<=", Operator::LessEqual},
        {"!=", Operator::NotEqual},
        {"~>", Operator::Pessimistic},
        {"=", Operator::Equal},
        {">", Operator::Greater},
        {"<", Operator::Less},
    }};
    Condition condition;
    for (const auto& [sign, op] : signs) {
        if (!text.starts_with(sign)) continue;
        condition.op = op;
        text.remove_prefix(sign.size());
        break;
    }
    const auto version = Version::parse(trimmed(text));
    if (!version) return std::nullopt;
    condition.version = *version;
    return condition;
}

bool VersionConstraint::allows(const Version& version) const {
    return std::all_of(conditions_.begin(), conditions_.end(),
                       [&](const Condition& condition) { return holds(condition, version); });
}

bool VersionConstraint::names_prerelease() const {
    return std::any_of(conditions_.begin(), conditions_.end(), [](const Condition& condition) {
        return !condition.version.prerelease.empty();
    });
}

bool VersionConstraint::holds(const Condition& condition, const Version& version) {
    const Version& wanted = condition.version;
    const int order = compare(version, wanted);
    switch (condition.op) {
        case Operator::Equal:
            return order == 0;
        case Operator::NotEqual:
            return order != 0;
        case Operator::Greater:
            return order > 0;
        case Operator::GreaterEqual:
            return order >= 0;
        case Operator::Less:
            return order < 0;
        case Operator::LessEqual:
            return order <= 0;
        case Operator::Pessimistic:
            break;
    }
    // All numbers but the last one written are settled: `~> 1.2.3` stays within 1.2.
    if (order < 0 || version.prerelease.empty() != wanted.prerelease.empty()) return false;
    const std::size_t settled = wanted.written > 1 ? wanted.written - 1 : 1;
    for (std::size_t i = 0; i < settled && wanted.written > 1; ++i) {
        const unsigned have = i < version.numbers.size() ? version.numbers[i] : 0;
        if (have != wanted.numbers[i]) return false;
    }
    return true;
}

std::optional<Version> Version::parse(std::string_view text) {
    Version version;
    if (text.starts_with('v')) text.remove_prefix(1);
    text = text.substr(0, text.find('+'));
    const std::size_t dash = text.find('-');
    if (dash != std::string_view::npos) {
        const std::string_view tail = text.substr(dash + 1);
        constexpr std::string_view allowed =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.~";
        if (tail.empty() || tail.find_first_not_of(allowed) != tail.npos) return std::nullopt;
        version.prerelease = tail;
        text = text.substr(0, dash);
    }
    while (true) {
        unsigned number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc() || version.numbers.size() == kMostNumbers) return std::nullopt;
        version.numbers.push_back(number);
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (text.empty()) break;
        if (text.front() != '.') return std::nullopt;
        text.remove_prefix(1);
    }
    version.written = version.numbers.size();
    return version;
}

int compare(const Version& a, const Version& b) {
    for (std::size_t i = 0; i < std::max(a.numbers.size(), b.numbers.size()); ++i) {
        const unsigned left = i < a.numbers.size() ? a.numbers[i] : 0;
        const unsigned right = i < b.numbers.size() ? b.numbers[i] : 0;
        if (left != right) return left < right ? -1 : 1;
    }
    return compare_prereleases(a.prerelease, b.prerelease);
}

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Part by part; numbers by value and before words, fewer parts before more, none of all last.
int compare_prereleases(std::string_view a, std::string_view b) {
    if (a == b) return 0;
    if (a.empty() || b.empty()) return a.empty() ? 1 : -1;
    while (true) {
        const std::string_view left = a.substr(0, a.find('.'));
        const std::string_view right = b.substr(0, b.find('.'));
        unsigned x = 0;
        unsigned y = 0;
        const auto number = [](std::string_view part, unsigned& value) {
            const auto read = std::from_chars(part.data(), part.data() + part.size(), value);
            return read.ec == std::errc() && read.ptr == part.data() + part.size();
        };
        const bool left_number = number(left, x);
        const bool right_number = number(right, y);
        if (left_number && right_number) {
            if (x != y) return x < y ? -1 : 1;
        } else if (left_number != right_number) {
            return left_number ? -1 : 1;
        } else if (left != right) {
            return left < right ? -1 : 1;
        }
        if (left.size() == a.size() || right.size() == b.size()) {
            return left.size() == a.size() ? (right.size() == b.size() ? 0 : -1) : 1;
        }
        a.remove_prefix(left.size() + 1);
        b.remove_prefix(right.size() + 1);
    }
}

}  // namespace
}  // namespace kiln
