#include "hcl/eval/scope.h"

#include <set>

namespace kiln::hcl {

EvalScope::EvalScope(std::shared_ptr<const FunctionTable> functions)
    : functions_(std::move(functions)) {}

const Value* EvalScope::find(const std::string& name) const {
    for (const EvalScope* scope = this; scope != nullptr; scope = scope->parent_) {
        const auto found = scope->variables_.find(name);
        if (found != scope->variables_.end()) return &found->second;
    }
    return nullptr;
}

std::vector<std::string> EvalScope::names() const {
    std::set<std::string> names;
    for (const EvalScope* scope = this; scope != nullptr; scope = scope->parent_) {
        for (const auto& [name, value] : scope->variables_) names.insert(name);
    }
    return {names.begin(), names.end()};
}

bool EvalScope::has_variables() const {
    for (const EvalScope* scope = this; scope != nullptr; scope = scope->parent_) {
        if (!scope->variables_.empty()) return true;
    }
    return false;
}

void EvalScope::set_functions(std::shared_ptr<const FunctionTable> functions) {
    functions_ = std::move(functions);
}

const FunctionTable* EvalScope::functions() const {
    for (const EvalScope* scope = this; scope != nullptr; scope = scope->parent_) {
        if (scope->functions_) return scope->functions_.get();
    }
    return nullptr;
}

}  // namespace kiln::hcl
