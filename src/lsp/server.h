#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "engine/registry.h"

namespace kiln::lsp {

/// What a language server is connected to.
struct Connection {
    int in = 0;  ///< a descriptor; stays open
    std::function<void(std::string_view)> out;
};

/// Talks to an editor until it says goodbye, its stream ends or the token is cancelled; the exit
/// code is 0 when it said so properly. Diagnostics are published when the editor has been quiet for
/// a moment, and while someone types without a rest, once a second. Throws Error when the stream
/// does not hold messages.
int serve(const Registry& registry, const std::string& template_version,
          const Connection& connection, const CancelToken& cancel);

}  // namespace kiln::lsp
