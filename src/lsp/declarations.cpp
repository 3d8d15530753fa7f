#include "lsp/declarations.h"

#include <algorithm>

#include <fmt/format.h>

#include "hcl/eval/body.h"

namespace kiln::lsp {
namespace {

const hcl::BodySchema& declaring_blocks();
/// The source text of an expression, when it is not too long to show.
std::string written(const hcl::Attribute& attribute, const SourceMap& sources);
std::string literal_text(const hcl::Attribute& attribute);

}  // namespace

std::string Declaration::reference() const {
    switch (kind) {
        case Kind::Variable:
            return "var." + name;
        case Kind::Local:
            return "local." + name;
        case Kind::Data:
            return fmt::format("data.{}.{}", type, name);
        case Kind::Source:
            break;
    }
    return fmt::format("source.{}.{}", type, name);
}

Declarations::Declarations(const std::vector<ConfigFile>& files, const SourceMap& sources) {
    for (const ConfigFile& file : files) {
        Diagnostics told_elsewhere;
        hcl::Body rest;
        const auto content =
            hcl::read_body_partially(file.body, declaring_blocks(), rest, told_elsewhere);
        for (const hcl::Block& block : content.blocks) add_block(block, sources);
    }
}

const Declaration* Declarations::find(Declaration::Kind kind, const std::string& type,
                                      const std::string& name) const {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Declaration& item) {
        return item.kind == kind && item.type == type && item.name == name;
    });
    return found == all_.end() ? nullptr : &*found;
}

const Declaration* Declarations::find(const std::vector<std::string>& reference) const {
    using Kind = Declaration::Kind;
    const std::size_t size = reference.size();
    if (size >= 2 && reference[0] == "var") return find(Kind::Variable, "", reference[1]);
    if (size >= 2 && reference[0] == "local") return find(Kind::Local, "", reference[1]);
    if (size >= 3 && reference[0] == "data") return find(Kind::Data, reference[1], reference[2]);
    if (size >= 3 && reference[0] == "source") {
        return find(Kind::Source, reference[1], reference[2]);
    }
    return size == 2 ? find(Kind::Source, reference[0], reference[1]) : nullptr;
}

void Declarations::add_block(const hcl::Block& block, const SourceMap& sources) {
    using Kind = Declaration::Kind;
    if (block.type == "variables") return add_attributes(block, Kind::Variable, sources);
    if (block.type == "locals") return add_attributes(block, Kind::Local, sources);
    Declaration& item = all_.emplace_back();
    item.name = block.labels.back().text;
    item.name_range = block.labels.back().range;
    if (block.labels.size() > 1) item.type = block.labels.front().text;
    item.kind = block.type == "variable" ? Kind::Variable
                : block.type == "local"  ? Kind::Local
                : block.type == "data"   ? Kind::Data
                                         : Kind::Source;
    if (item.kind != Kind::Variable && item.kind != Kind::Local) return;

    Diagnostics told_elsewhere;
    hcl::Body rest;
    const hcl::BodySchema members{{{"description", false},
                                   {"default", false},
                                   {"type", false},
                                   {"expression", false},
                                   {"sensitive", false}},
                                  {}};
    const auto content = hcl::read_body_partially(block.body, members, rest, told_elsewhere);
    if (const auto* found = content.find("description")) item.doc = literal_text(*found);
    if (const auto* found = content.find("type")) item.constraint = written(*found, sources);
    // The values of secrets are not shown, also not where they are written.
    if (content.find("sensitive") != nullptr) return;
    const char* value = item.kind == Kind::Variable ? "default" : "expression";
    if (const auto* found = content.find(value)) item.value = written(*found, sources);
}

void Declarations::add_attributes(const hcl::Block& block, Declaration::Kind kind,
                                  const SourceMap& sources) {
    Diagnostics told_elsewhere;
    for (const auto& [name, attribute] : hcl::read_attributes(block.body, told_elsewhere)) {
        Declaration& item = all_.emplace_back();
        item.kind = kind;
        item.name = name;
        item.name_range = attribute.name_range;
        item.value = written(attribute, sources);
    }
}

namespace {

const hcl::BodySchema& declaring_blocks() {
    static const hcl::BodySchema schema{{},
                                        {{"variable", {"name"}},
                                         {"variables", {}},
                                         {"local", {"name"}},
                                         {"locals", {}},
                                         {"data", {"type", "name"}},
                                         {"source", {"type", "name"}}}};
    return schema;
}

std::string written(const hcl::Attribute& attribute, const SourceMap& sources) {
    constexpr std::size_t longest = 400;
    const SourceRange& range = attribute.expression->range;
    const std::string* text = sources.text(range.filename);
    if (text == nullptr || range.end.byte > text->size() || range.start.byte > range.end.byte) {
        return {};
    }
    std::size_t start = range.start.byte;
    std::size_t end = range.end.byte;
    // The range of a plain string is that of its text.
    const bool quoted =
        start > 0 && (*text)[start - 1] == '"' && end < text->size() && (*text)[end] == '"';
    if (quoted) --start, ++end;
    return end - start > longest ? std::string("...") : text->substr(start, end - start);
}

/// Of a plain string; nothing is evaluated, since the text around it need not parse.
std::string literal_text(const hcl::Attribute& attribute) {
    const hcl::Expression* expression = attribute.expression.get();
    if (const auto* json = expression->as<hcl::JsonString>()) expression = json->parsed.get();
    const auto* literal = expression == nullptr ? nullptr : expression->as<hcl::Literal>();
    const bool is_text = literal != nullptr && literal->value.is_known() &&
                         !literal->value.is_null() &&
                         literal->value.type().is(hcl::TypeKind::String);
    return is_text ? literal->value.as_string() : std::string();
}

}  // namespace
}  // namespace kiln::lsp
