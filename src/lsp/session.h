#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/cancel.h"
#include "engine/registry.h"
#include "hcl/function/function.h"
#include "lsp/analysis.h"
#include "lsp/text_document.h"

namespace kiln::lsp {

/// One conversation with an editor: takes its messages one by one and answers through `send`. It
/// reads no stream and no clock, so that tests can hold any conversation; `server.h` connects it.
/// For one thread.
class Session {
  public:
    using Json = nlohmann::json;
    using Send = std::function<void(const Json& message)>;

    /// The registry must outlive the session. `version` is what templates see as packer.version.
    Session(const Registry& registry, std::string version, Send send, CancelToken cancel);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Takes one message. What is wrong with it is told to the client, never thrown.
    void handle(std::string_view content);

    /// Whether something has changed since its diagnostics were published.
    bool has_pending() const { return !pending_.empty(); }
    /// Looks at everything that has changed and publishes what is wrong with it.
    void publish_pending();

    /// The exit code, once the client has asked for the end: 0 when it announced it before.
    std::optional<int> exit_code() const { return exit_code_; }

  private:
    struct OpenFile {
        std::filesystem::path path;  ///< empty when the document is in no file
        int version = 0;
        TextDocument document;
    };
    using Request = Json (Session::*)(const Json& params);
    using Notification = void (Session::*)(const Json& params);
    static const std::map<std::string_view, Request>& requests();
    static const std::map<std::string_view, Notification>& notifications();

    void dispatch(const Json& message);
    Json answer(const std::string& method, const Json& params);
    void respond_error(const Json& id, int code, const std::string& message);

    Json initialize(const Json& params);
    Json shutdown(const Json& params);
    Json completion(const Json& params);
    Json hover(const Json& params);
    Json definition(const Json& params);
    Json formatting(const Json& params);

    void initialized(const Json& params);
    void exit(const Json& params);
    void did_open(const Json& params);
    void did_change(const Json& params);
    void did_save(const Json& params);
    void did_close(const Json& params);
    void did_change_files(const Json& params);

    OpenFile& open_file(const Json& params);
    std::optional<std::string> open_text(const std::filesystem::path& path) const;
    Declarations declarations_for(const OpenFile& file) const;
    /// Nothing for a text that is in no file yet, or in one that is no template's.
    static std::optional<Unit> unit_for(const OpenFile& file);
    void mark_changed(const OpenFile& file);
    bool has_open_files(const Unit& unit) const;

    void publish(const Unit& unit);
    void publish_alone(const std::string& uri, const OpenFile& file);
    void send_diagnostics(const std::string& uri, Json diagnostics);

    enum class Phase { New, Running, ShutDown };

    const Registry& registry_;
    std::string version_;
    Send send_;
    CancelToken cancel_;
    hcl::FunctionTable functions_;
    Phase phase_ = Phase::New;
    std::optional<int> exit_code_;
    bool snippets_ = false;
    bool markdown_ = false;
    std::map<std::string, OpenFile> files_;  ///< by URI
    std::set<Unit> pending_;
    /// Of each unit, the URIs that have diagnostics in the editor.
    std::map<Unit, std::set<std::string>> published_;
};

}  // namespace kiln::lsp
