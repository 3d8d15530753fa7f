#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

/// A version as `required_version` and plugin requirements write it: numbers, and maybe a
/// pre-release part. `1.2` and `1.2.0` are the same version.
struct Version {
    std::vector<unsigned> numbers;
    std::string prerelease;
    std::size_t written = 0;  ///< how many numbers were written

    static std::optional<Version> parse(std::string_view text);
    /// Negative, zero, positive. A pre-release comes before its release.
    friend int compare(const Version& a, const Version& b);
};

/// A comma-separated list of conditions on a version: `>= 1.9, < 2.0`, `~> 1.2.3`
/// (spec/template.md, section 2).
class VersionConstraint {
  public:
    /// Nothing when the text is no constraint.
    static std::optional<VersionConstraint> parse(std::string_view text);

    /// Whether every condition holds. Releases and pre-releases of the same numbers are told apart.
    bool allows(const Version& version) const;
    /// Whether a condition names a pre-release.
    bool names_prerelease() const;

  private:
    enum class Operator { Equal, NotEqual, Greater, GreaterEqual, Less, LessEqual, Pessimistic };
    struct Condition {
        Operator op = Operator::Equal;
        Version version;
    };
    static std::optional<Condition> parse_condition(std::string_view text);
    static bool holds(const Condition& condition, const Version& version);

    std::vector<Condition> conditions_;
};

}  // namespace kiln
