#include "secret_store/aws_profile.h"

#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/secret.h"
#include "secret_store/environment.h"

namespace kiln::secret_store {
namespace {

using Profile = std::map<std::string, std::string>;

Profile profile_of_file(const SecretStoreOptions& options, const char* file_variable,
                        const char* usual_file, const std::string& section);
std::string value_of(const Profile& profile, const std::string& key);
std::string_view trimmed(std::string_view text);

}  // namespace

AwsAccess find_aws_access(const SecretStoreOptions& options) {
    AwsAccess access;
    AwsCredentials& credentials = access.credentials;
    credentials.access_key_id = variable(options, "AWS_ACCESS_KEY_ID");
    credentials.secret_access_key = variable(options, "AWS_SECRET_ACCESS_KEY");
    credentials.session_token = variable(options, "AWS_SESSION_TOKEN");
    access.region = variable(options, "AWS_REGION");
    if (access.region.empty()) access.region = variable(options, "AWS_DEFAULT_REGION");

    std::string name = variable(options, "AWS_PROFILE");
    if (name.empty()) name = "default";
    const bool has_keys =
        !credentials.access_key_id.empty() && !credentials.secret_access_key.empty();
    Profile config;
    if (!has_keys || access.region.empty()) {
        config = profile_of_file(options, "AWS_CONFIG_FILE", "config",
                                 name == "default" ? name : "profile " + name);
    }
    if (!has_keys) {
        Profile found =
            profile_of_file(options, "AWS_SHARED_CREDENTIALS_FILE", "credentials", name);
        if (value_of(found, "aws_access_key_id").empty()) found = config;
        credentials = {value_of(found, "aws_access_key_id"),
                       value_of(found, "aws_secret_access_key"),
                       value_of(found, "aws_session_token")};
    }
    if (access.region.empty()) access.region = value_of(config, "region");
    if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
        throw Error("there are no credentials for AWS")
            .with_hint(fmt::format("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them "
                                   "into the profile {} of ~/.aws/credentials.",
                                   name));
    }
    if (access.region.empty()) {
        throw Error("the AWS region is not known").with_hint("Set AWS_REGION.");
    }
    secrets().add(credentials.secret_access_key);
    secrets().add(credentials.session_token);
    return access;
}

std::map<std::string, std::string> read_profile(std::string_view text, std::string_view section) {
    Profile profile;
    bool inside = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line[0] == '#' || line[0] == ';') continue;
        if (line[0] == '[') {
            inside = trimmed(line.substr(1, line.find(']') - 1)) == section;
            continue;
        }
        const std::size_t equals = line.find('=');
        if (!inside || equals == std::string_view::npos) continue;
        profile[std::string(trimmed(line.substr(0, equals)))] =
            std::string(trimmed(line.substr(equals + 1)));
    }
    return profile;
}

namespace {

Profile profile_of_file(const SecretStoreOptions& options, const char* file_variable,
                        const char* usual_file, const std::string& section) {
    std::filesystem::path file = variable(options, file_variable);
    if (file.empty()) {
        const std::string home = variable(options, "HOME");
        if (home.empty()) return {};
        file = std::filesystem::path(home) / ".aws" / usual_file;
        if (!std::filesystem::exists(file)) return {};
    }
    constexpr std::size_t largest = std::size_t{1} << 20;
    return read_profile(read_file(file, largest), section);
}

std::string value_of(const Profile& profile, const std::string& key) {
    const auto found = profile.find(key);
    return found == profile.end() ? std::string() : found->second;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace
}  // namespace kiln::secret_store
