#include "lsp/session.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "hcl/format/format.h"
#include "hcl/function/standard.h"
#include "hcl/syntax/parser.h"
#include "lsp/completion.h"
#include "lsp/hover.h"
#include "lsp/name_check.h"
#include "lsp/protocol.h"
#include "lsp/uri.h"

namespace kiln::lsp {
namespace {

using Json = nlohmann::json;

hcl::FunctionTable all_functions();
bool is_variable_file(const std::filesystem::path& path);
bool is_json(const std::filesystem::path& path);

}  // namespace

Session::Session(const Registry& registry, std::string version, Send send, CancelToken cancel)
    : registry_(registry),
      version_(std::move(version)),
      send_(std::move(send)),
      cancel_(std::move(cancel)),
      functions_(all_functions()) {}

Session::~Session() = default;

const std::map<std::string_view, Session::Request>& Session::requests() {
    static const std::map<std::string_view, Request> table = {
        {"initialize", &Session::initialize},
        {"shutdown", &Session::shutdown},
        {"textDocument/completion", &Session::completion},
        {"textDocument/hover", &Session::hover},
        {"textDocument/definition", &Session::definition},
        {"textDocument/formatting", &Session::formatting},
    };
    return table;
}

const std::map<std::string_view, Session::Notification>& Session::notifications() {
    static const std::map<std::string_view, Notification> table = {
        {"initialized", &Session::initialized},
        {"exit", &Session::exit},
        {"textDocument/didOpen", &Session::did_open},
        {"textDocument/didChange", &Session::did_change},
        {"textDocument/didSave", &Session::did_save},
        {"textDocument/didClose", &Session::did_close},
        {"workspace/didChangeWatchedFiles", &Session::did_change_files},
    };
    return table;
}

void Session::handle(std::string_view content) {
    const Json message = Json::parse(content, nullptr, false);
    if (message.is_discarded()) {
        return respond_error(nullptr, error_code::parse_error, "This is not JSON.");
    }
    dispatch(message);
}

void Session::dispatch(const Json& message) {
    const auto id_found = message.is_object() ? message.find("id") : message.end();
    const bool has_id = id_found != message.end();
    const Json id = has_id ? *id_found : Json();
    if (has_id && !id.is_number_integer() && !id.is_string() && !id.is_null()) {
        return respond_error(nullptr, error_code::invalid_request, "The id is no number or text.");
    }
    const auto method = message.is_object() ? message.find("method") : message.end();
    if (method == message.end() || !method->is_string()) {
        // The answer to a request of ours; we make none that needs one.
        if (has_id && (message.contains("result") || message.contains("error"))) return;
        return respond_error(id, error_code::invalid_request, "The message has no method.");
    }
    const auto params = message.value("params", Json::object());
    const std::string name = *method;
    try {
        if (has_id) {
            send_({{"jsonrpc", "2.0"}, {"id", id}, {"result", answer(name, params)}});
        } else if (const auto found = notifications().find(name); found != notifications().end()) {
            const bool allowed = phase_ == Phase::Running || name == "exit";
            if (allowed) (this->*found->second)(params);
        }
    } catch (const ResponseError& error) {
        if (has_id) respond_error(id, error.code(), error.what());
    } catch (const Json::exception&) {
        if (has_id) {
            respond_error(id, error_code::invalid_params,
                          "The parameters are not those of " + name);
        }
    } catch (const Cancelled&) {
        throw;
    } catch (const std::exception& error) {
        if (has_id) respond_error(id, error_code::internal_error, describe(error));
    }
}

Json Session::answer(const std::string& method, const Json& params) {
    const auto found = requests().find(method);
    if (phase_ == Phase::New && method != "initialize") {
        throw ResponseError(error_code::not_initialized, "The first request must be initialize.");
    }
    if (phase_ == Phase::ShutDown || (phase_ == Phase::Running && method == "initialize")) {
        throw ResponseError(error_code::invalid_request, "This is not the time for " + method);
    }
    if (found == requests().end()) {
        throw ResponseError(error_code::method_not_found, "There is no method " + method);
    }
    return (this->*found->second)(params);
}

void Session::respond_error(const Json& id, int code, const std::string& message) {
    send_({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}});
}

Json Session::initialize(const Json& params) {
    const auto knows = [&](const char* pointer) {
        const Json::json_pointer at(pointer);
        return params.contains(at) ? params.at(at) : Json();
    };
    snippets_ =
        knows("/capabilities/textDocument/completion/completionItem/snippetSupport") == true;
    for (const Json& format : knows("/capabilities/textDocument/hover/contentFormat")) {
        if (format == "markdown") markdown_ = true;
    }
    phase_ = Phase::Running;
    return {{"capabilities",
             {{"textDocumentSync", {{"openClose", true}, {"change", 2}, {"save", true}}},
              {"completionProvider", {{"triggerCharacters", {".", "\""}}}},
              {"hoverProvider", true},
              {"definitionProvider", true},
              {"documentFormattingProvider", true}}},
            {"serverInfo", {{"name", "kiln"}}}};
}

void Session::initialized(const Json&) {}

Json Session::shutdown(const Json&) {
    phase_ = Phase::ShutDown;
    pending_.clear();
    return nullptr;
}

void Session::exit(const Json&) {
    exit_code_ = phase_ == Phase::ShutDown ? 0 : 1;
}

void Session::did_open(const Json& params) {
    const Json& item = params.at("textDocument");
    const std::string uri = item.at("uri");
    OpenFile file{path_of_uri(uri).value_or(""), item.value("version", 0),
                  TextDocument(item.at("text").get<std::string>())};
    const auto [at, added] = files_.insert_or_assign(uri, std::move(file));
    mark_changed(at->second);
}

void Session::did_change(const Json& params) {
    OpenFile& file = open_file(params);
    file.version = params.at("textDocument").value("version", file.version + 1);
    for (const Json& change : params.at("contentChanges")) {
        const std::string text = change.at("text");
        if (change.contains("range")) {
            file.document.replace(range_from_json(change.at("range")), text);
        } else {
            file.document = TextDocument(text);
        }
    }
    mark_changed(file);
}

void Session::did_save(const Json& params) {
    mark_changed(open_file(params));
}

void Session::did_close(const Json& params) {
    const std::string uri = params.at("textDocument").at("uri");
    const auto found = files_.find(uri);
    if (found == files_.end()) return;
    const auto unit = unit_for(found->second);
    files_.erase(found);
    if (unit && has_open_files(*unit)) {
        pending_.insert(*unit);
        return;
    }
    // Nobody looks at it any more.
    if (!unit) return send_diagnostics(uri, Json::array());
    pending_.erase(*unit);
    for (const std::string& old : published_[*unit]) send_diagnostics(old, Json::array());
    published_.erase(*unit);
}

void Session::did_change_files(const Json&) {
    for (const auto& [uri, file] : files_) mark_changed(file);
}

Json Session::completion(const Json& params) {
    const OpenFile& file = open_file(params);
    if (is_json(file.path)) return Json::array();
    const std::size_t at = file.document.offset(position_from_json(params.at("position")));
    const Declarations declarations = declarations_for(file);
    const Knowledge knowledge{registry_, functions_, declarations};
    const auto found = is_variable_file(file.path)
                           ? complete_variable_file(file.document.text(), at, knowledge)
                           : complete(file.document.text(), at, knowledge, snippets_);
    Json list = Json::array();
    for (const Completion& item : found) list.push_back(to_json(item, file.document));
    return list;
}

Json Session::hover(const Json& params) {
    const OpenFile& file = open_file(params);
    if (is_json(file.path) || is_variable_file(file.path)) return nullptr;
    const std::size_t at = file.document.offset(position_from_json(params.at("position")));
    const Declarations declarations = declarations_for(file);
    const auto found = lsp::hover(file.document.text(), at, {registry_, functions_, declarations});
    return found ? to_json(*found, file.document, markdown_) : Json(nullptr);
}

Json Session::definition(const Json& params) {
    const OpenFile& file = open_file(params);
    if (is_json(file.path)) return nullptr;
    const std::size_t at = file.document.offset(position_from_json(params.at("position")));
    const auto found = lsp::definition(file.document.text(), at, declarations_for(file));
    if (!found) return nullptr;
    const std::filesystem::path path = found->filename;
    const auto text = open_text(path);
    const TextDocument document(text ? *text : read_file(path));
    return {{"uri", uri_of_path(path)}, {"range", to_json(document.range(*found))}};
}

/// The whole text in its canonical form, as one edit; nothing when it does not parse.
Json Session::formatting(const Json& params) {
    const OpenFile& file = open_file(params);
    const std::string& text = file.document.text();
    Diagnostics problems;
    if (!is_json(file.path)) hcl::parse_file(text, "", nullptr, problems);
    if (is_json(file.path) || problems.has_errors()) return nullptr;
    const std::string formatted = hcl::format_source(text);
    if (formatted == text) return Json::array();
    return Json::array({{{"range", to_json(file.document.whole())}, {"newText", formatted}}});
}

void Session::publish_pending() {
    const std::set<Unit> units = std::exchange(pending_, {});
    for (const Unit& unit : units) {
        if (!unit.path.empty()) publish(unit);
    }
    for (const auto& [uri, file] : files_) {
        if (!unit_for(file) && units.contains(Unit{})) publish_alone(uri, file);
    }
}

void Session::publish(const Unit& unit) {
    const auto open = [this](const std::filesystem::path& path) { return open_text(path); };
    const Analysis analysis = analyse(unit, open, registry_, version_, cancel_);
    std::map<std::string, Json> by_uri;
    for (const auto& [uri, file] : files_) {
        if (unit_for(file) == unit) by_uri.emplace(uri, Json::array());
    }
    for (const std::string& old : published_[unit]) by_uri.emplace(old, Json::array());
    // What concerns no place is told at the start of the first open file.
    const std::string fallback = by_uri.empty() ? uri_of_path(unit.path) : by_uri.begin()->first;
    for (const Diagnostic& diagnostic : analysis.diagnostics) {
        const std::string* text =
            diagnostic.subject ? analysis.sources.text(diagnostic.subject->filename) : nullptr;
        const std::string uri =
            text == nullptr ? fallback : uri_of_path(diagnostic.subject->filename);
        const Range range =
            text == nullptr ? Range{} : TextDocument(*text).range(*diagnostic.subject);
        Json& list = by_uri.try_emplace(uri, Json::array()).first->second;
        list.push_back(to_json(diagnostic, range));
    }
    std::set<std::string>& published = published_[unit];
    published.clear();
    for (auto& [uri, list] : by_uri) {
        if (!list.empty()) published.insert(uri);
        send_diagnostics(uri, std::move(list));
    }
}

/// A text that is not in a file of a template is judged by its syntax and its names.
void Session::publish_alone(const std::string& uri, const OpenFile& file) {
    Diagnostics found;
    if (!is_json(file.path)) {
        const hcl::Body body = hcl::parse_file(file.document.text(), uri, nullptr, found);
        if (!is_variable_file(file.path)) check_names(body, registry_, found);
    }
    Json list = Json::array();
    for (const Diagnostic& diagnostic : found) {
        const Range range = diagnostic.subject ? file.document.range(*diagnostic.subject) : Range{};
        list.push_back(to_json(diagnostic, range));
    }
    send_diagnostics(uri, std::move(list));
}

void Session::send_diagnostics(const std::string& uri, Json diagnostics) {
    Json params = {{"uri", uri}, {"diagnostics", std::move(diagnostics)}};
    if (const auto found = files_.find(uri); found != files_.end()) {
        params["version"] = found->second.version;
    }
    send_({{"jsonrpc", "2.0"},
           {"method", "textDocument/publishDiagnostics"},
           {"params", std::move(params)}});
}

Session::OpenFile& Session::open_file(const Json& params) {
    const std::string uri = params.at("textDocument").at("uri");
    const auto found = files_.find(uri);
    if (found == files_.end()) {
        throw ResponseError(error_code::invalid_params, "The document is not open: " + uri);
    }
    return found->second;
}

std::optional<std::string> Session::open_text(const std::filesystem::path& path) const {
    const auto wanted = path.lexically_normal();
    for (const auto& [uri, file] : files_) {
        if (file.path == wanted) return file.document.text();
    }
    return std::nullopt;
}

/// Those of the directory, and those of the text itself when it is in no file yet.
Declarations Session::declarations_for(const OpenFile& file) const {
    const auto open = [this](const std::filesystem::path& path) { return open_text(path); };
    const auto directory = file.path.parent_path();
    if (unit_for(file)) return read_declarations(directory, open);
    return read_declarations(directory, open, ConfigText{file.path, file.document.text()});
}

std::optional<Unit> Session::unit_for(const OpenFile& file) {
    std::error_code failure;
    if (file.path.empty() || !std::filesystem::exists(file.path, failure)) return std::nullopt;
    return unit_of(file.path);
}

/// Documents in no file of a template share the empty unit.
void Session::mark_changed(const OpenFile& file) {
    pending_.insert(unit_for(file).value_or(Unit{}));
}

bool Session::has_open_files(const Unit& unit) const {
    for (const auto& [uri, file] : files_) {
        if (unit_for(file) == unit) return true;
    }
    return false;
}

namespace {

hcl::FunctionTable all_functions() {
    hcl::FunctionContext context;
    context.environment = [](const std::string&) { return std::string(); };
    return hcl::standard_functions(context);
}

bool is_variable_file(const std::filesystem::path& path) {
    return path.filename().string().ends_with(".pkrvars.hcl");
}

bool is_json(const std::filesystem::path& path) {
    return path.extension() == ".json";
}

}  // namespace
}  // namespace kiln::lsp
