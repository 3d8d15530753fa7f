#include "template/legacy/user_variables.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/secret.h"
#include "base/uuid.h"
#include "template/config_files.h"

namespace kiln::legacy {
namespace {

/// How long a chain of variables that use each other may be.
constexpr std::size_t kDeepestVariable = 100;
/// Variables that use each other can grow with every step.
constexpr std::size_t kLongestValue = std::size_t{1} << 20;
constexpr std::size_t kLongestValues = std::size_t{32} << 20;

/// Renders each variable once, those it uses first.
class VariableRenderer {
  public:
    VariableRenderer(const RawTemplate& raw, const UserValues& given,
                     const TemplateOptions& options, Diagnostics& diagnostics);

    UserValues run();

  private:
    void check_required();
    /// The value for `{{user}}`. Throws Error after it has been told.
    std::string value_of(const std::string& name);
    void tell(const std::string& name, const Error& error);

    const RawTemplate& raw_;
    const UserValues& given_;
    Diagnostics& diagnostics_;
    UserValues texts_;
    UserValues values_;
    std::set<std::string> failed_;
    /// What failed last is told, so that those who use it need not be.
    bool told_ = false;
    std::size_t total_ = 0;  ///< length of all values
    std::vector<std::string> open_;
    InterpolateContext context_;
};

void read_file_of_values(const std::filesystem::path& path, const TemplateOptions& options,
                         SourceMap& sources, UserValues& values, Diagnostics& diagnostics);
std::string render_but_fields(const std::string& text, const InterpolateContext& context);
std::string with_fields(const std::string& rendered, const std::string& mark,
                        const std::vector<std::string>& fields);
std::string directory_of(const TemplateOptions& options);
std::string ask(const hcl::SecretSources& secrets, const std::string& function,
                const std::vector<std::string>& arguments);

}  // namespace

UserValues given_values(const TemplateOptions& options, SourceMap& sources,
                        Diagnostics& diagnostics) {
    UserValues values;
    for (const auto& file : options.variable_files) {
        read_file_of_values(file, options, sources, values, diagnostics);
    }
    for (const auto& [name, text] : options.variables) values[name] = text;
    return values;
}

UserValues render_variables(const RawTemplate& raw, const UserValues& given,
                            const TemplateOptions& options, Diagnostics& diagnostics) {
    return VariableRenderer(raw, given, options, diagnostics).run();
}

std::shared_ptr<const LegacyFacts> make_facts(const TemplateOptions& options,
                                              std::shared_ptr<const UserValues> values) {
    auto facts = std::make_shared<LegacyFacts>();
    facts->template_dir = directory_of(options);
    facts->user = [values = std::move(values)](const std::string& name) {
        const auto found = values->find(name);
        return found == values->end() ? std::nullopt : std::optional(found->second);
    };
    return facts;
}

namespace {

VariableRenderer::VariableRenderer(const RawTemplate& raw, const UserValues& given,
                                   const TemplateOptions& options, Diagnostics& diagnostics)
    : raw_(raw), given_(given), diagnostics_(diagnostics) {
    for (const RawVariable& variable : raw.variables) {
        if (variable.default_text) texts_[variable.name] = *variable.default_text;
    }
    for (const auto& [name, text] : given) texts_[name] = text;
    for (const std::string& name : raw.sensitive) {
        const auto text = given.find(name);
        if (text != given.end()) secrets().add(text->second);
    }
    context_.version = options.version;
    auto facts = std::make_shared<LegacyFacts>();
    facts->template_dir = directory_of(options);
    facts->in_variables = true;
    facts->user = [this](const std::string& name) { return std::optional(value_of(name)); };
    facts->secret = [secrets = options.secrets](const std::string& function,
                                                const std::vector<std::string>& arguments) {
        return ask(secrets, function, arguments);
    };
    context_.legacy = std::move(facts);
}

UserValues VariableRenderer::run() {
    check_required();
    for (const auto& [name, text] : texts_) {
        try {
            value_of(name);
        } catch (const Error&) {
        }
    }
    for (const std::string& name : raw_.sensitive) {
        const auto value = values_.find(name);
        if (value != values_.end()) secrets().add(value->second);
    }
    return std::move(values_);
}

void VariableRenderer::check_required() {
    for (const RawVariable& variable : raw_.variables) {
        if (texts_.contains(variable.name)) continue;
        failed_.insert(variable.name);
        diagnostics_.add(Diagnostic::error(
            fmt::format("required variable not set: {}", variable.name),
            fmt::format("Its default is null, so a value must be given: with -var '{}=...', or in "
                        "a JSON file named by -var-file.",
                        variable.name),
            variable.range));
    }
}

std::string VariableRenderer::value_of(const std::string& name) {
    if (const auto known = values_.find(name); known != values_.end()) return known->second;
    told_ = failed_.contains(name);
    if (told_) throw Error(fmt::format("variable {} could not be read", name));
    if (!texts_.contains(name)) throw Error(fmt::format("variable {} not set", name));
    if (std::find(open_.begin(), open_.end(), name) != open_.end()) {
        throw Error(fmt::format("these variables need each other in a circle: {} -> {}",
                                fmt::join(open_, " -> "), name));
    }
    if (open_.size() >= kDeepestVariable) throw Error("too many variables use each other");
    open_.push_back(name);
    try {
        std::string value = render_but_fields(texts_.at(name), context_);
        total_ += value.size();
        if (value.size() > kLongestValue || total_ > kLongestValues) {
            throw Error("its value gets too long");
        }
        open_.pop_back();
        return values_[name] = std::move(value);
    } catch (const Error& error) {
        open_.pop_back();
        failed_.insert(name);
        if (!told_) tell(name, error);
        throw;
    }
}

void VariableRenderer::tell(const std::string& name, const Error& error) {
    told_ = true;
    const RawVariable* declared = raw_.find_variable(name);
    diagnostics_.add(
        Diagnostic::error(fmt::format("Failed to interpolate variable {}", name), error.to_string(),
                          declared != nullptr ? std::optional(declared->range) : std::nullopt));
}

void read_file_of_values(const std::filesystem::path& path, const TemplateOptions& options,
                         SourceMap& sources, UserValues& values, Diagnostics& diagnostics) {
    std::string text;
    try {
        text = read_template_file(options, path);
    } catch (const Error& error) {
        diagnostics.add(Diagnostic::error("Failed to read variables file", error.to_string()));
        return;
    }
    const std::string name = path.string();
    sources.add_file(name, text);
    const json::DocumentPtr document = json::read_json(text, name, diagnostics);
    if (!document) return;
    const auto refuse = [&](const json::Node& node, const std::string& what) {
        diagnostics.add(Diagnostic::error(
            "Invalid variables file",
            fmt::format("{} The variables file of a JSON template is one object of strings.", what),
            document->range(node)));
    };
    if (!document->root.is(json::Kind::Object)) {
        return refuse(document->root,
                      fmt::format("This is {}.", kind_with_article(document->root.kind)));
    }
    for (const json::Property& property : document->root.properties) {
        const bool is_text =
            property.value.is(json::Kind::String) || property.value.is(json::Kind::Null);
        if (is_text) {
            values[property.name.text] = property.value.text;
            continue;
        }
        refuse(property.value, fmt::format("The value of \"{}\" is {}.", property.name.text,
                                           kind_with_article(property.value.kind)));
    }
}

// Parts like `{{ .HTTPIP }}` are taken out before the text is rendered, and put back in afterwards:
// until then a mark with their number stands for them.
std::string render_but_fields(const std::string& text, const InterpolateContext& context) {
    const std::string mark = random_uuid();
    std::vector<std::string> fields;
    std::string marked;
    std::size_t done = 0;
    for (std::size_t open = text.find("{{"); open != std::string::npos;
         open = text.find("{{", open + 2)) {
        std::size_t dot = open + 2;
        if (dot < text.size() && (text[dot] == ' ' || text[dot] == '\t')) ++dot;
        if (dot >= text.size() || text[dot] != '.') continue;
        const std::size_t close = text.find("}}", dot);
        if (close == std::string::npos) break;
        marked += text.substr(done, open - done) + fmt::format("{}{};", mark, fields.size());
        fields.push_back(text.substr(open, close + 2 - open));
        done = close + 2;
        open = close;
    }
    if (fields.empty()) return interpolate(text, context);
    marked += text.substr(done);
    return with_fields(interpolate(marked, context), mark, fields);
}

std::string with_fields(const std::string& rendered, const std::string& mark,
                        const std::vector<std::string>& fields) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = rendered.find(mark); at != std::string::npos;
         at = rendered.find(mark, done)) {
        out += rendered.substr(done, at - done);
        done = at + mark.size();
        std::size_t index = 0;
        const char* start = rendered.data() + done;
        const auto end = std::from_chars(start, rendered.data() + rendered.size(), index).ptr;
        if (index < fields.size()) out += fields[index];
        done += static_cast<std::size_t>(end - start);
        if (done < rendered.size() && rendered[done] == ';') ++done;
    }
    return out + rendered.substr(done);
}

// The functions of `{{ }}` have as many arguments as they need.
std::string ask(const hcl::SecretSources& secrets, const std::string& function,
                const std::vector<std::string>& arguments) {
    if (function == "vault" && secrets.vault) return secrets.vault(arguments[0], arguments[1]);
    if (function == "consul_key" && secrets.consul_key) return secrets.consul_key(arguments[0]);
    if (function == "aws_secretsmanager" && secrets.aws_secret) {
        return secrets.aws_secret(arguments[0], arguments.size() > 1 ? arguments[1] : "");
    }
    if (function == "aws_secretsmanager_raw" && secrets.aws_secret_raw) {
        return secrets.aws_secret_raw(arguments[0]);
    }
    throw Error("there is no secret store to ask here");
}

std::string directory_of(const TemplateOptions& options) {
    if (options.path.empty() || options.path == "-") return {};
    std::error_code ignored;
    const auto whole = std::filesystem::absolute(options.path, ignored).lexically_normal();
    return whole.parent_path().string();
}

}  // namespace
}  // namespace kiln::legacy
