#include "hcl/format/format.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace kiln::hcl {
namespace {

struct Case {
    std::string before;
    std::string after;
};

/// Each `after` is the canonical form of `before`, and of itself.
void expect_all(const std::vector<Case>& cases) {
    for (const Case& item : cases) {
        SCOPED_TRACE(item.before);
        EXPECT_EQ(format_source(item.before), item.after);
        EXPECT_EQ(format_source(item.after), item.after);
    }
}

/// The same for the text of an expression.
void expect_expressions(const std::vector<Case>& cases) {
    for (const Case& item : cases) {
        SCOPED_TRACE(item.before);
        EXPECT_EQ(format_source("x = " + item.before + "\n"), "x = " + item.after + "\n");
        EXPECT_EQ(format_source("x = " + item.after + "\n"), "x = " + item.after + "\n");
    }
}

TEST(Format, PutsSpacesBetweenTokens) {
    expect_expressions({
        {"1+2", "1 + 2"},
        {"1*2/3%4", "1 * 2 / 3 % 4"},
        {"(1+2)*3", "(1 + 2) * 3"},
        {"(  1  )", "(1)"},
        {"a==b", "a == b"},
        {"a!=b", "a != b"},
        {"a<b", "a < b"},
        {"a<=b", "a <= b"},
        {"a>b", "a > b"},
        {"a>=b", "a >= b"},
        {"a&&b||c", "a && b || c"},
        {"x?y:z", "x ? y : z"},
        {"x  ?  y  :  z", "x ? y : z"},
        {"a\t+\tb", "a + b"},
        {"/*c*/1", "/*c*/ 1"},
        {"a+/* c */b", "a + /* c */ b"},
    });
}

TEST(Format, ClosesUpCallsAndAccess) {
    expect_expressions({
        {"f (x)", "f(x)"},
        {"f( x )", "f(x)"},
        {"f( )", "f()"},
        {"f(a,b)", "f(a, b)"},
        {"f(a , b)", "f(a, b)"},
        {"f(b ...)", "f(b...)"},
        {"f(b, )", "f(b, )"},
        {"f(b,)", "f(b, )"},
        {"a :: b (c)", "a::b(c)"},
        {"a :: b :: c ( )", "a::b::c()"},
        {"a . b . c", "a.b.c"},
        {"a [0]", "a[0]"},
        {"a [ 0 ] [ 1 ]", "a[0][1]"},
        {"f (x) [0]", "f(x)[0]"},
        {"(a) [0]", "(a)[0]"},
        {"{a=1} [\"a\"]", "{ a = 1 }[\"a\"]"},
        {"\"x\"[0]", "\"x\" [0]"},
        {"a [ * ] . b", "a[*].b"},
        {"a . * . b", "a.*.b"},
        {"a . 0 . b", "a.0.b"},
        {"1 .foo", "1.foo"},
    });
}

TEST(Format, TellsASignFromASubtraction) {
    expect_expressions({
        {"- 1", "-1"},
        {"-1", "-1"},
        {"a- b", "a- b"},
        {"a -b", "a - b"},
        {"1-1", "1 - 1"},
        {"1- -1", "1 - -1"},
        {"1 - - 1", "1 - -1"},
        {"1+ - 1", "1 + -1"},
        {"1* - 1", "1 * -1"},
        {"1/ - 1", "1 / -1"},
        {"1% - 1", "1 % -1"},
        {"(- 1)", "(-1)"},
        {"[- 1,- 2]", "[-1, -2]"},
        {"a[- 1]", "a[-1]"},
        {"{a=- 1}", "{ a = -1 }"},
        {"{a:- 1}", "{ a : -1 }"},
        {"c?- 1:- 2", "c ? -1 : -2"},
        {"a==- 1", "a == -1"},
        {"a!=- 1", "a != -1"},
        {"a<- 1", "a < -1"},
        {"a<=- 1", "a <= -1"},
        {"a>- 1", "a > -1"},
        {"a>=- 1", "a >= -1"},
        {"a&&- b", "a && -b"},
        {"a||- b", "a || -b"},
        {"!- a", "!-a"},
        {"-(a)", "-(a)"},
        // Behind these the formatter takes a sign for a subtraction.
        {"{for k,v in x:k=>-v}", "{ for k, v in x : k => - v }"},
        {"[for v in x:v if -v<0]", "[for v in x : v if - v < 0]"},
        {"\"${-x}\"", "\"${- x}\""},
        {"{-a=1}", "{ -a = 1 }"},
    });
}

TEST(Format, ClosesUpNot) {
    expect_expressions({
        {"! a", "!a"},
        {"! ! a", "!!a"},
        {"!(a)", "!(a)"},
        {"! (a)", "!(a)"},
        {"! [a][0]", "![a][0]"},
        {"! {a=1}.a", "!{ a = 1 }.a"},
        {"a && ! b", "a && !b"},
        {"! f (x)", "!f(x)"},
        {"! \"x\"", "!\"x\""},
    });
}

TEST(Format, SpacesCollections) {
    expect_expressions({
        {"[ ]", "[]"},
        {"{ }", "{}"},
        {"[ 1 ,2]", "[1, 2]"},
        {"[1,2,]", "[1, 2, ]"},
        {"[1 , 2 , ]", "[1, 2, ]"},
        {"{b:1}", "{ b : 1 }"},
        {"{b=1}", "{ b = 1 }"},
        {"{\"b\"=1}", "{ \"b\" = 1 }"},
        {"{(b)=1}", "{ (b) = 1 }"},
        {"{a=1,b=2}", "{ a = 1, b = 2 }"},
        {"{a=1,}", "{ a = 1, }"},
        {"{a={b={}}}", "{ a = { b = {} } }"},
        {"[{a=1},{b=2}]", "[{ a = 1 }, { b = 2 }]"},
        {"[[1],[2]]", "[[1], [2]]"},
        {"[ [ ] ]", "[[]]"},
        {"({})", "({})"},
        {"f({})", "f({})"},
        {"f({a=1})", "f({ a = 1 })"},
        {"f([1])", "f([1])"},
    });
}

TEST(Format, SpacesForExpressions) {
    expect_expressions({
        {"[for x in y:x]", "[for x in y : x]"},
        {"[ for x in y : x ]", "[for x in y : x]"},
        {"[for k,v in y:x]", "[for k, v in y : x]"},
        {"[for x in[1]:x]", "[for x in [1] : x]"},
        {"[for x in [ 1 ]:x]", "[for x in [1] : x]"},
        {"[for x in(y):x]", "[for x in(y) : x]"},
        {"[for x in y:x if x>1]", "[for x in y : x if x > 1]"},
        {"{for x in y:x=>x}", "{ for x in y : x => x }"},
        {"{for x in y:x=>x...}", "{ for x in y : x => x... }"},
        // `in` is a keyword only behind an identifier.
        {"in [0]", "in[0]"},
    });
}

TEST(Format, KeepsTheTextOfTemplates) {
    expect_expressions({
        {"\"  a  \"", "\"  a  \""},
        {"\"\"", "\"\""},
        {"\"${ x }\"", "\"${x}\""},
        {"\"a ${ x } b\"", "\"a ${x} b\""},
        {"\"${x}  ${y}\"", "\"${x}  ${y}\""},
        {"\"${x}${ y}\"", "\"${x}${y}\""},
        {"\"${{a=1}}\"", "\"${ { a = 1 } }\""},
        {"\"${ {a=1}.a }\"", "\"${ { a = 1 }.a}\""},
        {"\"${~ x ~}\"", "\"${~x~}\""},
        {"\"${ f( x ) }\"", "\"${f(x)}\""},
        {"\"${\"${ x }\"}\"", "\"${\"${x}\"}\""},
        {"\"%{ if x }a%{ else }b%{ endif }\"", "\"%{if x}a%{else}b%{endif}\""},
        {"\"%{ for x in y }%{ endfor }\"", "\"%{for x in y}%{endfor}\""},
        {"\"%{~ if x ~} a %{~ endif ~}\"", "\"%{~if x~} a %{~endif~}\""},
        {"\"$${ x }\"", "\"$${ x }\""},
        {"\"%%{ x }\"", "\"%%{ x }\""},
        {"\"\\\"  \\\\\"", "\"\\\"  \\\\\""},
        {"\"\\u00e9\"", "\"\\u00e9\""},
        {"\"#  no comment\"", "\"#  no comment\""},
    });
}

TEST(Format, SpacesBlocksAndAttributes) {
    expect_all({
        {"", ""},
        {"a=1", "a = 1"},
        {"  a  =  1  \n", "a = 1\n"},
        {"\ta\t=\t1\t\n", "a = 1\n"},
        {"b{}", "b {}"},
        {"b{}\n", "b {}\n"},
        {"b  {  }\n", "b {}\n"},
        {"b{a=1}\n", "b { a = 1 }\n"},
        {"b{a={c=1}}\n", "b { a = { c = 1 } }\n"},
        {"b \"l\"\"m\"{}\n", "b \"l\" \"m\" {}\n"},
        {"b l m{}\n", "b l m {}\n"},
        {"a\"b\"c{}\n", "a \"b\" c {}\n"},
        {"b {\na = 1\n}\n", "b {\n  a = 1\n}\n"},
        {"b {\n\ta = 1\n\t}\n", "b {\n  a = 1\n}\n"},
        {"b {\n}\n", "b {\n}\n"},
        {"b {\nc {\na = 1\n}\n}\n", "b {\n  c {\n    a = 1\n  }\n}\n"},
        {"b {\n        a = 1\n}\n", "b {\n  a = 1\n}\n"},
    });
}

TEST(Format, KeepsLineEndsAndBlankLines) {
    expect_all({
        {"\n", "\n"},
        {"\n\n\na=1\n\n\n\nb=2\n\n", "\n\n\na = 1\n\n\n\nb = 2\n\n"},
        {"b {\n   \n\t\n a=1\n  \n}\n", "b {\n\n\n  a = 1\n\n}\n"},
        {"a=1   \nb=2\t\n", "a = 1\nb = 2\n"},
        {"a=1\r\nb =2\r\n", "a = 1\r\nb = 2\r\n"},
        {"b {\r\na=1\r\n}\r\n", "b {\r\n  a = 1\r\n}\r\n"},
        {"a=1\r\nb =2\n", "a = 1\r\nb = 2\n"},
        {"# c\r\na=1 # d\r\n", "# c\r\na = 1 # d\r\n"},
        {"a=<<E\r\n  x\r\nE\r\n", "a = <<E\r\n  x\r\nE\r\n"},
    });
}

TEST(Format, KeepsSpacesAtTheEndOfAFileWithoutANewline) {
    expect_all({
        {"a=1  ", "a = 1  "},
        {"a=1\n  ", "a = 1\n  "},
        {"a=1\n\t\t", "a = 1\n  "},
        {"   ", "   "},
        {"b {\n}\n ", "b {\n}\n "},
    });
}

TEST(Format, DropsAByteOrderMark) {
    expect_all({
        {"\xEF\xBB\xBF"
         "a=1\n",
         "a = 1\n"},
        {"\xEF\xBB\xBF\na=1\n", "\na = 1\n"},
    });
}

TEST(Format, IndentsByLinesThatOpenBrackets) {
    expect_all({
        {"x = [\n1,\n2\n]\n", "x = [\n  1,\n  2\n]\n"},
        {"x = [[\na\n]]\n", "x = [[\n  a\n]]\n"},
        {"x = f([{\na = 1\n}])\n", "x = f([{\n  a = 1\n}])\n"},
        {"x = [1,\n2]\n", "x = [1,\n2]\n"},
        {"x = [{\nb = 1\n}, {\nc = 2\n}]\n", "x = [{\n  b = 1\n  }, {\n  c = 2\n}]\n"},
        {"x = [[\na\n]\n]\n", "x = [[\n  a\n  ]\n]\n"},
        {"x = [\n[\na\n]]\n", "x = [\n  [\n    a\n]]\n"},
        {"x = (\n1\n+ 2\n)\n", "x = (\n  1\n  + 2\n)\n"},
        {"x = f(\na,\nb\n)\n", "x = f(\n  a,\n  b\n)\n"},
        {"x = {\na = 1\nb : 2\n}\n", "x = {\n  a = 1\n  b : 2\n}\n"},
        {"x = \"${\na\n}\"\n", "x = \"${\n  a\n}\"\n"},
        {"x = \"%{\nif a\n}b%{ endif }\"\n", "x = \"%{\n  if a\n}b%{endif}\"\n"},
        {"x = [\n# c\n1\n# d\n]\n", "x = [\n  # c\n  1\n  # d\n]\n"},
        {"x = [\n/* c\n d */ 1\n]\n", "x = [\n  /* c\n d */ 1\n]\n"},
        {"b {\nx = [\n1\n]\ny = 2\n}\n", "b {\n  x = [\n    1\n  ]\n  y = 2\n}\n"},
        {"b {\nx = [1\n] \n}\n", "b {\n  x = [1\n  ]\n}\n"},
    });
}

TEST(Format, SurvivesBracketsThatDoNotMatch) {
    expect_all({
        {"}\n}\na=1\n", "}\n}\na = 1\n"},
        {"{ [ (\nx\n", "{ [(\n  x\n"},
        {"a = [\nb = )))))\nc = 1\n", "a = [\nb =)))))\nc = 1\n"},
        {"\"${\n", "\"${\n"},
        {"a = \"x\nb   =  1\n", "a = \"x\nb   =  1\n"},
        {"a = <<E\n  b   =  1\n", "a = <<E\n  b   =  1\n"},
        {"/*   a\n  b", "/ * a\nb"},
        {"a ; b\n", "a ; b\n"},
    });
}

TEST(Format, AlignsAssignments) {
    expect_all({
        {"a=1\nbbb=2\ncc=3\n", "a   = 1\nbbb = 2\ncc  = 3\n"},
        {"a=1\n\nbbb=2\n", "a = 1\n\nbbb = 2\n"},
        {"a=1\n# c\nbbb=2\n", "a = 1\n# c\nbbb = 2\n"},
        {"a=1\nb {\n}\nccc=2\n", "a = 1\nb {\n}\nccc = 2\n"},
        {"a=1\nb {}\nccc=2\n", "a = 1\nb {}\nccc = 2\n"},
        {"a=1\nbbb=[\n1\n]\ncc=2\ndddd=3\n", "a = 1\nbbb = [\n  1\n]\ncc   = 2\ndddd = 3\n"},
        {"a=1\nbbb=[1,2]\n", "a   = 1\nbbb = [1, 2]\n"},
        {"a=1\nbbb=<<E\nx\nE\ncc=2\n", "a   = 1\nbbb = <<E\nx\nE\ncc  = 2\n"},
        {"b {\na=1\nccc=2\n}\n", "b {\n  a   = 1\n  ccc = 2\n}\n"},
        {"b { a=1 }\nccc=2\n", "b { a = 1 }\nccc = 2\n"},
        {"x = {\na=1\nbbb=2\n}\n", "x = {\n  a   = 1\n  bbb = 2\n}\n"},
        {"x = {\na=1,\nbbb=2,\n}\n", "x = {\n  a   = 1,\n  bbb = 2,\n}\n"},
        {"x = {\na:1\nbbb:2\n}\n", "x = {\n  a : 1\n  bbb : 2\n}\n"},
        {"x = {\n\"a\"=1\n(bbb)=2\n}\n", "x = {\n  \"a\"   = 1\n  (bbb) = 2\n}\n"},
        {"x = {\na=1\nb={\nc=1\n}\n}\n", "x = {\n  a = 1\n  b = {\n    c = 1\n  }\n}\n"},
        {"a=1\nbbb=f(\n1)\n", "a = 1\nbbb = f(\n1)\n"},
        {"a=1 == 1\nbb=2\n", "a  = 1 == 1\nbb = 2\n"},
    });
}

TEST(Format, AlignsComments) {
    expect_all({
        {"a=1#c\n", "a = 1 #c\n"},
        {"a=1  //  c  \n", "a = 1 //  c  \n"},
        {"a=1 # c\nb=222 # d\n", "a = 1   # c\nb = 222 # d\n"},
        {"a=1 # c\n\nb=222 # d\n", "a = 1 # c\n\nb = 222 # d\n"},
        {"a=1 # c\nbb=2\nc=333 # d\n", "a  = 1 # c\nbb = 2\nc  = 333 # d\n"},
        {"a=1 # c\n# d\nb=22 # e\n", "a = 1 # c\n# d\nb = 22 # e\n"},
        {"b { # c\na=1 # d\n} # e\n", "b {     # c\n  a = 1 # d\n}       # e\n"},
        {"x=[ # c\n1, # d\n22 # e\n]\n", "x = [ # c\n  1,  # d\n  22  # e\n]\n"},
        {"    # c\n", "# c\n"},
        {"b {\n# c\n        # d\n}\n", "b {\n  # c\n  # d\n}\n"},
        {"a=1 # c", "a = 1 # c"},
        {"a=1 # c\nbbb=2222 # d", "a   = 1    # c\nbbb = 2222 # d"},
        {"a = 1 /* c */\n", "a = 1 /* c */\n"},
        {"a=1/*c*/# d\n", "a = 1 /*c*/ # d\n"},
        {"/*  c\n   d  */\na=1\n", "/*  c\n   d  */\na = 1\n"},
        {"b {\n/*  c\n   d  */\na=1\n}\n", "b {\n  /*  c\n   d  */\n  a = 1\n}\n"},
        {"/*a*/b=1\ncc=2\n", "/*a*/ b = 1\ncc      = 2\n"},
        {"b { /* c */ }\n", "b { /* c */ }\n"},
        {"#\n", "#\n"},
        // A comment that ends the file is one of the last cell, of whatever kind it is.
        {"a=1111 # b\na=1 /* x */", "a = 1111 # b\na = 1    /* x */"},
    });
}

TEST(Format, MeasuresInGraphemeClusters) {
    expect_all({
        {"é=1\naa=2\n", "é  = 1\naa = 2\n"},
        {"e\u0301=1\naa=2\n", "e\u0301  = 1\naa = 2\n"},
        {"日本=1\naaa=2\n", "日本  = 1\naaa = 2\n"},
        {"a=\"👨‍👩‍👧\" # c\na=\"bb\" # d\n",
         "a = \"👨‍👩‍👧\"  # c\na = \"bb\" # d\n"},
        {"a=\"🇩🇪\" # c\na=\"bb\" # d\n", "a = \"🇩🇪\"  # c\na = \"bb\" # d\n"},
    });
}

TEST(Format, KeepsHeredocs) {
    expect_all({
        {"a=<<E\n  x   y  \n\n\t z\nE\n", "a = <<E\n  x   y  \n\n\t z\nE\n"},
        {"a=<<-E\n    x\n    E\n", "a = <<-E\n    x\n    E\n"},
        {"b {\na=<<E\n  x\nE\nc=1\n}\n", "b {\n  a = <<E\n  x\nE\n  c = 1\n}\n"},
        {"b {\na=<<-E\n      x\n      E\n}\n", "b {\n  a = <<-E\n      x\n      E\n}\n"},
        {"a=<<E\nE\n", "a = <<E\nE\n"},
        {"a=<<E\n  ${ x }  ${y }\nE\n", "a = <<E\n  ${x}  ${y}\nE\n"},
        {"a=<<E\n%{ if x ~}\n  y\n%{ endif ~}\nE\n", "a = <<E\n%{if x~}\n  y\n%{endif~}\nE\n"},
        {"a=<<E\n# no   comment\n{ [ (\nE\nb=1\n", "a = <<E\n# no   comment\n{ [ (\nE\nb = 1\n"},
        {"x = f(<<E\n y\nE\n,1)\n", "x = f(<<E\n y\nE\n, 1)\n"},
        {"x = [\n<<E\n y\nE\n,\n<<E\n z\nE\n]\n", "x = [\n  <<E\n y\nE\n  ,\n  <<E\n z\nE\n]\n"},
        {"x = {\na = <<E\n y\nE\nbbb = 1\n}\n", "x = {\n  a   = <<E\n y\nE\n  bbb = 1\n}\n"},
    });
}

/// Only what comes before the heredoc counts, so that the closing brace steps out of the block.
TEST(Format, CountsNoBracketsBehindTheStartOfAHeredoc) {
    expect_all({
        {"b {\nx = <<E\n  a ${\n  y\n}  z\nE\ny = 1\n}\n",
         "b {\n  x = <<E\n  a ${\n  y\n}  z\nE\ny = 1\n}\n"},
    });
}

TEST(Format, KeepsEveryByteThatIsNoSpace) {
    const auto without_spaces = [](std::string text) {
        std::erase_if(text, [](char c) { return c == ' ' || c == '\t'; });
        return text;
    };
    // Not UTF-8, control characters, unknown operators, half of everything.
    const std::string alphabet = "a1 \t\n\"${}%[]()=#/*<-E.:,!?~\r\\'`;\xC3\xA9\xFF";
    std::uint32_t state = 1;
    for (int round = 0; round < 3000; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) {
            state = state * 1664525 + 1013904223;
            text += alphabet[(state >> 16) % alphabet.size()];
        }
        SCOPED_TRACE(text);
        EXPECT_EQ(without_spaces(format_source(text)), without_spaces(text));
    }
}

TEST(Format, LeavesTheExamplesAsTheyAre) {
    int count = 0;
    const std::filesystem::path root = KILN_SOURCE_DIR;
    for (const char* folder : {"examples", "tests"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (entry.path().extension() != ".hcl") continue;
            SCOPED_TRACE(entry.path().string());
            std::stringstream text;
            text << std::ifstream(entry.path()).rdbuf();
            const std::string once = format_source(text.str());
            EXPECT_EQ(format_source(once), once);
            if (folder == std::string_view("examples")) {
                EXPECT_EQ(once, text.str());
            }
            ++count;
        }
    }
    EXPECT_GE(count, 3);
}

double seconds_for(const std::string& text) {
    const auto start = std::chrono::steady_clock::now();
    format_source(text);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(Format, TakesTimeLinearInTheSize) {
    std::string text;
    while (text.size() < 100'000) {
        text += "source \"null\" \"s\" {\nssh_host=\"h\" # c\nlist=[1,2,{a=1}]\n}\n";
    }
    const double one = seconds_for(text);
    const double eight = seconds_for(text + text + text + text + text + text + text + text);
    EXPECT_LT(eight, 8 * one * 3 + 0.5);
}

TEST(Format, TakesTimeLinearInTheLengthOfALine) {
    std::string line = "x = [";
    for (int i = 0; i < 100'000; ++i) line += "1,";
    EXPECT_LT(seconds_for(line + "]\n"), 10);
    EXPECT_LT(seconds_for(std::string(200'000, '[') + "\n" + std::string(200'000, ']')), 10);
}

}  // namespace
}  // namespace kiln::hcl
