#include "hcl/json/body.h"

#include <fmt/format.h>

#include "hcl/json/expression.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

constexpr const char* kWrongType = "Incorrect JSON value type";

/// Takes the labels off, level by level.
class BlockReader {
  public:
    BlockReader(const OpenProperty& property, const std::vector<std::string>& label_names,
                Diagnostics& diagnostics)
        : property_(property), label_names_(label_names), diagnostics_(diagnostics) {}

    std::vector<Block> read();

  private:
    void read_level(const json::Node& node);
    void read_bodies(const json::Node& node);
    void add(const json::Node& body);

    const OpenProperty& property_;
    const std::vector<std::string>& label_names_;
    Diagnostics& diagnostics_;
    std::vector<Label> labels_;
    std::vector<Block> blocks_;
};

/// The properties of an object or of an array of objects; `purpose` says what they are for.
std::vector<const json::Property*> deep_properties(const json::Document& document,
                                                   const json::Node& node,
                                                   const std::string& purpose,
                                                   Diagnostics& diagnostics);

}  // namespace

Attribute json_attribute(const OpenProperty& open) {
    const json::Document& document = *open.document;
    const json::Property& property = *open.property;
    Attribute attribute;
    attribute.name = property.name.text;
    attribute.range = document.range(property);
    attribute.name_range = document.range(property.name);
    attribute.equals_range = {document.filename, property.name.end, property.name.end};
    ExpressionPtr expression;
    if (open.unknown) {
        expression = std::make_shared<const Expression>(
            Expression{Literal{Value::dynamic_unknown()}, document.range(property.value), 1});
    } else {
        expression = json_expression(open.document, property.value);
    }
    if (open.bindings) {
        expression = std::make_shared<const Expression>(Expression{
            Scoped{expression, open.bindings}, expression->range, expression->depth + 1});
    }
    attribute.expression = std::move(expression);
    return attribute;
}

std::vector<Block> json_blocks(const OpenProperty& property,
                               const std::vector<std::string>& label_names,
                               Diagnostics& diagnostics) {
    return BlockReader(property, label_names, diagnostics).read();
}

Body json_body(const json::DocumentPtr& document, const json::Node& node,
               const BindingsPtr& bindings, bool unknown, Diagnostics& diagnostics) {
    Body body;
    body.range = document->range(node);
    body.end_range = {document->filename, node.end, node.end};
    body.unknown = unknown;
    body.source = node.is(json::Kind::Array) ? Body::Source::JsonArray : Body::Source::JsonObject;
    for (const json::Property* property :
         deep_properties(*document, node, "with arguments and blocks", diagnostics)) {
        if (property->name.text == "//") continue;
        // A dynamic block is unknown in its own way: its collection is evaluated first.
        const bool dynamic = property->name.text == "dynamic";
        body.properties.push_back({document, property, bindings, unknown && !dynamic});
    }
    return body;
}

namespace {

std::vector<Block> BlockReader::read() {
    read_level(property_.property->value);
    return std::move(blocks_);
}

void BlockReader::read_level(const json::Node& node) {
    if (node.is(json::Kind::Null)) return;
    if (labels_.size() == label_names_.size()) return read_bodies(node);
    const json::Document& document = *property_.document;
    const std::string& label = label_names_[labels_.size()];
    Diagnostics errors;
    const auto properties = deep_properties(
        document, node, fmt::format("whose property names are the {} of the block", label), errors);
    if (properties.empty() && !errors.has_errors()) {
        errors.add(Diagnostic::error(
            "Missing block label",
            fmt::format("At least one property is needed here: its name is the {1} of the {0} "
                        "block.",
                        property_.name(), label),
            document.open_range(node), document.range(node)));
    }
    diagnostics_.append(std::move(errors));
    for (const json::Property* property : properties) {
        labels_.push_back({property->name.text, document.range(property->name)});
        read_level(property->value);
        labels_.pop_back();
    }
}

void BlockReader::read_bodies(const json::Node& node) {
    if (node.is(json::Kind::Object)) return add(node);
    if (node.is(json::Kind::Array)) {
        for (const json::Node& item : node.items) {
            if (!item.is(json::Kind::Null)) add(item);
        }
        return;
    }
    diagnostics_.add(Diagnostic::error(
        kWrongType,
        fmt::format("The content of {0} blocks is an object, or an array of objects for several "
                    "blocks. This is a {1}.",
                    quote(property_.name()), json::kind_name(node.kind)),
        property_.document->range(node)));
}

void BlockReader::add(const json::Node& body) {
    const json::Document& document = *property_.document;
    Block block;
    block.type = property_.name();
    block.labels = labels_;
    block.body =
        json_body(property_.document, body, property_.bindings, property_.unknown, diagnostics_);
    block.type_range = document.range(property_.property->name);
    block.open_brace_range = document.open_range(body);
    block.close_brace_range = document.close_range(body);
    blocks_.push_back(std::move(block));
}

std::vector<const json::Property*> deep_properties(const json::Document& document,
                                                   const json::Node& node,
                                                   const std::string& purpose,
                                                   Diagnostics& diagnostics) {
    std::vector<const json::Property*> found;
    const auto take = [&](const json::Node& object) {
        for (const json::Property& property : object.properties) found.push_back(&property);
    };
    const auto refuse = [&](const json::Node& wrong, const char* wanted) {
        diagnostics.add(
            Diagnostic::error(kWrongType,
                              fmt::format("{} is required here, {}. This is a value of type {}.",
                                          wanted, purpose, json::kind_name(wrong.kind)),
                              document.range(wrong)));
    };
    if (node.is(json::Kind::Object)) {
        take(node);
    } else if (node.is(json::Kind::Array)) {
        for (const json::Node& item : node.items) {
            if (item.is(json::Kind::Object)) {
                take(item);
            } else if (!item.is(json::Kind::Null)) {
                refuse(item, "A JSON object");
            }
        }
    } else if (!node.is(json::Kind::Null)) {
        refuse(node, "A JSON object or an array of objects");
    }
    return found;
}

}  // namespace
}  // namespace kiln::hcl
