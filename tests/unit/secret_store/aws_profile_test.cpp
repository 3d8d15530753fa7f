#include "secret_store/aws_profile.h"

#include <filesystem>

#include "base/file.h"
#include "tests/unit/secret_store/fake_server.h"

namespace kiln::secret_store {
namespace {

using kiln::testing::error_of;
using kiln::testing::options_with;

TEST(AwsProfile, ReadsTheLinesOfItsSection) {
    const char* text =
        "# comment\n[other]\nregion = no\n[ default ]\r\n aws_access_key_id=AK \r\n; no\nx = a=b\n"
        "empty\n[default2]\nregion = no\n";
    const auto profile = read_profile(text, "default");
    EXPECT_EQ(profile.size(), 2U);
    EXPECT_EQ(profile.at("aws_access_key_id"), "AK");
    EXPECT_EQ(profile.at("x"), "a=b");
    EXPECT_TRUE(read_profile("[open", "open").empty());
    EXPECT_TRUE(read_profile("", "x").empty());
}

class AwsAccessTest : public ::testing::Test {
  protected:
    AwsAccessTest()
        : home_(std::filesystem::temp_directory_path() /
                ("aws_home_" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(home_ / ".aws");
    }
    ~AwsAccessTest() override { std::filesystem::remove_all(home_); }

    void write(const std::string& name, const std::string& text) {
        write_file_atomically(home_ / ".aws" / name, text);
    }

    std::filesystem::path home_;
};

TEST_F(AwsAccessTest, PrefersTheEnvironment) {
    write("credentials", "[default]\naws_access_key_id = F\naws_secret_access_key = file-secret\n");
    const AwsAccess access = find_aws_access(options_with({{"HOME", home_.string()},
                                                           {"AWS_ACCESS_KEY_ID", "E"},
                                                           {"AWS_SECRET_ACCESS_KEY", "env-secret"},
                                                           {"AWS_SESSION_TOKEN", "env-session"},
                                                           {"AWS_DEFAULT_REGION", "eu-west-1"}}));
    EXPECT_EQ(access.credentials.access_key_id, "E");
    EXPECT_EQ(access.credentials.session_token, "env-session");
    EXPECT_EQ(access.region, "eu-west-1");
    EXPECT_EQ(secrets().redact("env-secret env-session"), "<sensitive> <sensitive>");
}

TEST_F(AwsAccessTest, ReadsTheProfileFiles) {
    write("credentials",
          "[default]\naws_access_key_id = D\naws_secret_access_key = secret-d\n"
          "[team]\naws_access_key_id = T\naws_secret_access_key = secret-t\n");
    write("config", "[default]\nregion = us-east-2\n[profile team]\nregion = us-west-2\n");
    const AwsAccess usual = find_aws_access(options_with({{"HOME", home_.string()}}));
    EXPECT_EQ(usual.credentials.access_key_id, "D");
    EXPECT_EQ(usual.region, "us-east-2");
    const AwsAccess team =
        find_aws_access(options_with({{"HOME", home_.string()}, {"AWS_PROFILE", "team"}}));
    EXPECT_EQ(team.credentials.access_key_id, "T");
    EXPECT_EQ(team.region, "us-west-2");
    const AwsAccess elsewhere = find_aws_access(
        options_with({{"AWS_SHARED_CREDENTIALS_FILE", (home_ / ".aws/credentials").string()},
                      {"AWS_REGION", "r-1"}}));
    EXPECT_EQ(elsewhere.credentials.access_key_id, "D");
}

TEST_F(AwsAccessTest, SaysWhatIsMissing) {
    for (const auto& environment :
         {kiln::testing::Environment{}, kiln::testing::Environment{{"HOME", home_.string()}}}) {
        EXPECT_NE(error_of([&] {
                      find_aws_access(options_with(environment));
                  }).find("there are no credentials for AWS"),
                  std::string::npos);
    }
    EXPECT_NE(error_of([&] {
                  find_aws_access(options_with(
                      {{"AWS_ACCESS_KEY_ID", "E"}, {"AWS_SECRET_ACCESS_KEY", "env-secret"}}));
              }).find("the AWS region is not known"),
              std::string::npos);
    EXPECT_FALSE(error_of([&] {
                     find_aws_access(options_with({{"AWS_CONFIG_FILE", "/nope/config"}}));
                 }).empty());
}

}  // namespace
}  // namespace kiln::secret_store
