#include "formats/file_system/path_walk.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace kiln::formats {

std::string PathParts::pop_front() {
    std::string part = std::move(parts_.front());
    parts_.pop_front();
    return part;
}

void PathParts::push_front(std::string_view path) {
    std::vector<std::string> added;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        if (slash != 0) added.emplace_back(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    parts_.insert(parts_.begin(), std::make_move_iterator(added.begin()),
                  std::make_move_iterator(added.end()));
}

}  // namespace kiln::formats
