#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "lsp/uri.h"
#include "lsp/wire.h"

namespace kiln::lsp {
namespace {

using Json = nlohmann::json;

/// The program itself, and a directory with a template.
class KilnLsp : public ::testing::Test {
  protected:
    KilnLsp() {
        std::string name = ::testing::TempDir() + "kiln-lsp-XXXXXX";
        directory_ = mkdtemp(name.data());
        start();
    }
    ~KilnLsp() override {
        to_server_.reset();
        if (pid_ > 0) waitpid(pid_, nullptr, 0);  // the end of its stream ends it
        std::filesystem::remove_all(directory_);
    }
    void start() {
        int in[2];
        int out[2];
        ASSERT_EQ(pipe2(in, O_CLOEXEC), 0);
        ASSERT_EQ(pipe2(out, O_CLOEXEC), 0);
        const UniqueFd child_in(in[0]);
        const UniqueFd child_out(out[1]);
        to_server_.reset(in[1]);
        from_server_.reset(out[0]);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, child_in.get(), STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, child_out.get(), STDOUT_FILENO);
        std::string program = KILN_PROGRAM;
        std::string command = "lsp";
        std::string flag = "--stdio";
        char* const arguments[] = {program.data(), command.data(), flag.data(), nullptr};
        EXPECT_EQ(posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        reader_.emplace(from_server_.get(), CancelToken());
    }
    void send(const Json& message) { write_all(to_server_.get(), frame(message.dump()), "kiln"); }
    Json receive() {
        std::string content;
        const auto status = reader_->read(std::chrono::seconds(30), content);
        EXPECT_EQ(status, MessageReader::Status::Message);
        return Json::parse(content, nullptr, false);
    }
    Json result(const std::string& method, Json params) {
        send(
            {{"jsonrpc", "2.0"}, {"id", ++id_}, {"method", method}, {"params", std::move(params)}});
        const Json answer = receive();
        EXPECT_EQ(answer.value("id", 0), id_) << answer;
        return answer.value("result", Json());
    }
    int exit_code() {
        int status = 0;
        EXPECT_EQ(waitpid(std::exchange(pid_, -1), &status, 0) > 0, true);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

    std::filesystem::path directory_;
    UniqueFd to_server_;
    UniqueFd from_server_;
    std::optional<MessageReader> reader_;
    pid_t pid_ = -1;
    int id_ = 0;
};

TEST_F(KilnLsp, ServesAnEditorFromBeginToEnd) {
    const auto file = directory_ / "a.pkr.hcl";
    const std::string text =
        "variable \"memory\" {\n  default = 512\n}\n"
        "source \"null\" \"a\" {\n  comunicator = \"none\"\n}\n"
        "build {\n  sources = [\"source.null.a\"]\n}\n"
        "source \"qemu\" \"b\" {\n  memory = var.memory\n}\n";
    std::ofstream(file) << text;
    const Json document = {{"uri", uri_of_path(file)}};
    const auto at = [&](int line, int character) {
        return Json{{"textDocument", document},
                    {"position", {{"line", line}, {"character", character}}}};
    };

    EXPECT_TRUE(result("initialize", {{"capabilities", Json::object()}}).contains("capabilities"));
    send({{"method", "initialized"}, {"params", Json::object()}});
    send({{"method", "textDocument/didOpen"},
          {"params",
           {{"textDocument", {{"uri", document["uri"]}, {"version", 1}, {"text", text}}}}}});
    const Json diagnostics = receive()["params"]["diagnostics"];
    ASSERT_GE(diagnostics.size(), 1U);
    EXPECT_NE(diagnostics.dump().find("Did you mean \\\"communicator\\\"?"), std::string::npos)
        << diagnostics;

    const Json hover = result("textDocument/hover", at(10, 3));
    EXPECT_NE(hover.dump().find("memory: number"), std::string::npos) << hover;
    EXPECT_EQ(result("textDocument/definition", at(10, 18))["range"]["start"]["line"], 0);
    const Json completions = result("textDocument/completion", at(10, 4));
    EXPECT_NE(completions.dump().find("\"memory\""), std::string::npos) << completions;
    EXPECT_EQ(result("textDocument/formatting", {{"textDocument", document}}), Json::array());
    EXPECT_EQ(result("shutdown", nullptr), nullptr);
    send({{"method", "exit"}});
    EXPECT_EQ(exit_code(), 0);
}

TEST_F(KilnLsp, EndsWithAnErrorWhenItIsSentSomethingElse) {
    write_all(to_server_.get(), "hello\r\n\r\n", "kiln");
    EXPECT_EQ(exit_code(), 1);
}

}  // namespace
}  // namespace kiln::lsp
