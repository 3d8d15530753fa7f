#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hcl/value/value.h"

namespace kiln::hcl {

class FunctionTable;

/// The names that an expression may use: variables by their root name, and functions. A child scope
/// adds names to those of its parent and hides equal ones; the parent must outlive it. Not to be
/// changed while another thread evaluates with it.
class EvalScope {
  public:
    EvalScope() = default;
    explicit EvalScope(std::shared_ptr<const FunctionTable> functions);
    /// A child scope.
    explicit EvalScope(const EvalScope* parent) : parent_(parent) {}

    void set(const std::string& name, Value value) { variables_[name] = std::move(value); }
    /// The variable of the innermost scope that has it, or nullptr.
    const Value* find(const std::string& name) const;
    /// Names that are visible here, sorted.
    std::vector<std::string> names() const;
    /// Whether this scope or one around it has variables at all.
    bool has_variables() const;
    /// Neither variables nor functions: strings of JSON syntax are not read as templates then.
    bool is_empty() const { return !has_variables() && functions() == nullptr; }

    void set_functions(std::shared_ptr<const FunctionTable> functions);
    /// The innermost function table, or nullptr.
    const FunctionTable* functions() const;

  private:
    std::map<std::string, Value> variables_;
    std::shared_ptr<const FunctionTable> functions_;
    const EvalScope* parent_ = nullptr;
};

}  // namespace kiln::hcl
