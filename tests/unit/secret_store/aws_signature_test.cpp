#include "secret_store/aws_signature.h"

#include <gtest/gtest.h>

namespace kiln::secret_store {
namespace {

const AwsCredentials kExample{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
// 2015-08-30 12:36:00 UTC
const std::chrono::system_clock::time_point kExampleTime{std::chrono::seconds(1440938160)};

// The expected signatures are those of the algorithm's own test suite.
TEST(AwsSignature, IsThatOfThePublishedExamples) {
    const AwsRequest get{"GET", "/", "", {{"host", "example.amazonaws.com"}}};
    const auto lines = sign_aws_request(get, kExample, "us-east-1", "service", kExampleTime);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0], "x-amz-date: 20150830T123600Z");
    EXPECT_EQ(lines[1],
              "Authorization: AWS4-HMAC-SHA256 "
              "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
              "SignedHeaders=host;x-amz-date, "
              "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    const AwsRequest post{"POST", "/", "", {{"host", "example.amazonaws.com"}}};
    EXPECT_NE(sign_aws_request(post, kExample, "us-east-1", "service", kExampleTime)[1].find(
                  "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
              std::string::npos);
}

TEST(AwsSignature, CoversHeadersBodyAndSessionToken) {
    AwsRequest request{"POST", "/", "a", {{"host", "h"}, {"x-amz-target", "t"}}};
    AwsCredentials credentials = kExample;
    credentials.session_token = "session";
    const auto lines = sign_aws_request(request, credentials, "r", "s", kExampleTime);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[1], "x-amz-security-token: session");
    EXPECT_NE(lines[3].find("SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target"),
              std::string::npos);
    request.body = "b";
    EXPECT_NE(sign_aws_request(request, credentials, "r", "s", kExampleTime)[3], lines[3]);
}

}  // namespace
}  // namespace kiln::secret_store
