#include "hcl/eval/body.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "hcl/json/body.h"
#include "hcl/value/print.h"

namespace kiln::hcl {
namespace {

const AttributeSchema* find_attribute(const BodySchema& schema, std::string_view name);
const BlockSchema* find_block(const BodySchema& schema, std::string_view type);
std::vector<std::string> attribute_names(const BodySchema& schema);
std::vector<std::string> block_types(const BodySchema& schema);
/// True when the block has the labels it should have.
bool check_labels(const Block& block, const BlockSchema& schema, Diagnostics& diagnostics);
/// Reports a wrong number of blocks of this type.
void check_count(const BlockSchema& schema, const BodyContent& content, bool may_come_later,
                 Diagnostics& diagnostics);
void report_unsupported(const Attribute& attribute, const BodySchema& schema,
                        Diagnostics& diagnostics);
void report_unsupported(const Block& block, const BodySchema& schema, Diagnostics& diagnostics);
void report_unsupported(const OpenProperty& property, const BodySchema& schema,
                        Diagnostics& diagnostics);
/// Makes the properties that the schema names attributes and blocks of `content`.
void read_properties(const std::vector<OpenProperty>& properties, const BodySchema& schema,
                     BodyContent& content, std::vector<OpenProperty>& rest,
                     Diagnostics& diagnostics);
void add_once(std::map<std::string, Attribute>& attributes, Attribute attribute,
              const char* summary, Diagnostics& diagnostics);
SourceRange missing_item_range(const Body& body);
std::string joined(const std::vector<std::string>& names);

}  // namespace

const Attribute* BodyContent::find(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? nullptr : &found->second;
}

std::vector<const Block*> BodyContent::blocks_of(std::string_view type) const {
    std::vector<const Block*> found;
    for (const Block& block : blocks) {
        if (block.type == type) found.push_back(&block);
    }
    return found;
}

BodyContent read_body(const Body& body, const BodySchema& schema, Diagnostics& diagnostics) {
    Body remainder;
    BodyContent content = read_body_partially(body, schema, remainder, diagnostics);
    for (const auto& [name, attribute] : remainder.attributes) {
        report_unsupported(attribute, schema, diagnostics);
    }
    for (const Block& block : remainder.blocks) report_unsupported(block, schema, diagnostics);
    for (const OpenProperty& property : remainder.properties) {
        report_unsupported(property, schema, diagnostics);
    }
    return content;
}

BodyContent read_body_partially(const Body& body, const BodySchema& schema, Body& remainder,
                                Diagnostics& diagnostics) {
    BodyContent content;
    content.missing_item_range = missing_item_range(body);
    Body rest;
    rest.range = body.range;
    rest.end_range = body.end_range;
    rest.unknown = body.unknown;
    rest.source = body.source;
    for (const auto& [name, attribute] : body.attributes) {
        auto& place = find_attribute(schema, name) ? content.attributes : rest.attributes;
        place.emplace(name, attribute);
    }
    for (const Block& block : body.blocks) {
        const BlockSchema* wanted = find_block(schema, block.type);
        if (wanted == nullptr) {
            rest.blocks.push_back(block);
        } else if (check_labels(block, *wanted, diagnostics)) {
            content.blocks.push_back(block);
        }
    }
    read_properties(body.properties, schema, content, rest.properties, diagnostics);
    for (const AttributeSchema& wanted : schema.attributes) {
        if (!wanted.required || body.unknown || content.attributes.contains(wanted.name)) continue;
        diagnostics.add(
            Diagnostic::error("Missing required argument",
                              fmt::format("The argument {} must be set here.", quote(wanted.name)),
                              content.missing_item_range));
    }
    for (const BlockSchema& wanted : schema.blocks) {
        check_count(wanted, content, body.unknown, diagnostics);
    }
    remainder = std::move(rest);
    return content;
}

std::map<std::string, Attribute> read_attributes(const Body& body, Diagnostics& diagnostics) {
    if (body.source == Body::Source::JsonArray) {
        diagnostics.add(Diagnostic::error(
            "Incorrect JSON value type",
            "A JSON object is required here, with an argument for each property.", body.range));
        return {};
    }
    for (const Block& block : body.blocks) {
        diagnostics.add(Diagnostic::error(fmt::format("Unexpected {} block", quote(block.type)),
                                          "Blocks are not allowed here.", block.type_range,
                                          block.header_range()));
    }
    std::map<std::string, Attribute> attributes = body.attributes;
    for (const OpenProperty& property : body.properties) {
        add_once(attributes, json_attribute(property), "Duplicate attribute definition",
                 diagnostics);
    }
    return attributes;
}

Body merge_bodies(std::vector<Body> bodies, Diagnostics& diagnostics) {
    Body merged;
    if (!bodies.empty()) {
        merged.range = bodies.front().range;
        merged.end_range = bodies.front().end_range;
        merged.source = bodies.front().source;
    }
    for (Body& body : bodies) {
        merged.unknown |= body.unknown;
        for (auto& [name, attribute] : body.attributes) {
            add_once(merged.attributes, std::move(attribute), "Duplicate argument", diagnostics);
        }
        std::move(body.blocks.begin(), body.blocks.end(), std::back_inserter(merged.blocks));
        std::move(body.properties.begin(), body.properties.end(),
                  std::back_inserter(merged.properties));
    }
    return merged;
}

namespace {

const AttributeSchema* find_attribute(const BodySchema& schema, std::string_view name) {
    const auto found = std::find_if(schema.attributes.begin(), schema.attributes.end(),
                                    [&](const AttributeSchema& a) { return a.name == name; });
    return found == schema.attributes.end() ? nullptr : &*found;
}

const BlockSchema* find_block(const BodySchema& schema, std::string_view type) {
    const auto found = std::find_if(schema.blocks.begin(), schema.blocks.end(),
                                    [&](const BlockSchema& b) { return b.type == type; });
    return found == schema.blocks.end() ? nullptr : &*found;
}

std::vector<std::string> attribute_names(const BodySchema& schema) {
    std::vector<std::string> names;
    for (const AttributeSchema& attribute : schema.attributes) names.push_back(attribute.name);
    return names;
}

std::vector<std::string> block_types(const BodySchema& schema) {
    std::vector<std::string> types;
    for (const BlockSchema& block : schema.blocks) types.push_back(block.type);
    return types;
}

bool check_labels(const Block& block, const BlockSchema& schema, Diagnostics& diagnostics) {
    const std::size_t wanted = schema.label_names.size();
    const std::size_t given = block.labels.size();
    if (given > wanted) {
        diagnostics.add(Diagnostic::error(
            fmt::format("Extraneous label for {}", block.type),
            wanted == 0 ? fmt::format("Blocks of type {} have no labels.", block.type)
                        : fmt::format("There are just {} labels ({}) for blocks of type {}.",
                                      wanted, joined(schema.label_names), block.type),
            block.labels[wanted].range,
            SourceRange::between(block.type_range, block.open_brace_range)));
    } else if (given < wanted) {
        diagnostics.add(Diagnostic::error(
            fmt::format("Missing {} for {}", schema.label_names[given], block.type),
            fmt::format("Blocks of type {} have {} labels ({}).", block.type, wanted,
                        joined(schema.label_names)),
            block.open_brace_range,
            SourceRange::between(block.type_range, block.open_brace_range)));
    }
    return given == wanted;
}

void check_count(const BlockSchema& schema, const BodyContent& content, bool may_come_later,
                 Diagnostics& diagnostics) {
    if (schema.at_least == 0 && !schema.at_most) return;
    const std::vector<const Block*> found = content.blocks_of(schema.type);
    const auto report = [&](const std::string& summary, const std::string& detail,
                            const SourceRange& subject) {
        diagnostics.add(Diagnostic::error(summary, detail, subject));
    };
    if (found.size() < schema.at_least && !may_come_later) {
        report(fmt::format("Insufficient {} blocks", schema.type),
               fmt::format("At least {} {} block(s) are required, and there are {}.",
                           schema.at_least, quote(schema.type), found.size()),
               content.missing_item_range);
    } else if (schema.at_most == 1 && found.size() > 1) {
        report(fmt::format("Duplicate {} block", schema.type),
               fmt::format("Only one {} block is allowed. The first one is at {}.",
                           quote(schema.type), found[0]->header_range().to_string()),
               found[1]->header_range());
    } else if (schema.at_most && found.size() > *schema.at_most) {
        report(fmt::format("Too many {} blocks", schema.type),
               fmt::format("No more than {} {} blocks are allowed, and there are {}.",
                           *schema.at_most, quote(schema.type), found.size()),
               found[*schema.at_most]->header_range());
    }
}

void report_unsupported(const Attribute& attribute, const BodySchema& schema,
                        Diagnostics& diagnostics) {
    std::string hint = did_you_mean(attribute.name, attribute_names(schema));
    if (find_block(schema, attribute.name) != nullptr) {
        hint = fmt::format(" There is a block of type {}: write it with braces and without \"=\".",
                           quote(attribute.name));
    }
    diagnostics.add(Diagnostic::error(
        "Unsupported argument",
        fmt::format("An argument named {} is not expected here.{}", quote(attribute.name), hint),
        attribute.name_range));
}

void report_unsupported(const Block& block, const BodySchema& schema, Diagnostics& diagnostics) {
    std::string hint = did_you_mean(block.type, block_types(schema));
    if (find_attribute(schema, block.type) != nullptr) {
        hint = fmt::format(" There is an argument {}: write it with \"=\".", quote(block.type));
    }
    diagnostics.add(Diagnostic::error(
        "Unsupported block type",
        fmt::format("Blocks of type {} are not expected here.{}", quote(block.type), hint),
        block.type_range));
}

void report_unsupported(const OpenProperty& property, const BodySchema& schema,
                        Diagnostics& diagnostics) {
    std::vector<std::string> names = attribute_names(schema);
    const std::vector<std::string> types = block_types(schema);
    names.insert(names.end(), types.begin(), types.end());
    diagnostics.add(
        Diagnostic::error("Extraneous JSON object property",
                          fmt::format("No argument or block type is named {}.{}",
                                      quote(property.name()), did_you_mean(property.name(), names)),
                          property.document->range(property.property->name)));
}

void read_properties(const std::vector<OpenProperty>& properties, const BodySchema& schema,
                     BodyContent& content, std::vector<OpenProperty>& rest,
                     Diagnostics& diagnostics) {
    for (const OpenProperty& property : properties) {
        if (find_attribute(schema, property.name()) != nullptr) {
            add_once(content.attributes, json_attribute(property), "Duplicate argument",
                     diagnostics);
        } else if (const BlockSchema* wanted = find_block(schema, property.name())) {
            auto blocks = json_blocks(property, wanted->label_names, diagnostics);
            std::move(blocks.begin(), blocks.end(), std::back_inserter(content.blocks));
        } else {
            rest.push_back(property);
        }
    }
}

void add_once(std::map<std::string, Attribute>& attributes, Attribute attribute,
              const char* summary, Diagnostics& diagnostics) {
    const auto existing = attributes.find(attribute.name);
    if (existing == attributes.end()) {
        std::string name = attribute.name;
        attributes.emplace(std::move(name), std::move(attribute));
        return;
    }
    diagnostics.add(
        Diagnostic::error(summary,
                          fmt::format("Argument {} was already set at {}", quote(attribute.name),
                                      existing->second.name_range.to_string()),
                          attribute.name_range));
}

SourceRange missing_item_range(const Body& body) {
    if (body.source != Body::Source::JsonObject || body.range.empty()) {
        return {body.range.filename, body.range.start, body.range.start};
    }
    SourcePos close = body.range.end;
    --close.byte;
    --close.column;
    return {body.range.filename, close, body.range.end};
}

std::string joined(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace
}  // namespace kiln::hcl
