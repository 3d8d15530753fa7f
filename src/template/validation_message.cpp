#include "template/validation_message.h"

#include <utf8proc.h>

namespace kiln {

bool is_validation_message(const std::string& message) {
    if (message.empty()) return false;
    utf8proc_int32_t first = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(message.data()),
                                         static_cast<utf8proc_ssize_t>(message.size()), &first);
    if (length <= 0 || utf8proc_islower(first) != 0) return false;
    const char last = message.back();
    return last == '.' || last == '?' || last == '!';
}

}  // namespace kiln
