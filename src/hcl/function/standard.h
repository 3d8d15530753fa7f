#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "hcl/function/function.h"
#include "hcl/function/secret_sources.h"

namespace kiln::hcl {

/// What functions need from the outside.
struct FunctionContext {
    /// Relative paths of `file`, `templatefile` and the like start here; empty: the current
    /// directory.
    std::filesystem::path base_dir;
    /// The time of `timestamp()`.
    std::function<std::chrono::system_clock::time_point()> now = [] {
        return std::chrono::system_clock::now();
    };
    /// The time that the `legacy_` time functions print.
    std::chrono::system_clock::time_point process_start = std::chrono::system_clock::now();
    /// `env(name)` is there only when this is set: it is allowed in defaults of variables alone.
    std::function<std::string(const std::string& name)> environment;
    /// Who answers `vault`, `consul_key` and the `aws_secretsmanager` functions.
    SecretSources secrets;
};

/// The functions that templates may call (spec/functions.md).
FunctionTable standard_functions(const FunctionContext& context);

}  // namespace kiln::hcl
