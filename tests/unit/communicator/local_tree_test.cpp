#include "communicator/local_tree.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace kiln {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Recorder : public TreeVisitor {
  public:
    void enter(const std::string& name, mode_t mode) override {
        seen.push_back(fmt::format("{}/ {:o}", name, mode));
    }
    void leave() override { seen.emplace_back(".."); }
    void file(LocalFile& file) override {
        seen.push_back(fmt::format("{} {:o} {}", file.name(), file.mode(), file.size()));
    }

    std::vector<std::string> seen;
};

class LocalTreeTest : public testing::Test {
  protected:
    LocalTreeTest() : directory_(temp_root()) {
        fs::create_directories(root() / "sub");
        write_file_atomically(root() / "b", "12", 0640);
        write_file_atomically(root() / "sub/a", "1", 0755);
        chmod((root() / "b").c_str(), 0640);
        chmod((root() / "sub/a").c_str(), 0755);
        chmod(root().c_str(), 0755);
        chmod((root() / "sub").c_str(), 0700);
    }

    fs::path root() const { return directory_.path() / "root"; }

    static std::vector<std::string> visit(const std::string& path) {
        Recorder recorder;
        LocalTree(path).visit(recorder);
        return recorder.seen;
    }

    TempDir directory_;
};

TEST_F(LocalTreeTest, VisitsTheDirectoryItselfWithoutATrailingSlash) {
    EXPECT_THAT(visit(root().string()),
                ElementsAre("root/ 755", "b 640 2", "sub/ 700", "a 755 1", "..", ".."));
}

TEST_F(LocalTreeTest, VisitsOnlyTheContentWithATrailingSlash) {
    EXPECT_THAT(visit(root().string() + "/"), ElementsAre("b 640 2", "sub/ 700", "a 755 1", ".."));
    EXPECT_THAT(visit(root().string() + "//"), ElementsAre("b 640 2", "sub/ 700", "a 755 1", ".."));
}

TEST_F(LocalTreeTest, NamesARelativeDotByTheDirectorysName) {
    const fs::path before = fs::current_path();
    fs::current_path(root());
    const std::string name = LocalTree(".").name();
    fs::current_path(before);
    EXPECT_EQ(name, "root");
}

TEST_F(LocalTreeTest, RefusesALinkThatLeadsBackUp) {
    fs::create_directory_symlink("..", root() / "sub/up");
    EXPECT_THROW(visit(root().string()), Error);
}

TEST_F(LocalTreeTest, RefusesWhatIsNeitherFileNorDirectory) {
    ASSERT_EQ(mkfifo((root() / "pipe").c_str(), 0600), 0);
    try {
        visit(root().string());
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("not a regular file"));
    }
}

TEST_F(LocalTreeTest, RefusesAMissingDirectoryAndAFile) {
    EXPECT_THROW(LocalTree((root() / "absent").string()), Error);
    EXPECT_THROW(LocalTree((root() / "b").string()), Error);
}

TEST(ReceivedName, RefusesWhatCouldLeadElsewhere) {
    for (const std::string_view name :
         {std::string_view(""), std::string_view("."), std::string_view(".."),
          std::string_view("a/b"), std::string_view("/"), std::string_view("a\0b", 3)}) {
        EXPECT_THROW(check_received_name(name), Error) << name;
    }
    EXPECT_THROW(check_received_name(std::string(256, 'a')), Error);
    for (const std::string_view name : {"a", "...", "..a", "a b", "-rf", "grün"}) {
        EXPECT_NO_THROW(check_received_name(name)) << name;
    }
}

}  // namespace
}  // namespace kiln
