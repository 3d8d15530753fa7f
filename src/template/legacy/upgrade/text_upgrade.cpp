#include "template/legacy/upgrade/text_upgrade.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "base/error.h"
#include "hcl/syntax/parser.h"
#include "template/interpolate/parser.h"

namespace kiln::legacy {
namespace {

namespace text = interpolation;

/// `function "constant" ...` and nothing else.
struct PlainCall {
    std::string function;
    std::vector<std::string> arguments;
};

std::optional<PlainCall> plain_call(std::string_view action);
std::string_view next_action(std::string_view written, std::size_t open);
void collect_functions(const text::Pipeline& pipeline, std::set<std::string>& names);
void collect_functions(const std::vector<text::Node>& nodes, std::set<std::string>& names);
std::string literal_call(std::string_view function, const std::vector<std::string>& arguments);

}  // namespace

std::string TextUpgrade::quoted(std::string_view written, TextPlace place) {
    std::string out = "\"";
    std::size_t done = 0;
    for (std::size_t open = written.find("{{"); open != std::string_view::npos;
         open = written.find("{{", done)) {
        const std::string_view whole = next_action(written, open);
        if (whole.empty()) break;
        out += escape_template(written.substr(done, open - done)) + action(whole, place);
        done = open + whole.size();
    }
    return out + escape_template(written.substr(done)) + "\"";
}

std::optional<std::string> TextUpgrade::only_user(std::string_view written) {
    if (!written.starts_with("{{") || !written.ends_with("}}")) return std::nullopt;
    if (next_action(written, 0).size() != written.size()) return std::nullopt;
    const auto call = plain_call(written);
    if (!call || call->function != "user" || call->arguments.size() != 1) return std::nullopt;
    return call->arguments[0];
}

std::string TextUpgrade::reference(const std::string& user) {
    const auto found = references_.find(user);
    if (found != references_.end()) return found->second;
    undeclared_.insert(user);
    return "var." + to_identifier(user);
}

std::string TextUpgrade::action(std::string_view written, TextPlace place) {
    if (const auto found = expression(written, place)) return "${" + *found + "}";
    return with_values(written, place);
}

std::optional<std::string> TextUpgrade::expression(std::string_view written, TextPlace place) {
    const auto call = plain_call(written);
    if (!call) return std::nullopt;
    const auto& [function, arguments] = *call;
    const bool later = place == TextPlace::AfterSource;
    const bool in_body = later || place == TextPlace::Source;
    if (function == "env" && arguments.size() == 1) {
        if (place == TextPlace::VariableDefault) return literal_call("env", arguments);
        if (place == TextPlace::Local) return environment_reference(arguments[0]);
        return std::nullopt;
    }
    if (place == TextPlace::VariableDefault) return std::nullopt;
    if (function == "user" && arguments.size() == 1) return reference(arguments[0]);
    if (function == "timestamp") {
        uses_timestamp_ = true;
        return "local." + timestamp_name_;
    }
    if (function == "isotime") {
        return arguments.empty() ? "timestamp()" : literal_call("legacy_isotime", arguments);
    }
    if (function == "strftime") return literal_call("legacy_strftime", arguments);
    if (function == "template_dir") return "path.root";
    if (function == "pwd") return "path.cwd";
    if (function == "packer_version") return "packer.version";
    if (function == "uuid") return "uuidv4()";
    if (function == "build_name" && in_body) return "source.name";
    if (function == "build_type" && in_body) return "source.type";
    if (function == "build" && later && arguments.size() == 1 && hcl::is_identifier(arguments[0])) {
        return "build." + arguments[0];
    }
    const bool is_secret = function == "vault" || function.starts_with("aws_secretsmanager") ||
                           function == "consul_key";
    if (is_secret && place == TextPlace::Local) return literal_call(function, arguments);
    return std::nullopt;
}

// What is more than a plain call is rendered as before, with the values in it that HCL must give.
std::string TextUpgrade::with_values(std::string_view written, TextPlace place) {
    static const RE2 pattern("\\b(?:(user|env)\\s+(?:`([^`]*)`|\"([^\"]*)\")|(template_dir)\\b)");
    std::string out;
    re2::StringPiece all(written.data(), written.size());
    std::size_t done = 0;
    re2::StringPiece found[5];
    while (pattern.Match(all, done, all.size(), RE2::UNANCHORED, found, 5)) {
        const auto start = static_cast<std::size_t>(found[0].data() - all.data());
        const std::string name = std::string(found[2]) + std::string(found[3]);
        std::string value;
        if (!found[4].empty()) {
            value = "path.root";
        } else if (found[1] == "user" && place != TextPlace::VariableDefault) {
            value = reference(name);
        } else if (found[1] == "env" && place == TextPlace::Local) {
            value = environment_reference(name);
        }
        out += escape_template(written.substr(done, start - done));
        out += value.empty() ? escape_template(found[0]) : "`${" + value + "}`";
        done = start + found[0].size();
    }
    return out + escape_template(written.substr(done));
}

std::string TextUpgrade::environment_reference(const std::string& name) {
    const auto known = environment_.find(name);
    if (known != environment_.end()) return "var." + known->second;
    std::string variable = "env_" + to_identifier(name);
    environment_.emplace(name, variable);
    return "var." + variable;
}

std::string literal_string(std::string_view written) {
    return "\"" + escape_template(written) + "\"";
}

std::string escape_template(std::string_view written) {
    std::string out;
    for (std::size_t i = 0; i < written.size(); ++i) {
        const char c = written[i];
        const bool opens =
            (c == '$' || c == '%') && i + 1 < written.size() && written[i + 1] == '{';
        if (opens) {
            (out += c) += c;
        } else if (c == '"' || c == '\\') {
            (out += '\\') += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out;
}

std::string to_identifier(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                          static_cast<unsigned char>(c) >= 0x80;
        out += fits ? c : '_';
    }
    if (!hcl::is_identifier(out)) out.insert(0, "_");
    if (hcl::is_identifier(out)) return out;
    for (char& c : out) {
        if (static_cast<unsigned char>(c) >= 0x80) c = '_';
    }
    return out;
}

std::set<std::string> called_functions(const std::string& written) {
    std::set<std::string> names;
    try {
        collect_functions(text::parse(written), names);
    } catch (const Error&) {
        // Told where the text is rendered.
    }
    return names;
}

namespace {

std::optional<PlainCall> plain_call(std::string_view action) {
    if (action.starts_with("{{-") || action.ends_with("-}}")) return std::nullopt;
    std::vector<text::Node> nodes;
    try {
        nodes = text::parse(action);
    } catch (const Error&) {
        return std::nullopt;  // part of a longer action
    }
    if (nodes.size() != 1 || nodes[0].kind != text::Node::Kind::Action) return std::nullopt;
    const text::Pipeline& pipeline = nodes[0].pipeline;
    if (!pipeline.variables.empty() || pipeline.commands.size() != 1) return std::nullopt;
    const auto& operands = pipeline.commands[0].operands;
    if (operands.empty() || operands[0].kind != text::Operand::Kind::Function) return std::nullopt;
    PlainCall call{operands[0].name, {}};
    for (std::size_t i = 1; i < operands.size(); ++i) {
        const std::string* constant = operands[i].kind == text::Operand::Kind::Constant
                                          ? operands[i].constant.as_string()
                                          : nullptr;
        if (constant == nullptr) return std::nullopt;
        call.arguments.push_back(*constant);
    }
    return call;
}

// The action that opens there, or nothing. A `}}` inside of its strings does not end it.
std::string_view next_action(std::string_view written, std::size_t open) {
    char quote = 0;
    for (std::size_t at = open + 2; at < written.size(); ++at) {
        const char c = written[at];
        if (quote != 0) {
            if (c == '\\' && quote == '"') ++at;
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '`') {
            quote = c;
        } else if (c == '}' && written.substr(at, 2) == "}}") {
            return written.substr(open, at + 2 - open);
        }
    }
    return {};
}

void collect_functions(const text::Pipeline& pipeline, std::set<std::string>& names) {
    for (const text::Command& command : pipeline.commands) {
        for (const text::Operand& operand : command.operands) {
            if (operand.kind == text::Operand::Kind::Function) names.insert(operand.name);
            if (operand.inner != nullptr) collect_functions(*operand.inner, names);
        }
    }
}

void collect_functions(const std::vector<text::Node>& nodes, std::set<std::string>& names) {
    for (const text::Node& node : nodes) {
        collect_functions(node.pipeline, names);
        collect_functions(node.body, names);
        collect_functions(node.otherwise, names);
    }
}

std::string literal_call(std::string_view function, const std::vector<std::string>& arguments) {
    std::vector<std::string> quoted;
    for (const std::string& argument : arguments) quoted.push_back(literal_string(argument));
    return fmt::format("{}({})", function, fmt::join(quoted, ", "));
}

}  // namespace
}  // namespace kiln::legacy
