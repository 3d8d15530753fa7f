#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"
#include "hcl/function/glob.h"
#include "tests/unit/hcl/support.h"

namespace kiln::hcl {
namespace {

/// A folder of files, and the console with that folder as the template's.
class FileFunction : public ::testing::Test {
  protected:
    FileFunction() : folder_(temp_root(), "kiln-hcl-") {
        write("a.txt", "alpha\n");
        write("b.sh", "#!/bin/sh\n");
        write("sub/c.sh", "x");
        write("sub/deep/d.sh", "x");
        write("bad.bin", "\xff\xfe");
        write("hello.tmpl", "Hello ${name}%{ for x in list }, ${upper(x)}%{ endfor }!\n");
        write("raw.tmpl", "${list}");
        write("self.tmpl", "${templatefile(\"a.txt\", {})}");
        write("broken.tmpl", "a ${");
    }

    void write(const std::string& name, const std::string& text) {
        const auto path = folder_.path() / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }

    std::string console(std::string_view text) {
        FunctionContext context;
        context.base_dir = folder_.path();
        context.environment = [](const std::string& name) { return name == "A" ? "1" : ""; };
        context.now = [] { return std::chrono::system_clock::from_time_t(1700000000); };
        context.process_start = std::chrono::system_clock::from_time_t(0);
        EvalScope scope(std::make_shared<const FunctionTable>(standard_functions(context)));
        scope.set("var", Value::object({}));
        return testing::console(text, scope);
    }

    TempDir folder_;
};

TEST_F(FileFunction, ReadsFilesBesideTheTemplate) {
    EXPECT_EQ(console("file(\"a.txt\")"), "alpha\n");
    EXPECT_EQ(console("file(\"nope\")"), "ERR [Error in function call]");
    EXPECT_EQ(console("file(\"bad.bin\")"), "ERR [Error in function call]");
    EXPECT_EQ(console("filebase64(\"" + (folder_.path() / "bad.bin").string() + "\")"), "//4=");
    EXPECT_EQ(console("fileexists(\"a.txt\")"), "true");
    EXPECT_EQ(console("fileexists(\"nope/x\")"), "false");
    EXPECT_EQ(console("fileexists(\"sub\")"), "ERR [Error in function call]");
}

TEST_F(FileFunction, FindsFilesByPattern) {
    EXPECT_EQ(console("join(\" \", fileset(\".\", \"*.sh\"))"), "b.sh");
    EXPECT_EQ(console("join(\" \", fileset(\".\", \"**/*.sh\"))"), "b.sh sub/c.sh sub/deep/d.sh");
    EXPECT_EQ(console("join(\" \", fileset(\"sub\", \"**\"))"), "c.sh deep/d.sh");
    EXPECT_EQ(console("join(\" \", fileset(\".\", \"{a,b}.*\"))"), "a.txt b.sh");
    EXPECT_EQ(console("join(\" \", fileset(\".\", \"[ab].?*\"))"), "a.txt b.sh");
    EXPECT_EQ(console("fileset(\"nope\", \"*\")"), "[]");
    EXPECT_EQ(console("fileset(\".\", \"[a\")"), "ERR [Invalid function argument]");
}

TEST_F(FileFunction, EvaluatesTemplateFiles) {
    EXPECT_EQ(console("templatefile(\"hello.tmpl\", {name = \"you\", list = [\"a\", \"b\"]})"),
              "Hello you, A, B!\n");
    EXPECT_EQ(console("templatefile(\"raw.tmpl\", {list = [1]})[0]"), "1");
    EXPECT_EQ(console("templatefile(\"hello.tmpl\", {name = 1})"),
              "ERR [Invalid function argument]");
    EXPECT_EQ(console("templatefile(\"hello.tmpl\", [])"), "ERR [Invalid function argument]");
    EXPECT_EQ(console("templatefile(\"a.txt\", {\"a b\" = 1})"), "ERR [Invalid function argument]");
    EXPECT_EQ(console("templatefile(\"self.tmpl\", {})"), "ERR [Error in function call]");
    EXPECT_EQ(console("templatefile(\"broken.tmpl\", {})"), "ERR [Error in function call]");
}

TEST_F(FileFunction, UsesTheGivenClockAndEnvironment) {
    EXPECT_EQ(console("timestamp()"), "2023-11-14T22:13:20Z");
    EXPECT_EQ(console("legacy_strftime(\"%Y-%m-%d %H:%M:%S %Z%z %A %p\")"),
              "1970-01-01 00:00:00 UTC+0000 Thursday AM");
    EXPECT_EQ(console("legacy_strftime()"), "1970-01-01T00:00:00Z");
    EXPECT_EQ(console("legacy_isotime()"), "1970-01-01T00:00:00Z");
    EXPECT_EQ(console("legacy_isotime(\"Monday, 02-Jan-06 15:04:05 MST\")"),
              "Thursday, 01-Jan-70 00:00:00 UTC");
    EXPECT_EQ(console("env(\"A\")"), "1");
}

TEST(Glob, MatchesWholePaths) {
    EXPECT_TRUE(Glob("a/**/b").matches("a/b"));
    EXPECT_TRUE(Glob("a/**/b").matches("a/x/y/b"));
    EXPECT_FALSE(Glob("a/*/b").matches("a/x/y/b"));
    EXPECT_TRUE(Glob("*a*a*a*").matches("xaxaxax"));
    EXPECT_FALSE(Glob("*a*a*a*").matches("xaxax"));
    EXPECT_TRUE(Glob("[^a-c]?").matches("dé"));
    EXPECT_FALSE(Glob("[^a-c]?").matches("bé"));
    EXPECT_TRUE(Glob("\\*").matches("*"));
    EXPECT_FALSE(Glob("\\*").matches("a"));
    EXPECT_TRUE(Glob("x{1,{2,3}y}").matches("x3y"));
    EXPECT_THROW(Glob("{a"), Error);
    EXPECT_THROW(Glob("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"), Error);
}

}  // namespace
}  // namespace kiln::hcl
