#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "base/schema.h"

/// Rules that many components' options share. Each reports to `problems` under the option's name.
namespace kiln::option_check {

/// A path (`~` expanded) must name a file that is there; an empty one is not set.
void file_exists(const std::string& option, const std::string& path, Problems& problems);
void directory_exists(const std::string& option, const std::string& path, Problems& problems);

void is_port(const std::string& option, int port, Problems& problems);
void is_port_range(const std::string& min_option, int min, const std::string& max_option, int max,
                   Problems& problems);
void is_not_negative(const std::string& option, int number, Problems& problems);
void is_not_negative(const std::string& option, Duration duration, Problems& problems);

/// Which of several options are set, by name.
using Alternatives = std::initializer_list<std::pair<const char*, bool>>;
void at_most_one(Alternatives options, Problems& problems);
void exactly_one(Alternatives options, Problems& problems);

/// `option` makes no sense when `needed` is not set.
void needs(const std::string& option, bool is_set, const std::string& needed, bool needed_is_set,
           Problems& problems);

/// `text` must be a JSON document (an object when `object` is asked for); an empty one is not set.
enum class JsonShape { Any, Object };
void is_json(const std::string& option, const std::string& text, JsonShape shape,
             Problems& problems);

}  // namespace kiln::option_check
