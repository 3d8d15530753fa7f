#pragma once

#include <string>
#include <vector>

namespace kiln {

/// One way to go on with the word under the cursor. The words `:file` and `:directory` ask the
/// shell for its own completion of names.
struct Candidate {
    std::string word;
    std::string doc;  ///< one line, may be empty
};

/// How the command line (without `kiln` itself) can go on; its last word is the one under the
/// cursor and may be empty. What is known comes from the commands' own declarations and from the
/// components' schemas.
std::vector<Candidate> complete(const std::vector<std::string>& words);

}  // namespace kiln
