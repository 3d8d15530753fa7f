#include "cli/wrap.h"

#include <algorithm>

namespace kiln {

std::string wrap_text(std::string_view text, std::size_t column, std::size_t width) {
    constexpr std::size_t narrowest = 32;
    const std::size_t room = std::max(width, column + narrowest) - column;
    std::string out;
    std::size_t used = 0;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find_first_of(" \n", start), text.size());
        const std::size_t length = end - start;
        if (length > 0) {
            if (used > 0 && used + 1 + length > room) {
                out += "\n" + std::string(column, ' ');
                used = 0;
            } else if (used > 0) {
                out += ' ';
                ++used;
            }
            out += text.substr(start, length);
            used += length;
        }
        start = end + 1;
    }
    return out;
}

}  // namespace kiln
