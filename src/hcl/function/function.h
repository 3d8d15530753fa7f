#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/error.h"
#include "hcl/eval/scope.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/value.h"

namespace kiln::hcl {

struct Parameter {
    std::string name;
    Type type;
    bool allow_null = false;
    /// The implementation takes unknown values; else an unknown argument makes the result unknown.
    bool allow_unknown = false;
    /// The implementation takes values marked at any depth; else marks are taken off before the
    /// call and put on the result.
    bool allow_marked = false;
};

/// Thrown by an implementation when one argument is at fault; `index` counts from 0.
class ArgumentError : public Error {
  public:
    ArgumentError(std::size_t index, std::string message)
        : Error(std::move(message)), index_(index) {}
    std::size_t index() const { return index_; }

  private:
    std::size_t index_;
};

/// A function of the language. Most take values: they are converted to the parameter types and
/// checked before `call`, which may throw Error or ArgumentError. A few (`try`, `can`, `convert`)
/// take unevaluated expressions instead. Immutable; implementations must be safe to call from
/// several threads.
struct Function {
    using Arguments = std::vector<Value>;
    using Expressions = std::vector<ExpressionPtr>;

    std::vector<Parameter> parameters;
    std::optional<Parameter> variadic;
    /// The type of the result for these arguments, also when they are unknown. May throw as `call`.
    std::function<Type(const Arguments&)> result_type;
    std::function<Value(const Arguments&)> call;
    /// Set instead of `call` by functions that take expressions. Reports its own errors.
    std::function<Value(const Expressions&, const EvalScope&, const SourceRange& call,
                        Diagnostics&)>
        call_with_expressions;
};

/// A result type that does not depend on the arguments.
std::function<Type(const Function::Arguments&)> always(Type type);

/// Functions by name.
class FunctionTable {
  public:
    void add(const std::string& name, Function function);
    const Function* find(const std::string& name) const;
    std::vector<std::string> names() const;

  private:
    std::map<std::string, Function> functions_;
};

/// Calls a function that takes values, with all checks of spec/hcl2.md, section 18, apart from the
/// count of arguments. Throws Error, or ArgumentError when one argument is at fault.
Value call_function(const Function& function, const Function::Arguments& arguments);

}  // namespace kiln::hcl
