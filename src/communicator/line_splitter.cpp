#include "communicator/line_splitter.h"

#include <algorithm>

namespace kiln {

void LineSplitter::feed(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t newline = bytes.find('\n');
        const std::size_t room = longest_line - partial_.size();
        const std::size_t length = std::min({newline, room, bytes.size()});
        const bool complete = length == newline;
        if (complete && partial_.empty()) {
            emit(bytes.substr(0, length));
        } else {
            partial_.append(bytes.substr(0, length));
            if (complete || partial_.size() == longest_line) {
                emit(partial_);
                partial_.clear();
            }
        }
        bytes.remove_prefix(complete ? length + 1 : length);
    }
}

void LineSplitter::finish() {
    if (!partial_.empty()) emit(partial_);
    partial_.clear();
}

void LineSplitter::emit(std::string_view line) {
    const std::size_t end = line.find_last_not_of(" \t\r\n\v\f");
    line = end == std::string_view::npos ? std::string_view{} : line.substr(0, end + 1);
    const std::size_t carriage_return = line.rfind('\r');
    if (carriage_return != std::string_view::npos) line.remove_prefix(carriage_return + 1);
    if (handler_) handler_(line);
}

}  // namespace kiln
