#include <nlohmann/json.hpp>

#include "tests/unit/secret_store/fake_server.h"

namespace kiln {
namespace {

using testing::answer_with;
using testing::error_of;
using testing::FakeServer;
using testing::options_with;

SecretStore store_for(const FakeServer& server) {
    SecretStoreOptions options =
        options_with({{"AWS_ENDPOINT_URL_SECRETS_MANAGER", server.url() + "/"},
                      {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                      {"AWS_SECRET_ACCESS_KEY", "aws-secret-key"},
                      {"AWS_REGION", "eu-central-1"}});
    options.now = [] {
        return std::chrono::system_clock::time_point(std::chrono::seconds(1440938160));
    };
    return SecretStore(options);
}

std::string answer_of(const std::string& secret) {
    return nlohmann::json{{"Name", "n"}, {"SecretString", secret}}.dump();
}

TEST(AwsSecrets, AsksWithASignedRequest) {
    const FakeServer server(answer_with(200, answer_of("plain-aws-secret")));
    EXPECT_EQ(store_for(server).aws_secret_raw("my/\"secret\""), "plain-aws-secret");
    const httplib::Request request = server.last();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/");
    EXPECT_EQ(request.get_header_value("X-Amz-Target"), "secretsmanager.GetSecretValue");
    EXPECT_EQ(request.get_header_value("Content-Type"), "application/x-amz-json-1.1");
    EXPECT_EQ(request.get_header_value("X-Amz-Date"), "20150830T123600Z");
    EXPECT_EQ(request.body, R"({"SecretId":"my/\"secret\"","VersionStage":"AWSCURRENT"})");
    const std::string authorization = request.get_header_value("Authorization");
    EXPECT_EQ(authorization.substr(0, authorization.find(',')),
              "AWS4-HMAC-SHA256 "
              "Credential=AKIDEXAMPLE/20150830/eu-central-1/secretsmanager/aws4_request");
    EXPECT_NE(authorization.find("SignedHeaders=content-type;host;x-amz-date;x-amz-target"),
              std::string::npos);
    EXPECT_EQ(secrets().redact("plain-aws-secret aws-secret-key"), "<sensitive> <sensitive>");
}

TEST(AwsSecrets, ReadsOneValueOfASecret) {
    const auto value = [](const std::string& secret, const std::string& key) {
        const FakeServer server(answer_with(200, answer_of(secret)));
        std::string found;
        const std::string error = error_of([&] { found = store_for(server).aws_secret("n", key); });
        return error.empty() ? found : "ERR " + error;
    };
    EXPECT_EQ(value(R"({"a": "va", "b": "vb"})", "b"), "vb");
    EXPECT_EQ(value(R"({"a": "only-one"})", ""), "only-one");
    EXPECT_EQ(value(R"({"a": 12345678901234567})", "a"), "12345678901234567");
    EXPECT_EQ(value(R"({"a": 2.0})", "a"), "2");
    EXPECT_EQ(value("just text", "a"), "just text");
    EXPECT_EQ(value("just text", ""), "just text");
    EXPECT_EQ(value("12345", ""), "12345");
    EXPECT_EQ(value(R"({"a": "x", "b": "y"})", ""),
              "ERR the AWS secret n has 2 values and no key was given");
    EXPECT_EQ(value("{}", ""), "ERR the AWS secret n has 0 values and no key was given");
    EXPECT_EQ(value(R"({"a": "x"})", "c"), "ERR the AWS secret n has no key c");
    EXPECT_EQ(value(R"({"a": [1]})", "a"),
              "ERR a value of the AWS secret n is neither a text nor a number");
}

TEST(AwsSecrets, PassesOnTheRefusal) {
    const FakeServer missing(answer_with(
        400, R"({"__type": "com.amazon#ResourceNotFoundException", "Message": "not there"})"));
    EXPECT_EQ(error_of([&] { store_for(missing).aws_secret_raw("n"); }),
              "AWS Secrets Manager answered with status 400 to the question for n: "
              "ResourceNotFoundException: not there");
    const FakeServer silent(answer_with(503, "<html>"));
    EXPECT_EQ(error_of([&] { store_for(silent).aws_secret_raw("n"); }),
              "AWS Secrets Manager answered with status 503 to the question for n");
}

TEST(AwsSecrets, RefusesAnswersWithoutText) {
    for (const char* body :
         {"", "{}", "[]", R"({"SecretBinary": "AA=="})", R"({"SecretString": 5})"}) {
        const FakeServer server(answer_with(200, body));
        EXPECT_EQ(error_of([&] { store_for(server).aws_secret_raw("n"); }).substr(0, 27),
                  "the AWS secret n is no text")
            << body;
    }
}

TEST(AwsSecrets, KeepsTheRegionOutOfOtherHostNames) {
    EXPECT_EQ(error_of([] {
                  SecretStore(options_with({{"AWS_ACCESS_KEY_ID", "A"},
                                            {"AWS_SECRET_ACCESS_KEY", "aws-secret-key"},
                                            {"AWS_REGION", "x.example.com/"}}))
                      .aws_secret_raw("n");
              }),
              "x.example.com/ is no AWS region");
}

}  // namespace
}  // namespace kiln
