#include <fmt/format.h>

#include "hcl/eval/evaluator.h"
#include "hcl/value/print.h"

namespace kiln::hcl {

/// One run of a `for`: what has been collected and what is not known yet.
class Evaluator::ForLoop {
  public:
    ForLoop(Evaluator& outer, const ForExpression& node, const Expression& whole)
        : outer_(outer), node_(node), whole_(whole) {}

    Value run(const Value& collection);

  private:
    void bind(EvalScope& scope, const Value& key, const Value& value) const;
    bool check_condition_early();
    /// What the condition says; nothing when that is not known or an error.
    std::optional<bool> wanted(Evaluator& inner);
    void add_item(Evaluator& inner);
    void add_entry(Evaluator& inner);
    Value result();

    Evaluator& outer_;
    const ForExpression& node_;
    const Expression& whole_;
    Value::Elements elements_;
    Value::Entries entries_;
    std::map<std::string, Value::Elements> groups_;
    Marks marks_;
    bool known_ = true;
};

Value Evaluator::eval_for(const ForExpression& node, const Expression& whole) {
    const Value collection = eval(*node.collection);
    if (collection.is_null()) {
        report("Iteration over null value", "There is nothing to go over: the collection is null.",
               node.collection->range, whole.range, *node.collection);
        return Value::dynamic_unknown();
    }
    if (collection.type().is_dynamic()) {
        return Value::dynamic_unknown().with_marks(collection.marks());
    }
    if (!collection.can_iterate()) {
        report(
            "Iteration over non-iterable value",
            fmt::format("A {} has no elements to go over: use a list, set, map, tuple or object.",
                        collection.type().friendly_name()),
            node.collection->range, whole.range, *node.collection);
        return Value::dynamic_unknown();
    }
    return ForLoop(*this, node, whole).run(collection);
}

Value Evaluator::ForLoop::run(const Value& collection) {
    marks_ = collection.marks();
    if (!check_condition_early()) return Value::dynamic_unknown().with_marks(marks_);
    if (!collection.is_known()) return Value::dynamic_unknown().with_marks(marks_);
    for (const auto& [key, value] : collection.without_marks().items()) {
        EvalScope scope(&outer_.scope_);
        bind(scope, key, value);
        Evaluator inner(scope, outer_.diagnostics_, outer_.splat_item_);
        if (node_.condition) {
            const auto include = wanted(inner);
            if (!include || !*include) continue;
        }
        if (node_.key) {
            add_entry(inner);
        } else {
            add_item(inner);
        }
    }
    return result();
}

void Evaluator::ForLoop::bind(EvalScope& scope, const Value& key, const Value& value) const {
    if (!node_.key_name.empty()) scope.set(node_.key_name, key);
    scope.set(node_.value_name, value);
}

/// Type errors of the condition show even when there is nothing to iterate over.
bool Evaluator::ForLoop::check_condition_early() {
    if (!node_.condition) return true;
    EvalScope scope(&outer_.scope_);
    bind(scope, Value::dynamic_unknown(), Value::dynamic_unknown());
    Diagnostics errors;
    Evaluator inner(scope, errors, outer_.splat_item_);
    wanted(inner);
    if (!errors.has_errors()) {
        // Only now, with nothing known, the answer could not be known either.
        known_ = true;
        return true;
    }
    outer_.diagnostics_.append(std::move(errors));
    return false;
}

std::optional<bool> Evaluator::ForLoop::wanted(Evaluator& inner) {
    const Value value = inner.eval(*node_.condition);
    marks_.insert(value.marks().begin(), value.marks().end());
    const auto invalid = [&](const char* summary, std::string detail) {
        inner.report(summary, std::move(detail), node_.condition->range, whole_.range,
                     *node_.condition);
        known_ = false;
        return std::nullopt;
    };
    if (value.is_null()) {
        return invalid("Condition is null",
                       "The condition after 'if' is null: it must be true or false.");
    }
    const Conversion converted = convert(value, Type::boolean());
    if (!converted) {
        return invalid("Invalid 'for' condition",
                       fmt::format("The condition after 'if' does not fit: {}.", converted.reason));
    }
    if (converted.value->is_known()) return converted.value->as_bool();
    known_ = false;
    return std::nullopt;
}

void Evaluator::ForLoop::add_item(Evaluator& inner) {
    elements_.push_back(inner.eval(*node_.value));
}

void Evaluator::ForLoop::add_entry(Evaluator& inner) {
    constexpr const char* invalid_key = "Invalid object key";
    const Value key = inner.eval(*node_.key);
    const Value value = inner.eval(*node_.value);
    marks_.insert(key.marks().begin(), key.marks().end());
    if (key.is_null()) {
        inner.report(invalid_key, "The key of an element is null: each needs a text.",
                     node_.key->range, whole_.range, *node_.key);
        known_ = false;
        return;
    }
    const Conversion converted = convert(key, Type::string());
    if (!converted) {
        inner.report(invalid_key,
                     fmt::format("The key of an element does not fit: {}.", converted.reason),
                     node_.key->range, whole_.range, *node_.key);
        known_ = false;
        return;
    }
    if (!converted.value->is_known()) {
        known_ = false;
        return;
    }
    const std::string& name = converted.value->as_string();
    if (node_.group) {
        groups_[name].push_back(value);
        return;
    }
    if (!entries_.emplace(name, value).second) {
        inner.report("Duplicate object key",
                     fmt::format("Two elements have the key {}. Write \"...\" after the value to "
                                 "gather the values of each key in a list.",
                                 quote(name)),
                     node_.key->range, whole_.range, *node_.key);
    }
}

Value Evaluator::ForLoop::result() {
    if (!known_) return Value::dynamic_unknown().with_marks(marks_);
    if (!node_.key) return Value::tuple(std::move(elements_)).with_marks(marks_);
    for (auto& [name, values] : groups_) entries_.emplace(name, Value::tuple(std::move(values)));
    return Value::object(std::move(entries_)).with_marks(marks_);
}

}  // namespace kiln::hcl
