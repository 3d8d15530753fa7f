#include "lsp/server.h"

#include <thread>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fixture.h"
#include "lsp/uri.h"
#include "lsp/wire.h"

namespace kiln::lsp {
namespace {

using Json = nlohmann::json;

/// A server in a thread of its own, and an editor at the other ends of its streams.
class ServerTest : public ::testing::Test {
  protected:
    ServerTest() {
        EXPECT_EQ(pipe(to_server_), 0);
        EXPECT_EQ(pipe(to_editor_), 0);
        reader_.emplace(to_editor_[0], CancelToken());
        server_ = std::thread([this] {
            const auto out = [this](std::string_view text) {
                while (!text.empty()) {
                    const ssize_t count = write(to_editor_[1], text.data(), text.size());
                    if (count <= 0) return;
                    text.remove_prefix(static_cast<std::size_t>(count));
                }
            };
            exit_code_ = serve(few_components(), "1.16.0", {to_server_[0], out}, cancel_.token());
        });
    }
    ~ServerTest() override {
        cancel_.cancel("the test is over");
        join();
        for (const int fd : {to_server_[0], to_server_[1], to_editor_[0], to_editor_[1]}) {
            if (fd >= 0) close(fd);
        }
    }
    int join() {
        if (server_.joinable()) server_.join();
        return exit_code_;
    }
    void send(const Json& message) {
        const std::string text = frame(message.dump());
        EXPECT_EQ(write(to_server_[1], text.data(), text.size()),
                  static_cast<ssize_t>(text.size()));
    }
    void hang_up() { close(std::exchange(to_server_[1], -1)); }
    Json receive() {
        std::string content;
        const auto status = reader_->read(std::chrono::seconds(20), content);
        EXPECT_EQ(status, MessageReader::Status::Message);
        return status == MessageReader::Status::Message ? Json::parse(content) : Json();
    }

    int to_server_[2] = {-1, -1};
    int to_editor_[2] = {-1, -1};
    CancelSource cancel_;
    int exit_code_ = -1;
    std::thread server_;
    std::optional<MessageReader> reader_;
};

TEST_F(ServerTest, HoldsAWholeConversation) {
    const TestDirectory directory;
    const std::string uri = uri_of_path(directory.write("a.pkr.hcl", ""));
    send({{"id", 1}, {"method", "initialize"}, {"params", {{"capabilities", Json::object()}}}});
    EXPECT_EQ(receive()["id"], 1);
    send({{"method", "initialized"}, {"params", Json::object()}});
    send({{"method", "textDocument/didOpen"},
          {"params",
           {{"textDocument",
             {{"uri", uri}, {"version", 1}, {"text", "sorce \"vm\" \"x\" {\n}\n"}}}}}});
    const Json first = receive();
    EXPECT_EQ(first["params"]["uri"], uri);
    EXPECT_EQ(first["params"]["diagnostics"][0]["range"]["end"]["character"], 5);

    // Diagnostics wait until the typing stops; the last state is what counts.
    for (int version = 2; version < 10; ++version) {
        send({{"method", "textDocument/didChange"},
              {"params",
               {{"textDocument", {{"uri", uri}, {"version", version}}},
                {"contentChanges", {{{"text", "locals {\n  a = 1\n}\n"}}}}}}});
    }
    EXPECT_EQ(receive()["params"]["version"], 9);
    send({{"id", "two"}, {"method", "shutdown"}});
    EXPECT_EQ(receive()["id"], "two");
    send({{"method", "exit"}});
    EXPECT_EQ(join(), 0);
}

TEST_F(ServerTest, EndsWithItsStream) {
    hang_up();
    EXPECT_EQ(join(), 1);
}

TEST_F(ServerTest, EndsWhenCancelled) {
    cancel_.cancel("enough");
    EXPECT_EQ(join(), 1);
}

}  // namespace
}  // namespace kiln::lsp
