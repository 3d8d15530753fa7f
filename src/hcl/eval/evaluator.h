#pragma once

#include <optional>
#include <string>

#include "base/diagnostic.h"
#include "hcl/eval/scope.h"
#include "hcl/syntax/tree.h"
#include "hcl/value/convert.h"

namespace kiln::hcl {

/// Evaluates expressions in one scope. The work behind evaluate(): operators, conditions and
/// templates in evaluate.cpp, access to parts of values in access.cpp, `for` in for.cpp, calls in
/// call.cpp.
class Evaluator {
  public:
    /// `splat_item` is the element that the chain after a splat is applied to.
    Evaluator(const EvalScope& scope, Diagnostics& diagnostics, const Value* splat_item = nullptr)
        : scope_(scope), diagnostics_(diagnostics), splat_item_(splat_item) {}

    Value eval(const Expression& expression);

  private:
    Value eval_template(const Template& node, const Expression& whole);
    Value eval_join(const TemplateJoin& node, const Expression& whole);
    Value eval_binary(const Binary& node, const Expression& whole);
    Value eval_logical(const Binary& node, const Expression& whole);
    Value eval_unary(const Unary& node, const Expression& whole);
    Value eval_conditional(const Conditional& node, const Expression& whole);
    Value eval_tuple(const TupleConstructor& node);
    Value eval_object(const ObjectConstructor& node, const Expression& whole);
    Value eval_object_key(const ObjectKey& node, const Expression& whole);
    Value eval_scoped(const Scoped& node);
    Value eval_json_string(const JsonString& node);
    /// Converts an operand; reports "Invalid operand" for `side` when it does not fit.
    std::optional<Value> operand(const Value& value, const Type& wanted, const char* side,
                                 const Expression& expression, const Expression& whole);
    void operation_failed(const std::string& why, const Expression& whole);
    /// Appends a part to the text of a template; false when that failed.
    bool append_text(const Value& value, std::string& text, const Expression& part,
                     const Expression& whole);

    // access.cpp
    Value eval_reference(const ScopeTraversal& node, const Expression& whole);
    Value eval_relative(const RelativeTraversal& node, const Expression& whole);
    Value eval_index(const Index& node, const Expression& whole);
    Value eval_splat(const Splat& node, const Expression& whole);
    Value eval_splat_each(const Splat& node, const Value& source, const Expression& whole);
    Value apply_steps(Value value, const std::vector<TraversalStep>& steps,
                      const Expression& whole);

    // for.cpp
    Value eval_for(const ForExpression& node, const Expression& whole);
    class ForLoop;

    // call.cpp
    Value eval_call(const FunctionCall& node, const Expression& whole);

    /// Reports an error, with the values of the references in `failing`.
    void report(std::string summary, std::string detail, const SourceRange& subject,
                const SourceRange& context, const Expression& failing);

    const EvalScope& scope_;
    Diagnostics& diagnostics_;
    const Value* splat_item_;
};

/// What a step into a value gives, or the error to report.
struct StepResult {
    std::optional<Value> value;
    std::string summary;
    std::string detail;
};

StepResult get_attribute(const Value& value, const std::string& name);
StepResult get_index(const Value& collection, const Value& key);

/// The `with` lines for an expression that failed in this scope.
std::vector<std::string> describe_references(const Expression& expression, const EvalScope& scope);

}  // namespace kiln::hcl
