#include "tests/unit/secret_store/fake_server.h"

namespace kiln {
namespace {

using testing::answer_with;
using testing::error_of;
using testing::FakeServer;
using testing::options_with;

std::string ask(const FakeServer& server, const std::string& path, const std::string& key) {
    return SecretStore(options_with({{"VAULT_ADDR", server.url()}, {"VAULT_TOKEN", "tok-1"}}))
        .vault(path, key);
}

TEST(Vault, ReadsAStoreOfVersionOne) {
    const FakeServer server(answer_with(200, R"({"data": {"user": "u", "n": 5, "b": true}})"));
    EXPECT_EQ(ask(server, "secret/hello", "user"), "u");
    EXPECT_EQ(server.last().path, "/v1/secret/hello");
    EXPECT_EQ(server.last().get_header_value("X-Vault-Token"), "tok-1");
    EXPECT_FALSE(server.last().has_header("X-Vault-Namespace"));
    EXPECT_EQ(ask(server, "/secret/hello", "n"), "5");
    EXPECT_EQ(ask(server, "secret/hello", "b"), "true");
}

TEST(Vault, ReadsAStoreOfVersionTwo) {
    const FakeServer server(
        answer_with(200, R"({"data": {"data": {"p": "vault-secret-2"}, "metadata": {}}})"));
    EXPECT_EQ(ask(server, "secret/data/a b/é", "p"), "vault-secret-2");
    EXPECT_EQ(server.last().target, "/v1/secret/data/a%20b/%C3%A9");
}

TEST(Vault, RegistersWhatItFindsAndItsToken) {
    const FakeServer server(answer_with(200, R"({"data": {"p": "vault-secret-3"}})"));
    ask(server, "s", "p");
    EXPECT_EQ(secrets().redact("a vault-secret-3 tok-1"), "a <sensitive> <sensitive>");
}

TEST(Vault, SendsTheNamespace) {
    const FakeServer server(answer_with(200, R"({"data": {"p": "x1"}})"));
    SecretStore(options_with({{"VAULT_ADDR", server.url() + "/"},
                              {"VAULT_TOKEN", "tok-1"},
                              {"VAULT_NAMESPACE", "team"}}))
        .vault("s", "p");
    EXPECT_EQ(server.last().get_header_value("X-Vault-Namespace"), "team");
}

TEST(Vault, SaysWhichVariableIsMissing) {
    EXPECT_EQ(error_of([] { SecretStore(options_with({})).vault("s", "k"); }),
              "Must set VAULT_TOKEN env var in order to use vault template function");
    EXPECT_NE(error_of([] {
                  SecretStore(options_with({{"VAULT_TOKEN", "t-2"}})).vault("s", "k");
              }).find("VAULT_ADDR"),
              std::string::npos);
    EXPECT_NE(error_of([] {
                  SecretStore(options_with({{"VAULT_TOKEN", "t-2"},
                                            {"VAULT_ADDR", "http://127.0.0.1:1"},
                                            {"VAULT_SKIP_VERIFY", "perhaps"}}))
                      .vault("s", "k");
              }).find("VAULT_SKIP_VERIFY must be true or false"),
              std::string::npos);
}

TEST(Vault, SaysWhatIsNotThere) {
    const FakeServer missing(answer_with(404, R"({"errors": []})"));
    EXPECT_NE(error_of([&] { ask(missing, "s/x", "k"); }).find("Vault has no secret at s/x"),
              std::string::npos);
    const FakeServer found(answer_with(200, R"({"data": {"data": {"a": "b"}}})"));
    EXPECT_EQ(error_of([&] { ask(found, "s", "k"); }), "the Vault secret at s has no key k");
    const FakeServer odd(answer_with(200, R"({"data": {"k": [1]}})"));
    EXPECT_EQ(error_of([&] { ask(odd, "s", "k"); }),
              "the value of k in the Vault secret is no text");
    for (const char* body : {"", "[]", "{}", R"({"data": null})", "x"}) {
        const FakeServer empty(answer_with(200, body));
        EXPECT_EQ(error_of([&] { ask(empty, "s", "k"); }), "Vault's answer for s holds no data");
    }
}

TEST(Vault, PassesOnTheServersReasons) {
    const FakeServer server(answer_with(403, R"({"errors": ["permission denied", "no"]})"));
    EXPECT_EQ(error_of([&] { ask(server, "s", "k"); }),
              "Vault answered with status 403 to the question for s: permission denied; no");
    const FakeServer silent(answer_with(500, ""));
    EXPECT_EQ(error_of([&] { ask(silent, "s", "k"); }),
              "Vault answered with status 500 to the question for s: it gave no reason");
}

TEST(Vault, SaysThatTheServerCannotBeReached) {
    const std::string message = error_of([] {
        SecretStore(options_with({{"VAULT_ADDR", "http://" + testing::closed_host()},
                                  {"VAULT_TOKEN", "t-3"}}))
            .vault("s", "k");
    });
    EXPECT_EQ(message.substr(0, 24), "cannot ask Vault for s: ");
    EXPECT_NE(message.find("VAULT_ADDR"), std::string::npos);
}

}  // namespace
}  // namespace kiln
