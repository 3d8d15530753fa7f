#include "hcl/eval/references.h"

#include <algorithm>

#include "hcl/json/body.h"
#include "hcl/json/expression.h"

namespace kiln::hcl {
namespace {

/// Collects references; names bound by loops around the current place are no references.
class Collector {
  public:
    std::vector<Traversal> found;

    void visit(const ExpressionPtr& expression) {
        if (expression) visit(*expression);
    }
    void visit(const Expression& expression);
    void visit(const Body& body);

  private:
    void visit_for(const ForExpression& node);
    bool is_bound(const std::string& name) const {
        return std::find(bound_.begin(), bound_.end(), name) != bound_.end();
    }

    std::vector<std::string> bound_;
};

}  // namespace

std::vector<Traversal> references(const Expression& expression) {
    Collector collector;
    collector.visit(expression);
    return std::move(collector.found);
}

std::vector<Traversal> references(const Body& body) {
    Collector collector;
    collector.visit(body);
    return std::move(collector.found);
}

std::optional<Traversal> as_traversal(const Expression& expression) {
    if (const auto* node = expression.as<ScopeTraversal>()) return node->traversal;
    if (const auto* node = expression.as<Scoped>()) return as_traversal(*node->inner);
    if (const auto* node = expression.as<JsonString>()) return json_traversal(*node);
    return std::nullopt;
}

std::string as_keyword(const Expression& expression) {
    if (const auto* node = expression.as<ScopeTraversal>()) {
        return node->traversal.steps.empty() ? node->traversal.root : std::string();
    }
    if (const auto* node = expression.as<Scoped>()) return as_keyword(*node->inner);
    if (const auto* node = expression.as<JsonString>()) {
        const ExpressionPtr native = json_native_expression(*node);
        return native ? as_keyword(*native) : std::string();
    }
    if (const auto* node = expression.as<Literal>()) {
        const Value& value = node->value;
        if (value.is_null()) return "null";
        if (value.is_known() && value.type() == Type::boolean()) {
            return value.as_bool() ? "true" : "false";
        }
    }
    return {};
}

std::optional<StaticCall> as_call(const Expression& expression) {
    if (const auto* string = expression.as<JsonString>()) {
        const ExpressionPtr native = json_native_expression(*string);
        return native ? as_call(*native) : std::nullopt;
    }
    const auto* node = expression.as<FunctionCall>();
    if (node == nullptr || node->expand_final) return std::nullopt;
    return StaticCall{node->name, node->name_range, node->arguments,
                      SourceRange::between(node->open_range, node->close_range)};
}

std::optional<std::vector<ExpressionPtr>> as_list(const Expression& expression) {
    if (const auto* node = expression.as<TupleConstructor>()) return node->elements;
    if (const auto* node = expression.as<Scoped>()) {
        auto inner = as_list(*node->inner);
        if (!inner) return std::nullopt;
        for (ExpressionPtr& element : *inner) {
            element = std::make_shared<const Expression>(
                Expression{Scoped{element, node->bindings}, element->range, element->depth + 1});
        }
        return inner;
    }
    return std::nullopt;
}

std::optional<std::vector<std::pair<ExpressionPtr, ExpressionPtr>>> as_map(
    const Expression& expression) {
    const auto* node = expression.as<ObjectConstructor>();
    if (node == nullptr) return std::nullopt;
    std::vector<std::pair<ExpressionPtr, ExpressionPtr>> items;
    for (const auto& item : node->items) items.emplace_back(item.key, item.value);
    return items;
}

namespace {

void Collector::visit(const Body& body) {
    std::vector<const Attribute*> attributes;
    for (const auto& [name, attribute] : body.attributes) attributes.push_back(&attribute);
    std::sort(attributes.begin(), attributes.end(), [](const Attribute* a, const Attribute* b) {
        return a->range.start.byte < b->range.start.byte;
    });
    for (const Attribute* attribute : attributes) visit(attribute->expression);
    for (const OpenProperty& property : body.properties) {
        visit(json_attribute(property).expression);
    }
    for (const Block& block : body.blocks) visit(block.body);
}

void Collector::visit(const Expression& expression) {
    struct Visitor {
        Collector& self;

        void operator()(const Literal&) {}
        void operator()(const SplatItem&) {}
        void operator()(const Template& node) {
            for (const auto& part : node.parts) self.visit(part);
        }
        void operator()(const TemplateWrap& node) { self.visit(node.inner); }
        void operator()(const TemplateJoin& node) { self.visit(node.inner); }
        void operator()(const ScopeTraversal& node) {
            if (!self.is_bound(node.traversal.root)) self.found.push_back(node.traversal);
        }
        void operator()(const RelativeTraversal& node) { self.visit(node.source); }
        void operator()(const Index& node) {
            self.visit(node.collection);
            self.visit(node.key);
        }
        void operator()(const Splat& node) {
            self.visit(node.source);
            self.visit(node.each);
        }
        void operator()(const FunctionCall& node) {
            for (const auto& argument : node.arguments) self.visit(argument);
        }
        void operator()(const Conditional& node) {
            self.visit(node.condition);
            self.visit(node.if_true);
            self.visit(node.if_false);
        }
        void operator()(const Binary& node) {
            self.visit(node.left);
            self.visit(node.right);
        }
        void operator()(const Unary& node) { self.visit(node.operand); }
        void operator()(const TupleConstructor& node) {
            for (const auto& element : node.elements) self.visit(element);
        }
        void operator()(const ObjectConstructor& node) {
            for (const auto& item : node.items) {
                self.visit(item.key);
                self.visit(item.value);
            }
        }
        void operator()(const ObjectKey& node) {
            // A bare name is a key and no reference.
            if (as_keyword(*node.inner).empty()) self.visit(node.inner);
        }
        void operator()(const ForExpression& node) { self.visit_for(node); }
        void operator()(const Parentheses& node) { self.visit(node.inner); }
        void operator()(const Scoped& node) {
            const std::size_t before = self.bound_.size();
            for (const auto& [name, value] : *node.bindings) self.bound_.push_back(name);
            self.visit(node.inner);
            self.bound_.resize(before);
        }
        void operator()(const JsonString& node) { self.visit(node.parsed); }
    };
    std::visit(Visitor{*this}, expression.node);
}

void Collector::visit_for(const ForExpression& node) {
    visit(node.collection);
    const std::size_t before = bound_.size();
    if (!node.key_name.empty()) bound_.push_back(node.key_name);
    bound_.push_back(node.value_name);
    visit(node.key);
    visit(node.value);
    visit(node.condition);
    bound_.resize(before);
}

}  // namespace
}  // namespace kiln::hcl
