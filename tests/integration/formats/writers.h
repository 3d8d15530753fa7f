#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "formats/format.h"

namespace kiln::formats::judge {

/// A writer with options, as it would be named on the command line.
struct Writer {
    const Format* format = nullptr;
    std::map<std::string, std::string> options;

    std::string name() const;  ///< letters, digits and underscores, for a test's name
};
void PrintTo(const Writer& writer, std::ostream* out);

/// All writers of the registry: each with no options, then with each value of each option that
/// `Format::options` lists, then with options that work together.
std::vector<Writer> all_writers();
/// Each with no options.
std::vector<Writer> plain_writers();

}  // namespace kiln::formats::judge
