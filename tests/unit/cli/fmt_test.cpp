#include <filesystem>

#include "command_fixture.h"

namespace kiln {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr auto ragged = "a=1\nbbb=2\n";
constexpr auto canonical = "a   = 1\nbbb = 2\n";

class FmtTest : public CommandTest {};

TEST_F(FmtTest, RewritesAFileAndNamesIt) {
    const std::string file = write("x.pkr.hcl", ragged);
    EXPECT_EQ(kiln({"fmt", file}), 0);
    EXPECT_EQ(out, file + "\n");
    EXPECT_EQ(read_file(file), canonical);
    EXPECT_EQ(kiln({"fmt", file}), 0);
    EXPECT_EQ(out, "");
}

TEST_F(FmtTest, ChecksWithoutWriting) {
    const std::string file = write("x.pkrvars.hcl", ragged);
    EXPECT_EQ(kiln({"fmt", "-check", file}), 3);
    EXPECT_EQ(out, file + "\n");
    EXPECT_EQ(read_file(file), ragged);
    write("x.pkrvars.hcl", canonical);
    EXPECT_EQ(kiln({"fmt", "-check", file}), 0);
}

TEST_F(FmtTest, ShowsDifferences) {
    const std::string file = write("x.pkr.hcl", ragged);
    EXPECT_EQ(kiln({"fmt", "-diff", "-write=false", file}), 0);
    EXPECT_EQ(out, file + "\n--- old/" + file + "\n+++ new/" + file +
                       "\n@@ -1,2 +1,2 @@\n-a=1\n-bbb=2\n+a   = 1\n+bbb = 2\n");
    EXPECT_EQ(read_file(file), ragged);
    EXPECT_EQ(kiln({"fmt", "-diff", "-check", file}), 3);
}

TEST_F(FmtTest, KeepsTheModeOfTheFile) {
    const std::string file = write("x.pkr.hcl", ragged);
    fs::permissions(file, fs::perms(0644));
    EXPECT_EQ(kiln({"fmt", file}), 0);
    EXPECT_EQ(fs::status(file).permissions(), fs::perms(0644));
}

TEST_F(FmtTest, GoesThroughADirectoryInTheOrderOfNames) {
    for (const char* name : {"d/b.pkr.hcl", "d/a.pkr.hcl", "d/c.pkrvars.hcl", "d/.h.pkr.hcl",
                             "d/e.hcl", "d/#f.pkr.hcl#", "d/sub/g.pkr.hcl"}) {
        write(name, ragged);
    }
    EXPECT_EQ(kiln({"fmt", "-check", path("d")}), 3);
    EXPECT_EQ(out, path("d/a.pkr.hcl") + "\n" + path("d/b.pkr.hcl") + "\n" +
                       path("d/c.pkrvars.hcl") + "\n");
    EXPECT_EQ(kiln({"fmt", "-recursive", path("d")}), 0);
    EXPECT_THAT(out, HasSubstr(path("d/sub/g.pkr.hcl")));
    EXPECT_EQ(read_file(path("d/.h.pkr.hcl")), ragged);
    EXPECT_EQ(read_file(path("d/e.hcl")), ragged);
}

TEST_F(FmtTest, DoesNotFollowLinksToDirectories) {
    write("d/a.pkr.hcl", canonical);
    fs::create_directory_symlink(path("d"), path("d/circle"));
    EXPECT_EQ(kiln({"fmt", "-recursive", path("d")}), 0);
    EXPECT_EQ(out, "");
}

TEST_F(FmtTest, FormatsStandardInput) {
    EXPECT_EQ(kiln({"fmt", "-"}, ragged), 0);
    EXPECT_EQ(out, canonical);
    EXPECT_EQ(kiln({"fmt", "-"}, "a = 1"), 0);
    EXPECT_EQ(out, "a = 1");
    EXPECT_EQ(kiln({"fmt", "-check", "-"}, ragged), 3);
    EXPECT_EQ(out, "");
}

TEST_F(FmtTest, RefusesFilesOfOtherNames) {
    EXPECT_EQ(kiln({"fmt", write("t.json", "{}")}), 1);
    EXPECT_THAT(out, HasSubstr("t.json is not a HCL file"));
    EXPECT_EQ(kiln({"fmt", path("gone.pkr.hcl")}), 1);
    EXPECT_THAT(out, HasSubstr("encountered an error while formatting"));
    EXPECT_EQ(kiln({"fmt"}), 1);
    EXPECT_THAT(out, HasSubstr("Usage: kiln fmt"));
}

TEST_F(FmtTest, LeavesAFileWithErrorsAloneAndFormatsTheOthers) {
    const std::string bad = write("a.pkr.hcl", "a = {\n");
    const std::string good = write("b.pkr.hcl", ragged);
    EXPECT_EQ(kiln({"fmt", "-check", bad, good}), 1);
    EXPECT_THAT(out, HasSubstr("encountered an error while formatting " + bad));
    EXPECT_THAT(out, HasSubstr(good + "\n"));
    EXPECT_EQ(kiln({"fmt", bad, good}), 1);
    EXPECT_EQ(read_file(bad), "a = {\n");
    EXPECT_EQ(read_file(good), canonical);
}

}  // namespace
}  // namespace kiln
