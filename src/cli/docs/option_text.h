#pragma once

#include <string>

#include "base/schema.h"

namespace kiln::docs {

/// An option's default as documentation shows it; empty when there is none worth telling.
std::string default_of(const OptionInfo& option);

/// All that is to be said of an option beside name and type: its text, whether it is required, its
/// choices and default, what takes its place, why it does not work yet. Sentences.
std::string describe_option(const OptionInfo& option, bool with_default);

/// A sentence with its full stop and a capital at the start.
std::string as_sentence(const std::string& text);

}  // namespace kiln::docs
