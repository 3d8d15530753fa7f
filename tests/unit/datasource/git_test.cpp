#include <gmock/gmock.h>

#include "base/file.h"
#include "base/process.h"
#include "data_source_fixture.h"

namespace kiln::test {
namespace {

using ::testing::HasSubstr;

/// A repository with two commits; the second one has the tag v1 and the branch more.
class GitData : public testing::Test {
  protected:
    void SetUp() override {
        git({"init", "--quiet", "--initial-branch=main"});
        write_file_atomically(directory_.path() / "a.txt", "a");
        git({"add", "."});
        git({"commit", "--quiet", "-m", "first"});
        write_file_atomically(directory_.path() / "b.txt", "b");
        git({"add", "."});
        git({"commit", "--quiet", "-m", "second\n\nwith a body"});
        git({"tag", "v1"});
        git({"branch", "more"});
    }
    void git(const std::vector<std::string>& arguments) {
        ProcessSpec spec;
        spec.program = "git";
        spec.arguments = {"-C", directory_.path().string(),      "-c", "user.name=A U Thor",
                          "-c", "user.email=author@example.com", "-c", "commit.gpgsign=false"};
        spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
        const ProcessOutput output = run_process(spec, CancelToken(), std::chrono::seconds(30));
        ASSERT_TRUE(output.status.success()) << output.err;
    }
    Setting path() const { return directory_.path().string(); }
    std::string error_of(const std::string& type, const Setting::Map& options) {
        try {
            read(type, options);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    TempDir directory_{temp_root()};
};

TEST_F(GitData, TellsOfTheRepository) {
    Setting::Map values = read("git-repository", {{"path", path()}});
    EXPECT_EQ(values.at("head"), Setting("main"));
    EXPECT_EQ(values.at("branches"), Setting(Setting::List{"main", "more"}));
    EXPECT_EQ(values.at("tags"), Setting(Setting::List{"v1"}));
    EXPECT_EQ(values.at("is_clean"), Setting(true));
    write_file_atomically(directory_.path() / "c.txt", "c");
    values = read("git-repository", {{"path", path()}});
    EXPECT_EQ(values.at("is_clean"), Setting(false));
}

TEST_F(GitData, TellsOfACommit) {
    const Setting::Map first = read("git-commit", {{"path", path()}, {"commit_ish", "HEAD~1"}});
    const Setting::Map second = read("git-commit", {{"path", path()}, {"commit_ish", "v1"}});
    EXPECT_EQ(first.at("message"), Setting("first\n"));
    EXPECT_EQ(first.at("parent_hashes"), Setting(Setting::List{}));
    EXPECT_EQ(second.at("message"), Setting("second\n\nwith a body\n"));
    EXPECT_EQ(second.at("parent_hashes"), Setting(Setting::List{first.at("hash")}));
    EXPECT_EQ(second.at("author"), Setting("A U Thor <author@example.com>"));
    EXPECT_EQ(second.at("committer"), Setting("A U Thor <author@example.com>"));
    EXPECT_EQ(second.at("branches"), Setting(Setting::List{"main", "more"}));
    EXPECT_EQ(second.at("hash").as_string()->size(), 40U);
    EXPECT_EQ(second.at("tree_hash").as_string()->size(), 40U);
    EXPECT_EQ(second.at("pgp_signature"), Setting(""));
    EXPECT_THAT(*second.at("timestamp").as_string(), HasSubstr("T"));
}

TEST_F(GitData, TellsTheFilesOfACommit) {
    const Setting::Map values = read("git-tree", {{"path", path()}, {"commit_ish", "HEAD~1"}});
    EXPECT_EQ(values.at("files"), Setting(Setting::List{"a.txt"}));
}

TEST_F(GitData, SaysWhatIsNotThere) {
    EXPECT_THAT(error_of("git-commit", {{"path", path()}, {"commit_ish", "nowhere"}}),
                HasSubstr("git rev-parse failed"));
    EXPECT_THAT(error_of("git-commit", {{"path", path()}, {"commit_ish", "--all"}}),
                HasSubstr("git rev-parse failed"));
    EXPECT_THAT(error_of("git-repository", {{"path", "/nonexistent"}}), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace kiln::test
