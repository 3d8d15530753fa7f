#pragma once

#include <string>

namespace kiln {

/// Whether a validation rule's message is made of sentences: it does not begin with a lower-case
/// letter and ends with a full stop, a question mark or an exclamation mark.
bool is_validation_message(const std::string& message);

}  // namespace kiln
