#include "lsp/session.h"

#include <nlohmann/json.hpp>

#include "fixture.h"
#include "lsp/uri.h"

namespace kiln::lsp {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Talks to a session as an editor does, and keeps what it says.
class Conversation : public ::testing::Test {
  protected:
    Json request(const std::string& method, Json params) {
        session_.handle(
            Json({{"jsonrpc", "2.0"}, {"id", ++id_}, {"method", method}, {"params", params}})
                .dump());
        EXPECT_EQ(sent_.back().value("id", 0), id_) << sent_.back();
        return sent_.back();
    }
    Json result(const std::string& method, Json params) {
        const Json answer = request(method, std::move(params));
        EXPECT_TRUE(answer.contains("result")) << answer;
        return answer.value("result", Json());
    }
    int error(const std::string& method, Json params = Json::object()) {
        const Json answer = request(method, std::move(params));
        return answer.contains("error") ? answer["error"]["code"].get<int>() : 0;
    }
    void notify(const std::string& method, Json params) {
        session_.handle(Json({{"jsonrpc", "2.0"}, {"method", method}, {"params", params}}).dump());
    }
    void start(Json capabilities = Json::object()) {
        result("initialize", {{"processId", nullptr}, {"capabilities", capabilities}});
        notify("initialized", Json::object());
    }
    /// Opens a file whose text in the editor is not saved yet.
    std::string open(const std::string& name, const std::string& text) {
        if (!std::filesystem::exists(directory_.path() / name)) directory_.write(name, "");
        return open_new(name, text);
    }
    /// Opens a file that is not there yet.
    std::string open_new(const std::string& name, const std::string& text) {
        const std::string uri = uri_of_path(directory_.path() / name);
        notify("textDocument/didOpen",
               {{"textDocument",
                 {{"uri", uri}, {"languageId", "hcl"}, {"version", 1}, {"text", text}}}});
        return uri;
    }
    /// Opens a text with a mark and gives the parameters of a question about the place.
    Json open_at(const std::string& name, const std::string& marked) {
        const Marked place(marked);
        const std::string uri = open(name, place.text);
        const Position position = TextDocument(place.text).position(place.at);
        return {{"textDocument", {{"uri", uri}}},
                {"position", {{"line", position.line}, {"character", position.character}}}};
    }
    void change(const std::string& uri, int version, Json changes) {
        notify("textDocument/didChange", {{"textDocument", {{"uri", uri}, {"version", version}}},
                                          {"contentChanges", std::move(changes)}});
    }
    /// Publishes and gives the diagnostics by file name, each as `line:from-to severity message`.
    std::map<std::string, std::vector<std::string>> published() {
        const std::size_t before = sent_.size();
        session_.publish_pending();
        std::map<std::string, std::vector<std::string>> found;
        for (std::size_t i = before; i < sent_.size(); ++i) {
            EXPECT_EQ(sent_[i]["method"], "textDocument/publishDiagnostics");
            const Json& params = sent_[i]["params"];
            const std::string uri = params["uri"];
            auto& list = found[uri.substr(uri.rfind('/') + 1)];
            for (const Json& item : params["diagnostics"]) {
                const Json& start = item["range"]["start"];
                const Json& end = item["range"]["end"];
                std::string message = item["message"];
                message.resize(std::min(message.find('\n'), message.size()));
                list.push_back(fmt::format("{}:{}-{}:{} {} {}", start["line"].get<int>(),
                                           start["character"].get<int>(), end["line"].get<int>(),
                                           end["character"].get<int>(),
                                           item["severity"] == 1 ? "error" : "warning", message));
            }
        }
        return found;
    }

    using Published = std::map<std::string, std::vector<std::string>>;

    TestDirectory directory_;
    std::vector<Json> sent_;
    int id_ = 0;
    Session session_{few_components(), "1.16.0",
                     [this](const Json& json) { sent_.push_back(json); }, CancelToken()};
};

const std::string good = R"(source "vm" "a" {
  iso_url = "x"
}
build {
  sources = ["source.vm.a"]
}
)";

TEST_F(Conversation, BeginsAndEnds) {
    const Json answer = result("initialize", {{"capabilities", Json::object()}});
    EXPECT_EQ(answer["capabilities"]["textDocumentSync"]["change"], 2);
    EXPECT_TRUE(answer["capabilities"]["hoverProvider"]);
    EXPECT_EQ(answer["serverInfo"]["name"], "kiln");
    EXPECT_EQ(result("shutdown", nullptr), nullptr);
    EXPECT_EQ(session_.exit_code(), std::nullopt);
    notify("exit", nullptr);
    EXPECT_EQ(session_.exit_code(), 0);
}

TEST_F(Conversation, EndsWithAFailureWhenItWasNotAnnounced) {
    start();
    notify("exit", nullptr);
    EXPECT_EQ(session_.exit_code(), 1);
}

TEST_F(Conversation, KeepsTheOrderOfTheProtocol) {
    EXPECT_EQ(error("textDocument/hover"), -32002);
    notify("textDocument/didOpen", Json::object());
    start();
    EXPECT_EQ(error("initialize"), -32600);
    EXPECT_EQ(error("no/such"), -32601);
    EXPECT_EQ(error("textDocument/hover"), -32602);
    EXPECT_EQ(error("textDocument/hover", {{"textDocument", {{"uri", "file:///none"}}}}), -32602);
    request("shutdown", nullptr);
    EXPECT_EQ(error("textDocument/hover"), -32600);
}

TEST_F(Conversation, SurvivesMessagesThatAreNone) {
    for (const char* text :
         {"", "{", "[]", "1", "null", "{\"id\":{}}", "{\"id\":1.5,\"method\":\"x\"}", "{\"id\":1}",
          "{\"method\":1}", "[{\"method\":\"initialize\"}]", "{\"jsonrpc\":\"2.0\"}"}) {
        const std::size_t before = sent_.size();
        session_.handle(text);
        ASSERT_EQ(sent_.size(), before + 1) << text;
        EXPECT_TRUE(sent_.back().contains("error")) << text;
    }
    session_.handle(R"({"jsonrpc":"2.0","method":"$/unknown"})");
    session_.handle(R"({"jsonrpc":"2.0","id":1,"result":null})");
    start();
    notify("textDocument/didOpen", 5);
    notify("textDocument/didChange", {{"textDocument", 5}});
    session_.handle(std::string(100'000, '['));
    EXPECT_EQ(error("shutdown"), 0);
}

TEST_F(Conversation, PublishesDiagnosticsWhileTyping) {
    start();
    const std::string uri = open("a.pkr.hcl", good);
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl", {}}}));
    EXPECT_FALSE(session_.has_pending());

    change(
        uri, 2,
        {{{"range",
           {{"start", {{"line", 1}, {"character", 2}}}, {"end", {{"line", 1}, {"character", 9}}}}},
          {"text", "ios_url"}}});
    EXPECT_TRUE(session_.has_pending());
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl",
                                       {"0:16-0:16 error Missing required argument",
                                        "1:2-1:9 error Unsupported argument"}}}));
    EXPECT_EQ(sent_.back()["params"]["version"], 2);
    EXPECT_THAT(sent_.back()["params"]["diagnostics"].dump(), HasSubstr("Did you mean"));

    change(uri, 3, {{{"text", good}}});
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl", {}}}));
}

TEST_F(Conversation, TellsSyntaxErrorsByUtf16Columns) {
    start();
    open("a.pkr.hcl", "variable \"x\" {\n  description = \"😀\" 1\n}\n");
    const auto found = published()["a.pkr.hcl"];
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0], StartsWith("1:21-1:22 error"));
}

TEST_F(Conversation, LooksAtTheWholeDirectoryWithItsUnsavedTexts) {
    directory_.write("b.pkr.hcl", "source \"vm\" \"b\" {\n  iso_url = var.none\n}\n");
    start();
    open("a.pkr.hcl", "build {\n  sources = [\"source.vm.b\"]\n}\n");
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl", {}},
                                      {"b.pkr.hcl", {"1:15-1:20 error Unsupported attribute"}}}));
    const std::string b = open("b.pkr.hcl", "source \"vm\" \"b\" {\n  iso_url = \"x\"\n}\n");
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl", {}}, {"b.pkr.hcl", {}}}));
    notify("textDocument/didClose", {{"textDocument", {{"uri", b}}}});
    EXPECT_EQ(published()["b.pkr.hcl"].size(), 1U);
}

TEST_F(Conversation, TakesDiagnosticsBackWhenNothingIsOpen) {
    start();
    directory_.write("b.pkr.hcl", "nothing {}\n");
    const std::string a = open("a.pkr.hcl", "");
    EXPECT_EQ(published()["b.pkr.hcl"].size(), 1U);
    const std::size_t before = sent_.size();
    notify("textDocument/didClose", {{"textDocument", {{"uri", a}}}});
    ASSERT_EQ(sent_.size(), before + 1);
    EXPECT_THAT(sent_.back()["params"]["uri"].get<std::string>(), HasSubstr("b.pkr.hcl"));
    EXPECT_TRUE(sent_.back()["params"]["diagnostics"].empty());
    EXPECT_FALSE(session_.has_pending());
}

TEST_F(Conversation, JudgesBlocksThatNoBuildUses) {
    start();
    open("a.pkr.hcl", good +
                          "source \"vm\" \"b\" {\n  iso_url = 1\n  nic {\n    modle = 1\n  }\n}\n"
                          "source \"other\" \"c\" {\n  whatever = 1\n}\n"
                          "variable \"v\" {\n  defualt = 1\n}\n");
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl",
                                       {"16:2-16:9 error Unsupported argument",
                                        "9:4-9:9 error Unsupported argument"}}}));
}

TEST_F(Conversation, TakesVariablesWithoutAValueForGood) {
    start();
    open("a.pkr.hcl",
         "variable \"url\" {\n  type = string\n}\nsource \"vm\" \"a\" {\n  iso_url = "
         "var.url\n}\nbuild {\n  sources = [\"source.vm.a\"]\n}\n");
    EXPECT_EQ(published(), (Published{{"a.pkr.hcl", {}}}));
}

TEST_F(Conversation, SurvivesHalfOfEveryText) {
    start();
    const std::string text = good +
                             "variable \"x\" {\n  description = \"%{ for a in [1] }${a}%{ "
                             "endfor }\"\n  default = {a = [1, \"b\"]}\n}\n";
    const std::string uri = open("a.pkr.hcl", "");
    for (std::size_t size = 0; size <= text.size(); ++size) {
        change(uri, static_cast<int>(size), {{{"text", text.substr(0, size)}}});
        published();
        const Position end = TextDocument(text).position(size);
        for (const char* method : {"completion", "hover", "definition", "formatting"}) {
            result(std::string("textDocument/") + method,
                   {{"textDocument", {{"uri", uri}}},
                    {"position", {{"line", end.line}, {"character", end.character}}}});
        }
    }
}

TEST_F(Conversation, TellsWhatHasNoPlaceAtTheStart) {
    start();
    open("a.pkr.hcl", "locals {\n  a = 1\n}\n");
    const auto found = published()["a.pkr.hcl"];
    for (const std::string& text : found) EXPECT_THAT(text, StartsWith("0:0-0:0"));
}

TEST_F(Conversation, HidesSecrets) {
    start();
    open("a.pkr.hcl",
         "variable \"v\" {\n  default = \"hunter2\"\n  sensitive = true\n}\n"
         "source \"vm\" \"a\" {\n  iso_url = \"x\"\n  headless = var.v\n}\n"
         "build {\n  sources = [\"source.vm.a\"]\n}\n");
    EXPECT_EQ(published()["a.pkr.hcl"].size(), 1U);
    EXPECT_EQ(sent_.back().dump().find("hunter2"), std::string::npos);
}

TEST_F(Conversation, JudgesVariableFilesByTheTemplate) {
    directory_.write("a.pkr.hcl", "variable \"count\" {\n  type = number\n}\n");
    start();
    const std::string uri = open("x.pkrvars.hcl", "count = \"many\"\ncuont = 1\n");
    const auto found = published()["x.pkrvars.hcl"];
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], "0:9-0:13 error Invalid value for variable");
    EXPECT_EQ(found[1], "1:0-1:9 warning Undefined variable");
    change(uri, 2, {{{"text", "count = \n"}}});
    EXPECT_EQ(published()["x.pkrvars.hcl"].size(), 1U);
    change(uri, 3, {{{"text", "count = 3\n"}}});
    EXPECT_EQ(published(), (Published{{"x.pkrvars.hcl", {}}}));
}

TEST_F(Conversation, JudgesJsonTemplates) {
    start();
    const std::string uri = open("a.pkr.json", R"({"variable": {"x": {"defualt": 1}}})");
    EXPECT_EQ(published()["a.pkr.json"].size(), 1U);
    change(uri, 2, {{{"text", R"({"variable": {)"}}});
    EXPECT_GE(published()["a.pkr.json"].size(), 1U);
    const std::string other = open("package.json", R"({"name": "x"})");
    EXPECT_EQ(published()["package.json"].size(), 0U);
    EXPECT_EQ(result("textDocument/completion", {{"textDocument", {{"uri", uri}}},
                                                 {"position", {{"line", 0}, {"character", 0}}}}),
              Json::array());
}

TEST_F(Conversation, JudgesLegacyTemplates) {
    start();
    open("t.json", R"({"builders": [{"type": "vm", "iso_url": "x"}], "nothing": 1})");
    EXPECT_GE(published()["t.json"].size(), 1U);
}

TEST_F(Conversation, JudgesTextsInNoFileByTheirSyntax) {
    start();
    notify("textDocument/didOpen",
           {{"textDocument",
             {{"uri", "untitled:1"}, {"version", 1}, {"text", "locals {\n  a = \n}\n"}}}});
    EXPECT_EQ(published()["untitled:1"].size(), 1U);
    const Json found = result(
        "textDocument/hover",
        {{"textDocument", {{"uri", "untitled:1"}}}, {"position", {{"line", 0}, {"character", 0}}}});
    EXPECT_THAT(found.dump(), HasSubstr("Computes values"));
}

TEST_F(Conversation, Completes) {
    start({{"textDocument", {{"completion", {{"completionItem", {{"snippetSupport", true}}}}}}}});
    const Json found = result("textDocument/completion",
                              open_at("a.pkr.hcl", "source \"vm\" \"é\" { # 😀\n  disk|\n}\n"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["label"], "disk_size");
    EXPECT_EQ(found[0]["detail"], "string, default \"40G\"");
    EXPECT_EQ(found[0]["textEdit"]["newText"], "disk_size = ");
    EXPECT_EQ(found[0]["textEdit"]["range"],
              Json::parse(R"({"start":{"line":1,"character":2},"end":{"line":1,"character":6}})"));
    const Json blocks = result("textDocument/completion", open_at("b.pkr.hcl", "bui|"));
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(blocks[0]["insertTextFormat"], 2);
}

TEST_F(Conversation, CompletesWithTheNamesOfOtherFiles) {
    directory_.write("v.pkr.hcl", "variable \"on_disk\" {}\n");
    start();
    const Json found =
        result("textDocument/completion", open_at("a.pkr.hcl", "locals {\n  a = var.|\n}\n"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["label"], "on_disk");
}

TEST_F(Conversation, KnowsAFileThatIsNotThereYet) {
    directory_.write("v.pkr.hcl", "variable \"on_disk\" {}\n");
    start();
    const std::string uri =
        open_new("new.pkr.hcl", "variable \"new\" {\n  tpye = 1\n}\nlocals {\n  a = var.\n}\n");
    EXPECT_EQ(published()["new.pkr.hcl"].size(), 2U);
    const Json found =
        result("textDocument/completion",
               {{"textDocument", {{"uri", uri}}}, {"position", {{"line", 4}, {"character", 10}}}});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1]["label"], "new");
}

TEST_F(Conversation, Hovers) {
    start({{"textDocument", {{"hover", {{"contentFormat", {"markdown", "plaintext"}}}}}}});
    const Json found = result("textDocument/hover",
                              open_at("a.pkr.hcl", "source \"vm\" \"x\" {\n  for|mat = 1\n}\n"));
    EXPECT_EQ(found["contents"]["kind"], "markdown");
    EXPECT_EQ(
        found["contents"]["value"],
        "```hcl\nformat: string, default \"qcow2\"\n```\n\nThe format of the disk.\n\nOne of: "
        "qcow2, raw.");
    EXPECT_EQ(found["range"]["start"]["character"], 2);
}

TEST_F(Conversation, GoesToDefinitionsInOtherFiles) {
    const auto path = directory_.write("v v.pkr.hcl", "# é\n  variable \"x\" {}\n");
    start();
    const Json found =
        result("textDocument/definition", open_at("a.pkr.hcl", "locals {\n  a = var.x|\n}\n"));
    EXPECT_EQ(found["uri"], uri_of_path(path));
    EXPECT_EQ(
        found["range"],
        Json::parse(R"({"start":{"line":1,"character":11},"end":{"line":1,"character":14}})"));
    EXPECT_EQ(
        result("textDocument/definition", open_at("a.pkr.hcl", "locals {\n  a = va|r.y\n}\n")),
        nullptr);
}

TEST_F(Conversation, Formats) {
    start();
    const std::string uri = open("a.pkr.hcl", "b {\na=1\n}\n");
    const Json params = {{"textDocument", {{"uri", uri}}},
                         {"options", {{"tabSize", 8}, {"insertSpaces", false}}}};
    const Json found = result("textDocument/formatting", params);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0]["newText"], "b {\n  a = 1\n}\n");
    EXPECT_EQ(found[0]["range"],
              Json::parse(R"({"start":{"line":0,"character":0},"end":{"line":3,"character":0}})"));
    change(uri, 2, {{{"text", "b {\n  a = 1\n}\n"}}});
    EXPECT_EQ(result("textDocument/formatting", params), Json::array());
    change(uri, 3, {{{"text", "b {\na=\n}\n"}}});
    EXPECT_EQ(result("textDocument/formatting", params), nullptr);
}

}  // namespace
}  // namespace kiln::lsp
