#pragma once

#include <functional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/cancel.h"

namespace kiln::qemu {

/// Runs one QMP command and returns what it returns: the seam between what kiln wants of a guest
/// and the connection to QEMU. Throws as QmpClient::execute does.
using QmpExecute = std::function<nlohmann::json(std::string_view command, nlohmann::json arguments,
                                                const CancelToken& cancel)>;

}  // namespace kiln::qemu
