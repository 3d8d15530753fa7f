#include "base/file.h"
#include "tests/unit/secret_store/fake_server.h"

namespace kiln {
namespace {

using testing::answer_with;
using testing::error_of;
using testing::FakeServer;
using testing::options_with;

std::string ask(const FakeServer& server, const std::string& key) {
    return SecretStore(options_with({{"CONSUL_HTTP_ADDR", server.host()}})).consul_key(key);
}

TEST(Consul, ReadsAKey) {
    const FakeServer server(answer_with(200, R"([{"Key": "a/b", "Value": "Y29uc3VsLXM="}])"));
    EXPECT_EQ(ask(server, "a/b c"), "consul-s");
    EXPECT_EQ(server.last().target, "/v1/kv/a/b%20c");
    EXPECT_FALSE(server.last().has_header("X-Consul-Token"));
    EXPECT_EQ(secrets().redact("consul-s"), "<sensitive>");
}

TEST(Consul, SendsItsCredentials) {
    const FakeServer server(answer_with(200, R"([{"Value": "eA=="}])"));
    const testing::Environment environment{{"CONSUL_HTTP_ADDR", server.url() + "/"},
                                           {"CONSUL_HTTP_TOKEN", "consul-token"},
                                           {"CONSUL_HTTP_AUTH", "me:consul-password"},
                                           {"CONSUL_NAMESPACE", "n s"}};
    EXPECT_EQ(SecretStore(options_with(environment)).consul_key("/k"), "x");
    EXPECT_EQ(server.last().target, "/v1/kv/k?ns=n%20s");
    EXPECT_EQ(server.last().get_header_value("X-Consul-Token"), "consul-token");
    EXPECT_EQ(server.last().get_header_value("Authorization"), "Basic bWU6Y29uc3VsLXBhc3N3b3Jk");
    EXPECT_EQ(secrets().redact("consul-token consul-password"), "<sensitive> <sensitive>");
}

TEST(Consul, ReadsItsTokenFromAFile) {
    const auto file =
        std::filesystem::temp_directory_path() / ("consul_token_" + std::to_string(::getpid()));
    write_file_atomically(file, "file-token\n");
    const FakeServer server(answer_with(200, R"([{"Value": "eA=="}])"));
    SecretStore(options_with({{"CONSUL_HTTP_ADDR", server.host()},
                              {"CONSUL_HTTP_TOKEN_FILE", file.string()}}))
        .consul_key("k");
    std::filesystem::remove(file);
    EXPECT_EQ(server.last().get_header_value("X-Consul-Token"), "file-token");
}

TEST(Consul, SaysWhatIsNotThere) {
    const FakeServer missing(answer_with(404, ""));
    EXPECT_EQ(error_of([&] { ask(missing, "k"); }), "value does not exist at path (in Consul): k");
    for (const char* body : {R"([{"Value": ""}])", R"([{"Value": null}])"}) {
        const FakeServer empty(answer_with(200, body));
        EXPECT_EQ(error_of([&] { ask(empty, "k"); }), "value is empty at path (in Consul): k");
    }
}

TEST(Consul, RefusesAnswersThatItCannotRead) {
    for (const char* body : {"", "{}", "[]", "[1]", "[{}]", R"([{"Value": "a"}])",
                             R"([{"Value": "!!!!"}])", R"([{"Value": 5}, {}])"}) {
        const FakeServer server(answer_with(200, body));
        EXPECT_EQ(error_of([&] { ask(server, "k"); }),
                  "Consul's answer for the key k cannot be read")
            << body;
    }
    const FakeServer refusing(answer_with(403, "Permission denied"));
    EXPECT_EQ(error_of([&] { ask(refusing, "k"); }),
              "Consul answered with status 403 to the question for the key k: Permission denied");
}

TEST(Consul, SaysThatTheServerCannotBeReached) {
    const std::string message = error_of([] {
        SecretStore(options_with({{"CONSUL_HTTP_ADDR", testing::closed_host()}})).consul_key("k");
    });
    EXPECT_EQ(message.substr(0, 32), "cannot ask Consul for the key k:");
    EXPECT_NE(message.find("CONSUL_HTTP_ADDR"), std::string::npos);
}

}  // namespace
}  // namespace kiln
