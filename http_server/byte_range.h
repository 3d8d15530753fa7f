#pragma once

#include <cstdint>
#include <string_view>

namespace kiln::http {

/// The part of a file of `size` bytes that a Range header asks for.
struct ByteRange {
    enum class Kind {
        Whole,          ///< no header, or one to be ignored (malformed, several ranges, other unit)
        Part,           ///< `first` and `length` say which
        Unsatisfiable,  ///< begins behind the end: 416
    };
    Kind kind = Kind::Whole;
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};

ByteRange parse_range(std::string_view header, std::uint64_t size);

}  // namespace kiln::http
