#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/diagnostic.h"
#include "hcl/syntax/tree.h"
#include "template/scope.h"

namespace kiln {

/// One local, from a `locals` or a `local` block.
struct LocalDefinition {
    std::string name;
    hcl::ExpressionPtr expression;
    bool sensitive = false;
    SourceRange range;
};

/// One `data` block.
struct DataDefinition {
    std::string type;
    std::string name;
    hcl::Body body;
    SourceRange range;
};

/// Reads `locals`, `local` and `data` blocks. Names that stand twice are errors.
class ValueDefinitions {
  public:
    void add_locals(const hcl::Block& block, Diagnostics& diagnostics);
    void add_local(const hcl::Block& block, Diagnostics& diagnostics);
    void add_data(const hcl::Block& block, Diagnostics& diagnostics);

    /// Sorted by name.
    const std::map<std::string, LocalDefinition>& locals() const { return locals_; }
    const std::map<std::pair<std::string, std::string>, DataDefinition>& data() const {
        return data_;
    }

  private:
    void add(LocalDefinition local, Diagnostics& diagnostics);

    std::map<std::string, LocalDefinition> locals_;
    std::map<std::pair<std::string, std::string>, DataDefinition> data_;
};

/// Locals and data by name, once they are evaluated.
struct GraphValues {
    hcl::Value::Entries locals;
    std::map<std::string, hcl::Value::Entries> data;
    /// What cannot be had: `data.t.n` of types that kiln does not have, and the locals and data
    /// that depend on them, each with the data that is missing.
    std::map<std::string, std::string> unavailable;
};

/// Gives the value of one data block, whose references are in the scope; nothing when kiln does not
/// have its type.
using DataEvaluator = std::function<std::optional<hcl::Value>(const DataDefinition&,
                                                              const hcl::EvalScope&, Diagnostics&)>;

/// Evaluates all locals and data in the order of their references to each other: one graph for
/// both. References to what is not there and circles are errors before anything is evaluated. What
/// depends on a failed value is unknown, so that every failure is told once. Texts of sensitive
/// locals are registered as secrets.
GraphValues evaluate_graph(const ValueDefinitions& definitions, const TemplateScope& scope,
                           const DataEvaluator& evaluate_data, Diagnostics& diagnostics,
                           const CancelToken& cancel);

/// The older order (`-use-sequential-evaluation`): all data first, by their references to each
/// other, then all locals. Data cannot use locals, and neither chain may grow long: the peer's
/// limits of depth are kept.
GraphValues evaluate_in_sequence(const ValueDefinitions& definitions, const TemplateScope& scope,
                                 const DataEvaluator& evaluate_data, Diagnostics& diagnostics,
                                 const CancelToken& cancel);

}  // namespace kiln
