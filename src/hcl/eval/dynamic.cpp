#include "hcl/eval/dynamic.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/suggest.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "hcl/json/body.h"
#include "hcl/value/convert.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

using Bindings = std::map<std::string, Value>;

/// A dynamic block's own parts.
struct DynamicBlock {
    const Block* source = nullptr;
    std::string type;
    std::string iterator;
    ExpressionPtr for_each;
    std::vector<ExpressionPtr> labels;
    Block content;
    NestedBlockSchema::Child schema;
};

class Expander {
  public:
    Expander(const EvalScope& scope, Diagnostics& diagnostics)
        : scope_(scope), diagnostics_(diagnostics) {}

    Body expand(const Body& body, const NestedBlockSchema& schema);

  private:
    void expand_properties(const NestedBlockSchema& schema, Body& body);
    void expand_block(const Block& block, const NestedBlockSchema& schema, std::vector<Block>& out);
    std::optional<DynamicBlock> read(const Block& block, const NestedBlockSchema& schema);
    bool read_iterator(const Attribute* attribute, DynamicBlock& dynamic);
    bool read_labels(const BodyContent& content, DynamicBlock& dynamic);
    bool check_content(const BodyContent& content);
    std::optional<Block> instance(const DynamicBlock& dynamic, const Value& key,
                                  const Value& value);
    std::optional<Label> label(const ExpressionPtr& expression, const BindingsPtr& bindings);
    void report(std::string summary, std::string detail, const SourceRange& subject) {
        diagnostics_.add(Diagnostic::error(std::move(summary), std::move(detail), subject));
    }

    const EvalScope& scope_;
    Diagnostics& diagnostics_;
};

BodySchema dynamic_schema(const NestedBlockSchema::Child& child, bool labels_required);
ExpressionPtr with_bindings(const ExpressionPtr& expression, const BindingsPtr& bindings);
Body with_bindings(const Body& body, const BindingsPtr& bindings);
Body unknown_body(const Body& body);

void collect_references(const Body& body, const std::vector<std::string>& iterators,
                        std::vector<Traversal>& out);
std::string iterator_name(const Block& block);
BodyContent own_arguments(const Block& dynamic);

}  // namespace

const NestedBlockSchema::Child* NestedBlockSchema::find(std::string_view type) const {
    const auto found = std::find_if(blocks.begin(), blocks.end(),
                                    [&](const Child& child) { return child.block.type == type; });
    return found == blocks.end() ? nullptr : &*found;
}

NestedBlockSchema NestedBlockSchema::anything() {
    NestedBlockSchema schema;
    schema.any = true;
    return schema;
}

Body expand_dynamic_blocks(const Body& body, const EvalScope& scope,
                           const NestedBlockSchema& schema, Diagnostics& diagnostics) {
    return Expander(scope, diagnostics).expand(body, schema);
}

std::vector<Traversal> dynamic_references(const Body& body) {
    std::vector<Traversal> found;
    collect_references(body, {}, found);
    return found;
}

namespace {

Body Expander::expand(const Body& body, const NestedBlockSchema& schema) {
    Body expanded = body;
    expanded.blocks.clear();
    for (const Block& block : body.blocks) {
        if (block.type == "dynamic" && schema.find("dynamic") == nullptr) {
            expand_block(block, schema, expanded.blocks);
            continue;
        }
        const NestedBlockSchema::Child* child = schema.find(block.type);
        Block copy = block;
        if (child != nullptr) {
            copy.body = expand(block.body, child->nested);
        } else if (schema.any) {
            copy.body = expand(block.body, schema);
        }
        expanded.blocks.push_back(std::move(copy));
    }
    expand_properties(schema, expanded);
    return expanded;
}

/// Makes the properties that name blocks of the schema blocks, so that they can be expanded; what
/// is left are attributes, or nothing that belongs here.
void Expander::expand_properties(const NestedBlockSchema& schema, Body& body) {
    std::vector<OpenProperty> rest;
    for (const OpenProperty& property : body.properties) {
        const NestedBlockSchema::Child* child = schema.find(property.name());
        if (property.name() == "dynamic" && child == nullptr) {
            for (const Block& block : json_blocks(property, {"type"}, diagnostics_)) {
                expand_block(block, schema, body.blocks);
            }
        } else if (property.name() == "dynamic" || child == nullptr) {
            rest.push_back(property);
        } else {
            for (Block& block : json_blocks(property, child->block.label_names, diagnostics_)) {
                block.body = expand(block.body, child->nested);
                body.blocks.push_back(std::move(block));
            }
        }
    }
    body.properties = std::move(rest);
}

void Expander::expand_block(const Block& block, const NestedBlockSchema& schema,
                            std::vector<Block>& out) {
    const auto dynamic = read(block, schema);
    if (!dynamic) return;
    const Value collection = evaluate(*dynamic->for_each, scope_, diagnostics_);
    constexpr const char* summary = "Invalid dynamic for_each value";
    if (collection.is_null()) {
        report(summary, "for_each is null: it needs a collection.", dynamic->for_each->range);
        return;
    }
    if (!collection.can_iterate() && !collection.type().is_dynamic()) {
        report(summary,
               fmt::format("for_each is a {}: it needs a list, set, map, tuple or object.",
                           collection.type().friendly_name()),
               dynamic->for_each->range);
        return;
    }
    const auto add = [&](std::optional<Block> made) {
        if (!made) return;
        made->body = expand(made->body, dynamic->schema.nested);
        out.push_back(std::move(*made));
    };
    if (!collection.is_known()) {
        auto made = instance(*dynamic, Value::dynamic_unknown(), Value::dynamic_unknown());
        if (made) made->body = unknown_body(made->body);
        add(std::move(made));
        return;
    }
    for (const auto& [key, value] : collection.items()) {
        add(instance(*dynamic, key.with_marks_of(collection), value.with_marks_of(collection)));
    }
}

std::optional<DynamicBlock> Expander::read(const Block& block, const NestedBlockSchema& schema) {
    if (block.labels.size() != 1) {
        Body alone;
        alone.blocks = {block};
        alone.range = block.body.range;
        read_body(alone, {{}, {{"dynamic", {"type"}}}}, diagnostics_);
        return std::nullopt;
    }
    DynamicBlock dynamic;
    dynamic.source = &block;
    dynamic.type = block.labels[0].text;
    dynamic.iterator = dynamic.type;
    const NestedBlockSchema::Child* child = schema.find(dynamic.type);
    if (child != nullptr) {
        dynamic.schema = *child;
    } else if (schema.any) {
        dynamic.schema = {{dynamic.type, {}}, schema};
    } else {
        std::vector<std::string> types;
        for (const auto& known : schema.blocks) types.push_back(known.block.type);
        report("Unsupported block type",
               fmt::format("Blocks of type {} are not expected here.{}", quote(dynamic.type),
                           did_you_mean(dynamic.type, types)),
               block.labels[0].range);
        return std::nullopt;
    }
    Diagnostics errors;
    const bool labels_required = !dynamic.schema.block.label_names.empty();
    const BodyContent content =
        read_body(block.body, dynamic_schema(dynamic.schema, labels_required), errors);
    const bool readable = !errors.has_errors();
    diagnostics_.append(std::move(errors));
    if (!readable) return std::nullopt;
    dynamic.for_each = content.find("for_each")->expression;
    const bool good = read_iterator(content.find("iterator"), dynamic) &&
                      read_labels(content, dynamic) && check_content(content);
    if (!good) return std::nullopt;
    dynamic.content = content.blocks[0];
    return dynamic;
}

bool Expander::read_iterator(const Attribute* attribute, DynamicBlock& dynamic) {
    if (attribute == nullptr) return true;
    const std::string name = as_keyword(*attribute->expression);
    if (name.empty()) {
        report("Invalid dynamic iterator name", "iterator is one name, written without quotes.",
               attribute->expression->range);
        return false;
    }
    dynamic.iterator = name;
    return true;
}

bool Expander::read_labels(const BodyContent& content, DynamicBlock& dynamic) {
    const Attribute* attribute = content.find("labels");
    if (attribute == nullptr) return true;
    auto labels = as_list(*attribute->expression);
    if (!labels) {
        report("Invalid expression", "Write the list itself here, in brackets.",
               attribute->expression->range);
        return false;
    }
    dynamic.labels = std::move(*labels);
    const std::size_t wanted = dynamic.schema.block.label_names.size();
    if (wanted == 0 || dynamic.labels.size() == wanted) return true;
    const bool too_many = dynamic.labels.size() > wanted;
    report(too_many ? "Extraneous dynamic block label" : "Insufficient dynamic block labels",
           fmt::format("Blocks of type {} have {} label(s).", quote(dynamic.type), wanted),
           too_many ? dynamic.labels[wanted]->range : attribute->expression->range);
    return false;
}

bool Expander::check_content(const BodyContent& content) {
    if (content.blocks.size() == 1) return true;
    if (content.blocks.empty()) {
        report("Missing dynamic content block",
               "A dynamic block says in a block named \"content\" what each of its blocks holds.",
               content.missing_item_range);
    } else {
        report("Extraneous dynamic content block",
               "A dynamic block has one \"content\" block. Remove this one.",
               content.blocks[1].type_range);
    }
    return false;
}

std::optional<Block> Expander::instance(const DynamicBlock& dynamic, const Value& key,
                                        const Value& value) {
    const auto bindings = std::make_shared<const Bindings>(
        Bindings{{dynamic.iterator, Value::object({{"key", key}, {"value", value}})}});
    Block block;
    block.type = dynamic.type;
    block.type_range = dynamic.source->labels[0].range;
    block.open_brace_range = dynamic.content.open_brace_range;
    block.close_brace_range = dynamic.content.close_brace_range;
    for (const ExpressionPtr& expression : dynamic.labels) {
        auto text = label(expression, bindings);
        if (!text) return std::nullopt;
        block.labels.push_back(std::move(*text));
    }
    block.body = with_bindings(dynamic.content.body, bindings);
    return block;
}

std::optional<Label> Expander::label(const ExpressionPtr& expression, const BindingsPtr& bindings) {
    constexpr const char* summary = "Invalid dynamic block label";
    Diagnostics errors;
    const Value value = evaluate(*with_bindings(expression, bindings), scope_, errors);
    const bool failed = errors.has_errors();
    diagnostics_.append(std::move(errors));
    if (failed) return std::nullopt;
    const Conversion converted = convert(value, Type::string());
    if (!converted) {
        report(summary, fmt::format("This cannot be the label of a block: {}.", converted.reason),
               expression->range);
    } else if (converted.value->is_null()) {
        report(summary, "The label of a block is a text, and this is null.", expression->range);
    } else if (!converted.value->is_known()) {
        report(summary,
               "This value is not yet known. Dynamic block labels must be immediately-known "
               "values.",
               expression->range);
    } else if (converted.value->is_marked()) {
        report(summary, "This value is marked (for example as sensitive) and may not be shown.",
               expression->range);
    } else {
        return Label{converted.value->as_string(), expression->range};
    }
    return std::nullopt;
}

BodySchema dynamic_schema(const NestedBlockSchema::Child& child, bool labels_required) {
    BodySchema schema;
    schema.attributes = {{"for_each", true}, {"iterator", false}};
    if (labels_required || child.nested.any)
        schema.attributes.push_back({"labels", labels_required});
    schema.blocks = {{"content", {}}};
    return schema;
}

/// The expression with names bound for it. Of equal names the one bound last, the innermost, wins.
ExpressionPtr with_bindings(const ExpressionPtr& expression, const BindingsPtr& bindings) {
    const auto* scoped = expression->as<Scoped>();
    if (scoped == nullptr) {
        return std::make_shared<const Expression>(
            Expression{Scoped{expression, bindings}, expression->range, expression->depth + 1});
    }
    Bindings merged = *scoped->bindings;
    for (const auto& [name, value] : *bindings) merged.insert_or_assign(name, value);
    return std::make_shared<const Expression>(
        Expression{Scoped{scoped->inner, std::make_shared<const Bindings>(std::move(merged))},
                   expression->range, expression->depth});
}

Body with_bindings(const Body& body, const BindingsPtr& bindings) {
    Body bound = body;
    for (auto& [name, attribute] : bound.attributes) {
        attribute.expression = with_bindings(attribute.expression, bindings);
    }
    for (Block& block : bound.blocks) block.body = with_bindings(block.body, bindings);
    for (OpenProperty& property : bound.properties) {
        Bindings merged = property.bindings ? *property.bindings : Bindings();
        for (const auto& [name, value] : *bindings) merged.insert_or_assign(name, value);
        property.bindings = std::make_shared<const Bindings>(std::move(merged));
    }
    return bound;
}

Body unknown_body(const Body& body) {
    Body unknown = body;
    unknown.unknown = true;
    for (auto& [name, attribute] : unknown.attributes) {
        attribute.expression = std::make_shared<const Expression>(
            Expression{Literal{Value::dynamic_unknown()}, attribute.expression->range, 1});
    }
    for (Block& block : unknown.blocks) {
        if (block.type != "dynamic") block.body = unknown_body(block.body);
    }
    for (OpenProperty& property : unknown.properties) {
        property.unknown = property.name() != "dynamic";
    }
    return unknown;
}

void collect_references(const Body& body, const std::vector<std::string>& iterators,
                        std::vector<Traversal>& out) {
    const auto add = [&](const Attribute* attribute, const std::vector<std::string>& bound) {
        if (attribute == nullptr) return;
        for (Traversal& found : references(*attribute->expression)) {
            if (std::find(bound.begin(), bound.end(), found.root) == bound.end()) {
                out.push_back(std::move(found));
            }
        }
    };
    for (const Block& block : body.blocks) {
        if (block.type != "dynamic" || block.labels.size() != 1) {
            collect_references(block.body, iterators, out);
            continue;
        }
        std::vector<std::string> inner = iterators;
        inner.push_back(iterator_name(block));
        const BodyContent content = own_arguments(block);
        add(content.find("for_each"), iterators);
        add(content.find("labels"), inner);
        collect_references(block.body, inner, out);
    }
    Diagnostics unused;  // told when the blocks are expanded
    for (const OpenProperty& property : body.properties) {
        Body nested;
        if (property.name() == "dynamic") {
            nested.blocks = json_blocks(property, {"type"}, unused);
        } else {
            nested = json_body(property.document, property.property->value, nullptr, false, unused);
        }
        collect_references(nested, iterators, out);
    }
}

BodyContent own_arguments(const Block& dynamic) {
    Body rest;
    Diagnostics unused;  // told when the block is expanded
    return read_body_partially(dynamic.body,
                               {{{"for_each", false}, {"iterator", false}, {"labels", false}}, {}},
                               rest, unused);
}

std::string iterator_name(const Block& block) {
    const BodyContent content = own_arguments(block);
    const Attribute* attribute = content.find("iterator");
    const std::string name = attribute ? as_keyword(*attribute->expression) : std::string();
    return name.empty() ? block.labels[0].text : name;
}

}  // namespace
}  // namespace kiln::hcl
