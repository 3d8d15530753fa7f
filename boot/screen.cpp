#include "boot/screen.h"

namespace kiln::boot {

std::string ScreenText::to_string() const {
    std::size_t used = rows.size();
    while (used > 0 && rows[used - 1].empty()) --used;
    std::string out;
    for (std::size_t row = 0; row < used; ++row) {
        if (row > 0) out += '\n';
        out += rows[row];
    }
    return out;
}

}  // namespace kiln::boot
