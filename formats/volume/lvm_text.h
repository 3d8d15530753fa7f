#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kiln::formats {

/// LVM2's configuration language, in which a volume group is described:
///
///     name { key = 1  key = "text"  key = ["a", 0]  section { ... } }   # comment
///
/// Views refer to the text that was parsed, which must outlive the tree.
struct LvmNode {
    using Value = std::variant<std::uint64_t, std::string_view>;

    std::string_view name;
    std::vector<Value> values;      ///< of a key: one, or those of the list
    std::vector<LvmNode> children;  ///< of a section
    bool section = false;

    const LvmNode* child(std::string_view wanted) const;
    /// A number, or a string, that stands alone under a key; nothing when there is no such.
    std::optional<std::uint64_t> number(std::string_view key) const;
    std::optional<std::string_view> text(std::string_view key) const;
    /// Whether a list of strings holds a word.
    bool lists(std::string_view key, std::string_view word) const;
};

/// Parses a text: the root holds what stands at its top. Bounded: 65536 names and values, 8 levels.
/// Throws kiln::Error when it is not in the language or beyond the bounds. Escapes in strings are
/// left as they stand; LVM needs none in names.
LvmNode parse_lvm_text(std::string_view text);

}  // namespace kiln::formats
