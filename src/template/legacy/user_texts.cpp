#include "template/legacy/user_texts.h"

#include <fmt/format.h>

#include "base/suggest.h"
#include "template/interpolate/parser.h"

namespace kiln::legacy {
namespace {

namespace text = interpolation;

/// Among more names no likely one is looked for.
constexpr std::size_t kMostSuggested = 1000;
constexpr std::size_t kLongestText = std::size_t{4} << 20;

/// The name when the pipeline is one call of `user` with a constant.
std::optional<std::string> plain_user(const text::Pipeline& pipeline);
std::vector<std::string> users_of(const std::string& written);
/// Names of all calls of `user` with a constant.
void collect_users(const text::Pipeline& pipeline, std::vector<std::string>& names);
void collect_users(const std::vector<text::Node>& nodes, std::vector<std::string>& names);

}  // namespace

std::string replace_users(const std::string& written, const LegacyFacts& facts) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t open = written.find("{{"); open != std::string::npos;
         open = written.find("{{", done)) {
        const std::size_t close = written.find("}}", open);
        if (close == std::string::npos) break;
        const std::string action = written.substr(open, close + 2 - open);
        out += written.substr(done, open - done);
        done = close + 2;
        std::optional<std::string> name;
        try {
            const auto nodes = text::parse(action);
            if (nodes.size() == 1 && nodes[0].kind == text::Node::Kind::Action) {
                name = plain_user(nodes[0].pipeline);
            }
        } catch (const Error&) {
            // Part of a longer action (`{{if}}`), or wrong: told where it is rendered.
        }
        // What gets too long is refused when it is rendered.
        const bool fits = out.size() < kLongestText;
        out += name && fits ? facts.user(*name).value_or("") : action;
    }
    return out + written.substr(done);
}

void warn_of_undefined_users(const json::Document& document, const json::Node& node,
                             const LegacyFacts& facts, const std::vector<std::string>& known,
                             Diagnostics& diagnostics) {
    const auto visit = [&](const json::Node& child) {
        warn_of_undefined_users(document, child, facts, known, diagnostics);
    };
    for (const json::Node& item : node.items) visit(item);
    for (const json::Property& property : node.properties) visit(property.value);
    if (!node.is(json::Kind::String) || node.text.find("{{") == std::string::npos) return;
    for (const std::string& name : users_of(node.text)) {
        if (facts.user(name)) continue;
        diagnostics.add(Diagnostic::warning(
            fmt::format("Undefined user variable {}", name),
            fmt::format("The template has no variable of this name, so the text is empty here.{}",
                        known.size() > kMostSuggested ? "" : did_you_mean(name, known)),
            document.range(node)));
    }
}

void collect_users(const json::Node& node, std::set<std::string>& names) {
    for (const json::Node& item : node.items) collect_users(item, names);
    for (const json::Property& property : node.properties) collect_users(property.value, names);
    if (!node.is(json::Kind::String) || node.text.find("{{") == std::string::npos) return;
    const auto used = users_of(node.text);
    names.insert(used.begin(), used.end());
}

namespace {

// What cannot be read is told where it is rendered.
std::vector<std::string> users_of(const std::string& written) {
    std::vector<std::string> names;
    try {
        collect_users(text::parse(written), names);
    } catch (const Error&) {
        names.clear();
    }
    return names;
}

std::optional<std::string> called_user(const text::Command& command) {
    const auto& operands = command.operands;
    if (operands.size() != 2 || operands[0].kind != text::Operand::Kind::Function ||
        operands[0].name != "user" || operands[1].kind != text::Operand::Kind::Constant) {
        return std::nullopt;
    }
    const std::string* name = operands[1].constant.as_string();
    return name != nullptr ? std::optional(*name) : std::nullopt;
}

std::optional<std::string> plain_user(const text::Pipeline& pipeline) {
    if (!pipeline.variables.empty() || pipeline.commands.size() != 1) return std::nullopt;
    return called_user(pipeline.commands.front());
}

void collect_users(const text::Pipeline& pipeline, std::vector<std::string>& names) {
    for (const text::Command& command : pipeline.commands) {
        if (auto name = called_user(command)) names.push_back(std::move(*name));
        for (const text::Operand& operand : command.operands) {
            if (operand.inner != nullptr) collect_users(*operand.inner, names);
        }
    }
}

void collect_users(const std::vector<text::Node>& nodes, std::vector<std::string>& names) {
    for (const text::Node& node : nodes) {
        collect_users(node.pipeline, names);
        collect_users(node.body, names);
        collect_users(node.otherwise, names);
    }
}

}  // namespace
}  // namespace kiln::legacy
