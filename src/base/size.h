#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kiln {

/// A size for people, in binary units with one digit: `1.5 GiB`, `512 B`.
std::string format_size(std::uint64_t bytes);

/// A whole number with an optional unit, as qemu-img takes it: `512`, `64k`, `20G`, `1.5T` is none.
/// Units are b, k, M, G, T, P and E, powers of 1024, in either case. Nothing for what is no size or
/// does not fit.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace kiln
