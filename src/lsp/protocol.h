#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/diagnostic.h"
#include "base/error.h"
#include "lsp/completion.h"
#include "lsp/hover.h"
#include "lsp/text_document.h"

/// How things are written in the protocol's JSON.
namespace kiln::lsp {

namespace error_code {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int not_initialized = -32002;
}  // namespace error_code

/// A request cannot be answered; the client is told the code and the message.
class ResponseError : public Error {
  public:
    ResponseError(int code, std::string message) : Error(std::move(message)), code_(code) {}
    int code() const { return code_; }

  private:
    int code_;
};

nlohmann::json to_json(Position position);
nlohmann::json to_json(const Range& range);
/// With secrets taken out.
nlohmann::json to_json(const Diagnostic& diagnostic, const Range& range);
nlohmann::json to_json(const Completion& completion, const TextDocument& document);
nlohmann::json to_json(const Hover& hover, const TextDocument& document, bool markdown);

/// Throw nlohmann's exceptions when the JSON is something else.
Position position_from_json(const nlohmann::json& json);
Range range_from_json(const nlohmann::json& json);

}  // namespace kiln::lsp
