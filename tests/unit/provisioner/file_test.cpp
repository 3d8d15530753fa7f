#include "provisioner/file.h"

#include "tests/unit/provisioner/component_fixture.h"
#include "tests/unit/provisioner/fake_communicator.h"

namespace kiln::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class File : public ComponentTest {
  protected:
    void run(const Setting::Map& settings) {
        const auto file = make<FileProvisioner>(file_schema, settings);
        ASSERT_THAT(problems_, IsEmpty());
        file->provision(context_, guest_, data_);
    }
    std::string problem_with(const Setting::Map& settings) {
        make<FileProvisioner>(file_schema, settings);
        return problems_.empty() ? "" : problems_[0];
    }

    FakeCommunicator guest_;
};

TEST_F(File, SendsAFileWithItsMode) {
    const auto source = write("motd", "hello");
    std::filesystem::permissions(source, std::filesystem::perms(0640));
    run({{"source", source.string()}, {"destination", "/etc/motd"}});
    EXPECT_EQ(guest_.files["/etc/motd"].content, "hello");
    EXPECT_EQ(guest_.files["/etc/motd"].mode, 0640U);
    EXPECT_THAT(sink_.said, ElementsAre("Uploading " + source.string() + " => /etc/motd"));
}

TEST_F(File, TellsHowFarATransferHasComeAndThatItEnded) {
    const auto source = write("empty", "");
    run({{"source", source.string()}, {"destination", "/e"}});
    ASSERT_FALSE(sink_.progress.empty());
    EXPECT_TRUE(sink_.progress.back().finished);
    EXPECT_EQ(sink_.progress.back().build, "qemu.debian");
}

TEST_F(File, KeepsTheNameBelowADirectory) {
    const auto source = write("motd", "hello");
    run({{"source", source.string()}, {"destination", "/etc/"}});
    EXPECT_EQ(guest_.files.begin()->first, "/etc/motd");
}

TEST_F(File, SendsSourcesInOrderAndSourceLast) {
    const auto a = write("a", "1").string();
    const auto b = write("b", "2").string();
    const auto c = write("c", "3").string();
    run({{"source", c}, {"sources", Setting::List{a, b}}, {"destination", "/d/"}});
    EXPECT_THAT(guest_.log, ElementsAre("file /d/a", "file /d/b", "file /d/c"));
}

TEST_F(File, LeavesTheSlashRuleOfDirectoriesToTheCommunicator) {
    write("tree/x", "");
    const std::string tree = path("tree").string();
    run({{"sources", Setting::List{tree, tree + "/"}}, {"destination", "/opt"}});
    EXPECT_THAT(guest_.log,
                ElementsAre("directory " + tree + " /opt", "directory " + tree + "/ /opt"));
}

TEST_F(File, SendsContentAsAPrivateFile) {
    run({{"content", "answer = 42\n"}, {"destination", "/etc/answer"}});
    EXPECT_EQ(guest_.files["/etc/answer"].content, "answer = 42\n");
    EXPECT_EQ(guest_.files["/etc/answer"].mode, 0600U);
    run({{"content", "x"}, {"destination", "/srv/"}});
    EXPECT_THAT(guest_.log.back(), MatchesRegex("file /srv/pkr-file-content.+"));
}

TEST_F(File, RendersNamesOnceMoreWhenItRuns) {
    know({{"ID", "i-9"}});
    const auto source = write("i-9.txt", "x");
    run({{"source", path("{{.ID}}.txt").string()},
         {"generated", true},
         {"destination", "/{{ build `ID` }}"}});
    EXPECT_EQ(guest_.files.count("/i-9"), 1U);
}

TEST_F(File, FetchesIntoDirectoriesThatItMakes) {
    const std::string local = path("out/deep/").string();
    run({{"source", "/var/log/syslog"}, {"destination", local}, {"direction", "download"}});
    EXPECT_EQ(read("out/deep/syslog"), "fetched");
    EXPECT_THAT(sink_.said, ElementsAre("Downloading /var/log/syslog => " + local + "syslog"));
    run({{"source", "/etc/os-release"},
         {"destination", path("new/name").string()},
         {"direction", "download"}});
    EXPECT_EQ(read("new/name"), "fetched");
}

TEST_F(File, FetchesDirectoriesAndPatternsAndGoesOn) {
    const std::string local = path("out/").string();
    run({{"sources", Setting::List{"/var/log/", "/etc/*.conf", "/etc/hosts"}},
         {"destination", local},
         {"direction", "download"}});
    EXPECT_THAT(guest_.log, ElementsAre("fetch-directory /var/log/ " + local,
                                        "fetch-directory /etc/*.conf " + local + "*.conf",
                                        "fetch /etc/hosts " + local + "hosts"));
}

TEST_F(File, SaysThatATransferFailedAndWhy) {
    const auto source = write("motd", "hello").string();
    guest_.failures = 1;
    try {
        run({{"source", source}, {"destination", "/etc/motd"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "Upload failed: connection refused");
    }
    guest_.failures = 1;
    try {
        run({{"source", "/x"}, {"destination", path("x").string()}, {"direction", "download"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "Download failed: connection refused");
    }
    EXPECT_FALSE(std::filesystem::exists(path("x")));
}

TEST_F(File, FindsMistakesBeforeTheBuildRuns) {
    EXPECT_EQ(problem_with({{"source", "/etc/hosts"}}), "destination must be set.");
    EXPECT_EQ(problem_with({{"source", "/etc/hosts"}, {"destination", ""}}),
              "destination must be set.");
    EXPECT_EQ(problem_with({{"source", "/etc/hosts"}, {"content", "x"}, {"destination", "/x"}}),
              "source(s) conflicts with content.");
    EXPECT_THAT(problem_with({{"source", "/no/such"}, {"destination", "/x"}}),
                HasSubstr("Bad source '/no/such': No such file or directory."));
    EXPECT_EQ(problem_with({{"source", "/no/such"}, {"destination", "/x"}, {"generated", true}}),
              "");
    EXPECT_THAT(problem_with({{"source", "/x"}, {"destination", "/x"}, {"direction", "up"}}),
                HasSubstr("direction must be one of upload, download"));
}

TEST_F(File, DoesNothingWithoutASource) {
    run({{"destination", "/x"}});
    EXPECT_THAT(guest_.log, IsEmpty());
}

}  // namespace
}  // namespace kiln::test
