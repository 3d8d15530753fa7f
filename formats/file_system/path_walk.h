#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kiln::formats {

/// The names of a path that are still to be followed.
class PathParts {
  public:
    explicit PathParts(std::string_view path) { push_front(path); }
    bool empty() const { return parts_.empty(); }
    /// More parts than any kernel would follow.
    bool too_many() const { return parts_.size() > kMost; }
    std::string pop_front();
    void push_front(std::string_view path);

  private:
    static constexpr std::size_t kMost = 4096;
    std::deque<std::string> parts_;
};

/// Follows an absolute path, and the symbolic links on it (at most 16), within one file system.
/// Nothing when it leads nowhere. `names` offers what the file system knows:
///
///     Inode root();
///     std::optional<Inode> child(const Inode& directory, std::string_view name);
///     std::optional<std::string> target(const Inode& link);  // nothing: it cannot be followed
///
/// where an Inode has a `type` that may be kDirectory or kLink. `.` and `..` are asked for like any
/// other name.
template <typename Names>
auto walk_path(std::string_view path, Names& names) -> std::optional<decltype(names.root())> {
    constexpr unsigned kMostLinks = 16;
    auto current = names.root();
    using Inode = decltype(current);
    unsigned links = 0;
    for (PathParts parts(path); !parts.empty();) {
        if (parts.too_many() || current.type != Inode::kDirectory) return std::nullopt;
        auto next = names.child(current, parts.pop_front());
        if (!next) return std::nullopt;
        if (next->type != Inode::kLink) {
            current = std::move(*next);
            continue;
        }
        if (++links > kMostLinks) return std::nullopt;
        const std::optional<std::string> target = names.target(*next);
        if (!target) return std::nullopt;
        if (target->starts_with('/')) current = names.root();
        parts.push_front(*target);
    }
    return current;
}

}  // namespace kiln::formats
