#include "hcl/json/parser.h"

#include <fmt/format.h>

#include "hcl/json/body.h"

namespace kiln::hcl {
namespace {

/// Tells diagnostics the path of every object and array, the innermost first: `variable.v`,
/// `locals[0]`. Paths take no more room than the text, so that no file can make them explode.
class PathRegistrar {
  public:
    PathRegistrar(const json::Document& document, SourceMap& sources)
        : document_(document), sources_(sources), room_(document.text.size() + 4096) {}

    void visit(const json::Node& node);

  private:
    void enter(const json::Node& child, const std::string& step);

    const json::Document& document_;
    SourceMap& sources_;
    std::size_t room_;
    std::string path_;
};

}  // namespace

Body parse_json_file(std::string_view text, const std::string& filename, SourceMap* sources,
                     Diagnostics& diagnostics) {
    if (sources != nullptr) sources->add_file(filename, std::string(text));
    Body nothing;
    nothing.range = {filename, {}, {}};
    nothing.end_range = nothing.range;
    const json::DocumentPtr document = json::read_json(text, filename, diagnostics);
    if (!document) return nothing;
    if (sources != nullptr) PathRegistrar(*document, *sources).visit(document->root);
    const json::Node& root = document->root;
    if (!root.is(json::Kind::Object) && !root.is(json::Kind::Array)) {
        diagnostics.add(Diagnostic::error(
            "Root value must be object",
            fmt::format("A file of JSON syntax holds an object or an array of objects, not a value "
                        "of type {}.",
                        json::kind_name(root.kind)),
            document->range(root)));
        return nothing;
    }
    return json_body(document, root, nullptr, false, diagnostics);
}

namespace {

void PathRegistrar::visit(const json::Node& node) {
    for (const json::Property& property : node.properties) {
        enter(property.value, path_.empty() ? property.name.text : "." + property.name.text);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        enter(node.items[i], fmt::format("[{}]", i));
    }
}

void PathRegistrar::enter(const json::Node& child, const std::string& step) {
    if (!child.is(json::Kind::Object) && !child.is(json::Kind::Array)) return;
    const std::size_t before = path_.size();
    path_ += step;
    visit(child);
    if (path_.size() <= room_) {
        room_ -= path_.size();
        sources_.add_block(document_.filename, {document_.range(child), path_});
    }
    path_.resize(before);
}

}  // namespace
}  // namespace kiln::hcl
