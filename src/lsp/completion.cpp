#include "lsp/completion.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "lsp/cursor.h"
#include "lsp/signature.h"

namespace kiln::lsp {
namespace {

/// Collects the proposals for one place.
class Completer {
  public:
    Completer(const Cursor& cursor, const Knowledge& knowledge, bool snippets)
        : cursor_(cursor), knowledge_(knowledge), snippets_(snippets) {}

    std::vector<Completion> run();
    std::vector<Completion> variables_to_set();

  private:
    void items();
    void labels();
    void values();
    void references();
    void roots();
    void string_values();
    void choices(bool quoted);
    void source_references(std::string_view start);
    void component_types(std::string_view kind, bool quoted);

    void add_member(const Member& member);
    void add(Completion::Kind kind, std::string label, std::string detail = {},
             std::string doc = {});
    void add(Completion completion);
    void add_quoted(Completion::Kind kind, const std::string& label, std::string detail);
    void add_declared(Declaration::Kind kind);

    bool is_inside(std::string_view type) const;
    bool has_build_values() const;
    const Member* attribute() const { return shape_ ? shape_->find(cursor_.attribute) : nullptr; }

    const Cursor& cursor_;
    const Knowledge& knowledge_;
    bool snippets_;
    std::optional<Shape> shape_ = shape_of(cursor_.blocks, knowledge_.registry);
    std::vector<Completion> found_;
};

constexpr const char* build_names[] = {"ID",
                                       "Host",
                                       "Port",
                                       "User",
                                       "Password",
                                       "ConnType",
                                       "PackerRunUUID",
                                       "PackerHTTPIP",
                                       "PackerHTTPPort",
                                       "PackerHTTPAddr",
                                       "SSHPublicKey",
                                       "SSHPrivateKey",
                                       "WinRMPassword",
                                       "name"};

std::string label_snippet(const Member& member);
std::string short_text(std::string text);

}  // namespace

std::vector<Completion> complete(std::string_view text, std::size_t at, const Knowledge& knowledge,
                                 bool snippets) {
    const Cursor cursor = find_cursor(text, at);
    return Completer(cursor, knowledge, snippets).run();
}

std::vector<Completion> complete_variable_file(std::string_view text, std::size_t at,
                                               const Knowledge& knowledge) {
    const Cursor cursor = find_cursor(text, at);
    return Completer(cursor, knowledge, false).variables_to_set();
}

namespace {

std::vector<Completion> Completer::run() {
    switch (cursor_.place) {
        case Cursor::Place::Nowhere:
            break;
        case Cursor::Place::Item:
            items();
            break;
        case Cursor::Place::Label:
            labels();
            break;
        case Cursor::Place::Value:
            values();
            break;
    }
    return std::move(found_);
}

std::vector<Completion> Completer::variables_to_set() {
    if (cursor_.place != Cursor::Place::Item || !cursor_.blocks.empty()) return {};
    for (const Declaration& item : knowledge_.declarations.all()) {
        if (item.kind != Declaration::Kind::Variable) continue;
        add({.label = item.name,
             .kind = Completion::Kind::Attribute,
             .detail = item.constraint,
             .doc = item.doc,
             .text = cursor_.before_assign ? item.name : item.name + " = "});
    }
    return std::move(found_);
}

void Completer::items() {
    if (!shape_ || !cursor_.path.empty()) return;
    for (const Member& member : shape_->members) {
        if (!member.hidden) add_member(member);
    }
}

void Completer::add_member(const Member& member) {
    Completion completion;
    completion.label = member.name;
    completion.kind = member.is_block ? Completion::Kind::Block : Completion::Kind::Attribute;
    completion.detail = member_summary(member);
    completion.doc = member_doc(member);
    completion.deprecated = !member.deprecated.empty();
    if (!member.is_block) {
        completion.text = cursor_.before_assign ? member.name : member.name + " = ";
    } else if (snippets_) {
        completion.text = label_snippet(member);
        completion.snippet = true;
    } else {
        completion.text = member.name;
    }
    add(std::move(completion));
}

/// The type of a component or the name of a block, as the label of a block.
void Completer::labels() {
    const OpenBlock& header = cursor_.header;
    const bool quoted = !cursor_.in_string;
    if (!header.labels.empty()) return;
    if (header.type == "source" && is_inside("build")) {
        for (const Declaration& item : knowledge_.declarations.all()) {
            if (item.kind != Declaration::Kind::Source) continue;
            if (quoted) {
                add_quoted(Completion::Kind::Name, item.reference(), "source");
            } else {
                add(Completion::Kind::Name, item.reference(), "source");
            }
        }
    } else if (header.type == "dynamic" && shape_) {
        for (const Member& member : shape_->members) {
            if (!member.is_block || member.hidden || member.name == "dynamic") continue;
            if (quoted) {
                add_quoted(Completion::Kind::Block, member.name, "block");
            } else {
                add(Completion::Kind::Block, member.name, "block", member.doc);
            }
        }
    } else if (!component_kind(header.type).empty()) {
        component_types(component_kind(header.type), quoted);
    }
}

void Completer::component_types(std::string_view kind, bool quoted) {
    for (const std::string& type : knowledge_.registry.types(kind)) {
        const auto schema = knowledge_.registry.schema(kind, type);
        add({.label = type,
             .kind = Completion::Kind::Component,
             .detail = std::string(kind),
             .doc = schema == nullptr ? std::string() : schema->doc(),
             .text = quoted ? fmt::format("\"{}\"", type) : type});
    }
}

void Completer::values() {
    if (cursor_.in_string) return string_values();
    if (!cursor_.path.empty()) return references();
    choices(true);
    roots();
}

void Completer::string_values() {
    choices(false);
    if (cursor_.attribute == "sources") source_references("source.");
    if (cursor_.attribute == "only" || cursor_.attribute == "except") source_references("");
}

void Completer::source_references(std::string_view start) {
    for (const Declaration& item : knowledge_.declarations.all()) {
        if (item.kind != Declaration::Kind::Source) continue;
        add(Completion::Kind::Name, fmt::format("{}{}.{}", start, item.type, item.name), "source");
    }
}

void Completer::choices(bool quoted) {
    const Member* member = attribute();
    if (member == nullptr) return;
    for (const std::string& choice : member->choices) {
        if (quoted) {
            add_quoted(Completion::Kind::Value, choice, member->name);
        } else {
            add(Completion::Kind::Value, choice, member->name);
        }
    }
    if (quoted && member->type == "bool") {
        add(Completion::Kind::Value, "true");
        add(Completion::Kind::Value, "false");
    }
    if (quoted && member->type == "type") {
        for (const char* type :
             {"string", "number", "bool", "any", "list", "set", "map", "object", "tuple"}) {
            add(Completion::Kind::Value, type, "type");
        }
    }
}

/// What an expression can begin with.
void Completer::roots() {
    const Member* member = attribute();
    if (member != nullptr && member->type == "type") return;
    const bool in_default = is_inside("variable") && cursor_.attribute == "default";
    if (!in_default) {
        for (const auto& [name, detail] :
             {std::pair("var", "input variables"), std::pair("local", "local values"),
              std::pair("data", "data sources"), std::pair("path", "directories"),
              std::pair("packer", "the tool")}) {
            add(Completion::Kind::Name, name, detail);
        }
    }
    if (is_inside("source") || is_inside("build")) {
        add(Completion::Kind::Name, "source", "the source that is built");
    }
    if (has_build_values()) add(Completion::Kind::Name, "build", "values of the running build");
    if (cursor_.attribute == "sources") source_references("source.");
    for (const std::string& name : knowledge_.functions.names()) {
        if ((name == "env") != in_default) continue;
        add({.label = name,
             .kind = Completion::Kind::Function,
             .detail = signature(name, *knowledge_.functions.find(name)),
             .doc = {},
             .text = snippets_ ? name + "($0)" : name + "(",
             .snippet = snippets_});
    }
}

/// What can follow the names before the cursor.
void Completer::references() {
    const std::vector<std::string>& path = cursor_.path;
    const std::string& root = path[0];
    if (root == "var" && path.size() == 1) return add_declared(Declaration::Kind::Variable);
    if (root == "local" && path.size() == 1) return add_declared(Declaration::Kind::Local);
    if (root == "path" && path.size() == 1) {
        add(Completion::Kind::Name, "cwd", "string", "The directory that kiln was started in.");
        add(Completion::Kind::Name, "root", "string", "The directory of the template.");
    } else if (root == "packer" && path.size() == 1) {
        add(Completion::Kind::Name, "version", "string");
    } else if (root == "build" && path.size() == 1) {
        for (const char* name : build_names) add(Completion::Kind::Name, name, "string");
    } else if (root == "data" && path.size() <= 2) {
        add_declared(Declaration::Kind::Data);
    } else if (root == "data" && path.size() == 3) {
        const auto schema = knowledge_.registry.schema("data", path[1]);
        if (schema == nullptr) return;
        for (const OutputInfo& output : schema->outputs()) {
            add(Completion::Kind::Name, output.name, std::string(option_type_name(output.type)),
                output.doc);
        }
    } else if (root == "source" && cursor_.attribute == "sources" && path.size() <= 2) {
        add_declared(Declaration::Kind::Source);
    } else if (root == "source" && path.size() == 1) {
        add(Completion::Kind::Name, "type", "string", "The type of the builder.");
        add(Completion::Kind::Name, "name", "string", "The name of the source in this build.");
    }
}

/// The next name of each declaration that the path leads to.
void Completer::add_declared(Declaration::Kind kind) {
    const bool typed = kind == Declaration::Kind::Data || kind == Declaration::Kind::Source;
    for (const Declaration& item : knowledge_.declarations.all()) {
        if (item.kind != kind) continue;
        if (typed && cursor_.path.size() == 1) {
            add(Completion::Kind::Component, item.type);
        } else if (!typed || item.type == cursor_.path[1]) {
            const std::string detail =
                item.constraint.empty() ? short_text(item.value) : item.constraint;
            add(Completion::Kind::Name, item.name, detail, item.doc);
        }
    }
}

void Completer::add(Completion::Kind kind, std::string label, std::string detail, std::string doc) {
    std::string text = label;
    add({.label = std::move(label),
         .kind = kind,
         .detail = std::move(detail),
         .doc = std::move(doc),
         .text = std::move(text)});
}

void Completer::add_quoted(Completion::Kind kind, const std::string& label, std::string detail) {
    add({.label = label,
         .kind = kind,
         .detail = std::move(detail),
         .doc = {},
         .text = fmt::format("\"{}\"", label)});
}

void Completer::add(Completion completion) {
    if (!completion.label.starts_with(cursor_.prefix)) return;
    const bool known = std::any_of(found_.begin(), found_.end(), [&](const Completion& other) {
        return other.label == completion.label && other.kind == completion.kind;
    });
    if (known) return;
    completion.start = cursor_.word_start;
    completion.end = cursor_.word_end;
    found_.push_back(std::move(completion));
}

bool Completer::is_inside(std::string_view type) const {
    return !cursor_.blocks.empty() && cursor_.blocks.front().type == type;
}

bool Completer::has_build_values() const {
    return is_inside("build") && cursor_.blocks.size() > 1 && cursor_.blocks[1].type != "source";
}

std::string label_snippet(const Member& member) {
    std::string text = member.name;
    int stop = 1;
    for (const std::string& label : member.labels) {
        text += fmt::format(" \"${{{}:{}}}\"", stop++, label);
    }
    return text + " {\n  $0\n}";
}

/// One line, not too long.
std::string short_text(std::string text) {
    constexpr std::size_t longest = 60;
    if (text.size() > longest || text.find('\n') != std::string::npos) return "...";
    return text;
}

}  // namespace
}  // namespace kiln::lsp
