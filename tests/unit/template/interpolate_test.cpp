#include "template/interpolate.h"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

InterpolateContext context() {
    InterpolateContext context;
    context.build_name = "web";
    context.build_type = "qemu";
    context.version = "1.16.0";
    context.build_values = {{"ID", "i-1"}, {"Port", 2222}};
    context.fields = {
        {"HTTPIP", "10.0.2.2"},
        {"HTTPPort", 8100},
        {"Name", "vm"},
        {"List", Setting::List{"a", "b", "c"}},
        {"Numbers", Setting::List{1, 2, 3}},
        {"Map", Setting::Map{{"x", 1}, {"y", "two"}}},
        {"Nested", Setting::Map{{"a", Setting::Map{{"b", "deep"}}}}},
        {"Empty", ""},
        {"None", Setting::List{}},
        {"Zero", 0},
        {"Yes", true},
        {"No", false},
        {"Half", Setting::Number{"0.5"}},
        {"Null", Setting()},
    };
    // 2024-01-31 09:05:07.123456789 UTC, a Wednesday.
    context.start_time =
        std::chrono::system_clock::time_point(std::chrono::nanoseconds(1706691907123456789));
    return context;
}

std::string render(const std::string& text) {
    return interpolate(text, context());
}

std::string error_of(const std::string& text) {
    try {
        return "no error but: " + interpolate(text, context());
    } catch (const Error& error) {
        return error.what();
    }
}

struct Case {
    std::string text;
    std::string expected;

    friend void PrintTo(const Case& one, std::ostream* out) { *out << one.text; }
};

class Renders : public ::testing::TestWithParam<Case> {};

TEST_P(Renders, AsGoDoes) {
    EXPECT_EQ(render(GetParam().text), GetParam().expected) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Text, Renders,
                         ::testing::Values(Case{"", ""}, Case{"plain", "plain"},
                                           Case{"a { b } c", "a { b } c"}, Case{"}}", "}}"},
                                           Case{"{{/* note */}}x", "x"},
                                           Case{"a {{- /* note */ -}} b", "ab"},
                                           Case{"a {{/* n */ -}} b", "a b"}, Case{"{{`{{`}}", "{{"},
                                           Case{"{{\"}}\"}}", "}}"}, Case{"x{{\"\"}}y", "xy"},
                                           Case{"é{{`ü`}}", "éü"}));

INSTANTIATE_TEST_SUITE_P(
    Trim, Renders,
    ::testing::Values(Case{"a {{- `b` -}} c", "abc"}, Case{"a {{- `b` }} c", "ab c"},
                      Case{"a {{ `b` -}} c", "a bc"}, Case{"a\n\t {{- 3 -}} \r\n c", "a3c"},
                      Case{"{{-3}}", "-3"}, Case{"a {{-3}}", "a -3"},
                      Case{"a {{- -3 -}} b", "a-3b"}, Case{"a  {{- `` -}}  b", "ab"},
                      Case{"{{- 1 -}}", "1"}, Case{"{{ 1 -}}\n{{- 2 }}", "12"},
                      Case{"x {{-\n2 }}", "x2"}));

INSTANTIATE_TEST_SUITE_P(
    Constants, Renders,
    ::testing::Values(Case{"{{1}}", "1"}, Case{"{{ -7 }}", "-7"}, Case{"{{ +7 }}", "7"},
                      Case{"{{ 0x1F }}", "31"}, Case{"{{ 0b101 }}", "5"}, Case{"{{ 0o17 }}", "15"},
                      Case{"{{ 017 }}", "15"}, Case{"{{ 1_000 }}", "1000"},
                      Case{"{{ 1.5 }}", "1.5"}, Case{"{{ .5 }}", "0.5"}, Case{"{{ 1e3 }}", "1000"},
                      Case{"{{ 1.5e-7 }}", "1.5e-07"}, Case{"{{ 1234567.5 }}", "1.2345675e+06"},
                      Case{"{{ 123456.5 }}", "123456.5"}, Case{"{{ 'a' }}", "97"},
                      Case{"{{ '\\n' }}", "10"}, Case{"{{ 'é' }}", "233"}, Case{"{{true}}", "true"},
                      Case{"{{false}}", "false"}, Case{"{{ \"a\\tb\" }}", "a\tb"},
                      Case{"{{ \"\\x41\\u00e9\\101\" }}", "AéA"}, Case{"{{ `a\\n` }}", "a\\n"},
                      Case{"{{ \"say \\\"hi\\\"\" }}", "say \"hi\""},
                      Case{"{{ `two\nlines` }}", "two\nlines"},
                      Case{"{{ 9223372036854775807 }}", "9223372036854775807"}));

INSTANTIATE_TEST_SUITE_P(
    Fields, Renders,
    ::testing::Values(
        Case{"{{.HTTPIP}}", "10.0.2.2"}, Case{"{{ .HTTPPort }}", "8100"},
        Case{"http://{{.HTTPIP}}:{{.HTTPPort}}/", "http://10.0.2.2:8100/"},
        Case{"{{.Missing}}", "<no value>"}, Case{"{{.Null}}", "<no value>"},
        Case{"{{.Nested.a.b}}", "deep"}, Case{"{{.Nested.a.c}}", "<no value>"},
        Case{"{{$.Name}}", "vm"}, Case{"{{(.Nested).a.b}}", "deep"}, Case{"{{.List}}", "[a b c]"},
        Case{"{{.Map}}", "map[x:1 y:two]"}, Case{"{{.None}}", "[]"}, Case{"{{.Yes}}", "true"},
        Case{"{{.Half}}", "0.5"}, Case{"{{.Empty}}", ""}, Case{"{{.Nested}}", "map[a:map[b:deep]]"},
        Case{"{{with .Nested}}{{.a.b}}{{end}}", "deep"}, Case{"{{print .Missing}}", "<nil>"},
        Case{"{{html .Missing}}", "&lt;no value&gt;"}, Case{"{{(index .Map `y`)}}", "two"}));

INSTANTIATE_TEST_SUITE_P(Pipelines, Renders,
                         ::testing::Values(Case{"{{`ab` | upper}}", "AB"},
                                           Case{"{{`AB` | lower | printf `%s!`}}", "ab!"},
                                           Case{"{{.Name | printf `%s-%s` `x`}}", "x-vm"},
                                           Case{"{{ upper (lower `Ab`) }}", "AB"},
                                           Case{"{{ printf `%d` (len .List) }}", "3"},
                                           Case{"{{ (1) }}", "1"}, Case{"{{ ((`x`)) }}", "x"},
                                           Case{"{{ `a,b` | replace_all `,` `;` }}", "a;b"},
                                           Case{"{{ print `a` | upper }}", "A"},
                                           Case{"{{ .List | len }}", "3"},
                                           Case{"{{`x`|upper|lower}}", "x"},
                                           Case{"{{ print (build_name) build_type }}", "webqemu"}));

INSTANTIATE_TEST_SUITE_P(
    Conditions, Renders,
    ::testing::Values(
        Case{"{{if true}}y{{end}}", "y"}, Case{"{{if false}}y{{end}}", ""},
        Case{"{{if .Yes}}y{{else}}n{{end}}", "y"}, Case{"{{if .No}}y{{else}}n{{end}}", "n"},
        Case{"{{if .Empty}}y{{else}}n{{end}}", "n"}, Case{"{{if .Zero}}y{{else}}n{{end}}", "n"},
        Case{"{{if .None}}y{{else}}n{{end}}", "n"}, Case{"{{if .Missing}}y{{else}}n{{end}}", "n"},
        Case{"{{if .List}}y{{end}}", "y"}, Case{"{{if 0.0}}y{{else}}n{{end}}", "n"},
        Case{"{{if .No}}a{{else if .Yes}}b{{else}}c{{end}}", "b"},
        Case{"{{if .No}}a{{else if .No}}b{{else if .No}}c{{else}}d{{end}}", "d"},
        Case{"{{if .No}}a{{else if .No}}b{{end}}", ""}, Case{"{{if eq .Name `vm`}}y{{end}}", "y"},
        Case{"{{if and .Yes (eq .HTTPPort 8100)}}y{{end}}", "y"},
        Case{"{{if .Yes -}} y {{- end}}", "y"},
        Case{"{{if .Yes}}{{if .No}}a{{else}}b{{end}}{{end}}", "b"},
        Case{"{{if $x := .Name}}{{$x}}{{end}}", "vm"},
        Case{"{{if $x := .Empty}}a{{else}}[{{$x}}]{{end}}", "[]"},
        Case{"{{if not .Yes}}y{{else}}n{{end}}", "n"}));

INSTANTIATE_TEST_SUITE_P(
    Ranges, Renders,
    ::testing::Values(Case{"{{range .List}}<{{.}}>{{end}}", "<a><b><c>"},
                      Case{"{{range $x := .List}}{{$x}}{{end}}", "abc"},
                      Case{"{{range $i, $x := .List}}{{$i}}{{$x}}{{end}}", "0a1b2c"},
                      Case{"{{range .None}}x{{else}}none{{end}}", "none"},
                      Case{"{{range .Missing}}x{{else}}none{{end}}", "none"},
                      Case{"{{range .Map}}{{.}},{{end}}", "1,two,"},
                      Case{"{{range $k, $v := .Map}}{{$k}}={{$v}};{{end}}", "x=1;y=two;"},
                      Case{"{{range 3}}{{.}}{{end}}", "012"},
                      Case{"{{range $i := 2}}{{$i}}{{end}}", "01"},
                      Case{"{{range 0}}x{{else}}y{{end}}", "y"},
                      Case{"{{range .List}}{{if eq . `b`}}{{break}}{{end}}{{.}}{{end}}", "a"},
                      Case{"{{range .List}}{{if eq . `b`}}{{continue}}{{end}}{{.}}{{end}}", "ac"},
                      Case{"{{range .List}}{{range $.Numbers}}{{.}}{{end}}{{.}}{{end}}",
                           "123a123b123c"},
                      Case{"{{range .List}}{{range $.Numbers}}{{break}}{{end}}{{.}}{{end}}", "abc"},
                      Case{"{{range .List}}{{$.Name}}{{end}}", "vmvmvm"},
                      Case{"{{$n := 0}}{{range .Numbers}}{{$n = .}}{{end}}{{$n}}", "3"},
                      Case{"{{range $i, $x := .List}}{{if $i}}, {{end}}{{$x}}{{end}}", "a, b, c"},
                      Case{"{{range .Nested}}{{.b}}{{end}}", "deep"}));

INSTANTIATE_TEST_SUITE_P(
    With, Renders,
    ::testing::Values(Case{"{{with .Name}}[{{.}}]{{end}}", "[vm]"},
                      Case{"{{with .Empty}}x{{end}}", ""},
                      Case{"{{with .Empty}}x{{else}}{{.Name}}{{end}}", "vm"},
                      Case{"{{with $x := .Name}}{{$x}}{{.}}{{end}}", "vmvm"},
                      Case{"{{with .Empty}}a{{else with .Name}}{{.}}{{else}}c{{end}}", "vm"},
                      Case{"{{with .Name}}{{$.HTTPIP}}{{end}}", "10.0.2.2"},
                      Case{"{{with .Nested.a}}{{.b}}{{end}}", "deep"}));

INSTANTIATE_TEST_SUITE_P(
    Variables, Renders,
    ::testing::Values(Case{"{{$x := 1}}{{$x}}", "1"}, Case{"{{$x := 1}}{{$x = 2}}{{$x}}", "2"},
                      Case{"{{$x := .Nested}}{{$x.a.b}}", "deep"},
                      Case{"{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"},
                      Case{"{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"},
                      Case{"{{$x := `a` | upper}}{{$x}}{{$x}}", "AA"},
                      Case{"{{$x := 1}}{{with $x}}{{.}}{{end}}", "1"},
                      Case{"{{ $a:=1 }}{{$a}}", "1"}));

INSTANTIATE_TEST_SUITE_P(
    Comparisons, Renders,
    ::testing::Values(
        Case{"{{eq 1 1}}", "true"}, Case{"{{eq 1 2}}", "false"}, Case{"{{eq 1 2 3 1}}", "true"},
        Case{"{{eq `a` `a`}}", "true"}, Case{"{{eq true true}}", "true"},
        Case{"{{ne 1 2}}", "true"}, Case{"{{ne `a` `a`}}", "false"}, Case{"{{lt 1 2}}", "true"},
        Case{"{{lt 2 2}}", "false"}, Case{"{{le 2 2}}", "true"}, Case{"{{gt 3 2}}", "true"},
        Case{"{{ge 2 2}}", "true"}, Case{"{{ge 1 2}}", "false"}, Case{"{{lt `a` `b`}}", "true"},
        Case{"{{lt 1.5 2.5}}", "true"}, Case{"{{gt `b` `a`}}", "true"},
        Case{"{{eq .HTTPPort 8100}}", "true"}, Case{"{{eq .Missing `x`}}", "false"},
        Case{"{{ne .Missing `x`}}", "true"}, Case{"{{eq .Half 0.5}}", "true"},
        Case{"{{le `a` `a`}}", "true"}, Case{"{{and true false}}", "false"},
        Case{"{{and 1 2}}", "2"}, Case{"{{and 0 2}}", "0"}, Case{"{{or 0 `x`}}", "x"},
        Case{"{{or `a` `b`}}", "a"}, Case{"{{or `` 0}}", "0"},
        Case{"{{and `` (index .List 9)}}", ""}, Case{"{{or 1 (index .List 9)}}", "1"},
        Case{"{{not true}}", "false"}, Case{"{{not ``}}", "true"}, Case{"{{not 0}}", "true"},
        Case{"{{and 1}}", "1"}, Case{"{{or (and 0 1) (not false)}}", "true"}));

INSTANTIATE_TEST_SUITE_P(
    IndexAndLength, Renders,
    ::testing::Values(Case{"{{index .List 1}}", "b"}, Case{"{{index .Map `y`}}", "two"},
                      Case{"{{index .Map `z`}}", "<no value>"},
                      Case{"{{index .Nested `a` `b`}}", "deep"}, Case{"{{index `abc` 0}}", "97"},
                      Case{"{{index .List}}", "[a b c]"}, Case{"{{len .List}}", "3"},
                      Case{"{{len `héllo`}}", "6"}, Case{"{{len .Map}}", "2"},
                      Case{"{{len .None}}", "0"}, Case{"{{slice `abcdef` 1 3}}", "bc"},
                      Case{"{{slice .List 1}}", "[b c]"}, Case{"{{slice `abc`}}", "abc"},
                      Case{"{{slice .List 1 2}}", "[b]"}));

INSTANTIATE_TEST_SUITE_P(
    Printing, Renders,
    ::testing::Values(
        Case{"{{print}}", ""}, Case{"{{print `a` `b`}}", "ab"}, Case{"{{print 1 2}}", "1 2"},
        Case{"{{print `a` 1 2 `b`}}", "a1 2b"}, Case{"{{print 1 `a`}}", "1a"},
        Case{"{{print true false}}", "true false"}, Case{"{{println `a` `b`}}", "a b\n"},
        Case{"{{println}}", "\n"}, Case{"{{print .List}}", "[a b c]"},
        Case{"{{print nil}}", "<nil>"},
        Case{"{{html `<a href=\"x\">'&'</a>`}}",
             "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&#39;&lt;/a&gt;"},
        Case{"{{html 1 2}}", "1 2"}, Case{"{{html `a` `b`}}", "ab"}, Case{"{{`<` | html}}", "&lt;"},
        Case{"{{js `it's \"<b>\" & = \\`}}", "it\\'s \\\"\\u003Cb\\u003E\\\" \\u0026 \\u003D \\\\"},
        Case{"{{js \"a\\nb\"}}", "a\\u000Ab"}, Case{"{{js `é`}}", "é"},
        Case{"{{js \"\\u2028\"}}", "\\u2028"}, Case{"{{urlquery `a b&c/é`}}", "a+b%26c%2F%C3%A9"},
        Case{"{{urlquery `~-_.`}}", "~-_."}, Case{"{{urlquery 1 2}}", "1+2"},
        Case{"{{html \"\\x00\"}}", "\xEF\xBF\xBD"}));

INSTANTIATE_TEST_SUITE_P(
    Printf, Renders,
    ::testing::Values(
        Case{"{{printf `x`}}", "x"}, Case{"{{printf `%%`}}", "%"},
        Case{"{{printf `%s|%5s|%-5s|` `a` `b` `c`}}", "a|    b|c    |"},
        Case{"{{printf `%.2s` `héllo`}}", "hé"}, Case{"{{printf `%5.1s|` `abc`}}", "    a|"},
        Case{"{{printf `%d %5d %-5d| %05d` 1 2 3 4}}", "1     2 3    | 00004"},
        Case{"{{printf `%+d % d` 5 6}}", "+5  6"}, Case{"{{printf `%05d` -42}}", "-0042"},
        Case{"{{printf `%x %X %#x` 255 255 255}}", "ff FF 0xff"},
        Case{"{{printf `%o %#o %O` 8 8 8}}", "10 010 0o10"},
        Case{"{{printf `%b %#b` 5 5}}", "101 0b101"}, Case{"{{printf `%c%c` 65 233}}", "Aé"},
        Case{"{{printf `%q` 65}}", "'A'"}, Case{"{{printf `%U` 233}}", "U+00E9"},
        Case{"{{printf `%q` \"a\\\"b\\n\"}}", "\"a\\\"b\\n\""},
        Case{"{{printf `%#q` \"ab\"}}", "`ab`"}, Case{"{{printf `%x` `hi`}}", "6869"},
        Case{"{{printf `% x` `hi`}}", "68 69"}, Case{"{{printf `%#x` `hi`}}", "0x6869"},
        Case{"{{printf `%X` `hi`}}", "6869"}, Case{"{{printf `%t` true}}", "true"},
        Case{"{{printf `%7t|` true}}", "   true|"}, Case{"{{printf `%v` `x`}}", "x"},
        Case{"{{printf `%v %v` 1 true}}", "1 true"}, Case{"{{printf `%v` .List}}", "[a b c]"},
        Case{"{{printf `%v` .Map}}", "map[x:1 y:two]"},
        Case{"{{printf `%q` .List}}", "[\"a\" \"b\" \"c\"]"},
        Case{"{{printf `%03d` .Numbers}}", "[001 002 003]"},
        Case{"{{printf `%f` 1.5}}", "1.500000"}, Case{"{{printf `%.2f` 1.005}}", "1.00"},
        Case{"{{printf `%8.2f|` 3.14159}}", "    3.14|"},
        Case{"{{printf `%08.2f` -3.14159}}", "-0003.14"},
        Case{"{{printf `%e` 12345.678}}", "1.234568e+04"}, Case{"{{printf `%g` 0.00001}}", "1e-05"},
        Case{"{{printf `%g` 100000.0}}", "100000"}, Case{"{{printf `%.3g` 1234.5}}", "1.23e+03"},
        Case{"{{printf `%G` 1e-7}}", "1E-07"}, Case{"{{printf `%v` 1e6}}", "1e+06"},
        Case{"{{printf `%T %T %T` 1 `a` 1.5}}", "int string float64"},
        Case{"{{printf `%d` `x`}}", "%!d(string=x)"}, Case{"{{printf `%s` 1}}", "%!s(int=1)"},
        Case{"{{printf `%d`}}", "%!d(MISSING)"}, Case{"{{printf `%d %d` 1}}", "1 %!d(MISSING)"},
        Case{"{{printf `x` 1}}", "x%!(EXTRA int=1)"},
        Case{"{{printf `x` 1 `b`}}", "x%!(EXTRA int=1, string=b)"},
        Case{"{{printf `%`}}", "%!(NOVERB)"}, Case{"{{printf `%z` 1}}", "%!z(int=1)"},
        Case{"{{printf `%!`}}", "%!!(MISSING)"}, Case{"{{printf `%[2]s %[1]s` `a` `b`}}", "b a"},
        Case{"{{printf `%[1]s %[1]q` `a`}}", "a \"a\""}, Case{"{{printf `%*d` 5 42}}", "   42"},
        Case{"{{printf `%-*d|` 5 42}}", "42   |"}, Case{"{{printf `%.*f` 2 3.14159}}", "3.14"},
        Case{"{{printf `%[3]s` `a`}}", "%!s(BADINDEX)"}, Case{"{{printf `%.3d` 7}}", "007"},
        Case{"{{printf `%t` 1}}", "%!t(int=1)"}, Case{"{{printf `%s` true}}", "%!s(bool=true)"},
        Case{"{{printf `%v` nil}}", "<nil>"}, Case{"{{printf `%d` nil}}", "%!d(<nil>)"},
        Case{"{{printf `%s` .Missing}}", "%!s(<nil>)"},
        Case{"{{printf `%6.2f%%` 12.3}}", " 12.30%"}));

INSTANTIATE_TEST_SUITE_P(
    Functions, Renders,
    ::testing::Values(
        Case{"{{build_name}}", "web"}, Case{"{{build_type}}", "qemu"},
        Case{"{{ build `ID` }}", "i-1"}, Case{"{{ build `Port` }}", "2222"},
        Case{"{{packer_version}}", "1.16.0"}, Case{"{{timestamp}}", "1706691907"},
        Case{"{{isotime}}", "2024-01-31T09:05:07Z"}, Case{"{{isotime `2006-01-02`}}", "2024-01-31"},
        Case{"{{isotime | lower}}", "2024-01-31t09:05:07z"},
        Case{"{{strftime `%Y-%m-%d %H:%M:%S%L`}}", "2024-01-31 09:05:07.123"},
        Case{"{{lower `HÉ`}}", "hé"}, Case{"{{upper `é`}}", "É"}, Case{"{{upper `ß`}}", "ß"},
        Case{"{{replace `a` `b` 2 `aaaa`}}", "bbaa"}, Case{"{{replace `a` `b` -1 `aaa`}}", "bbb"},
        Case{"{{replace `a` `b` 0 `aaa`}}", "aaa"}, Case{"{{replace `` `-` 2 `ab`}}", "-a-b"},
        Case{"{{replace_all `-` `` `a-b-c`}}", "abc"}, Case{"{{replace_all `` `.` `ab`}}", ".a.b."},
        Case{"{{`a b` | replace_all ` ` `_`}}", "a_b"}, Case{"{{split `a-b-c` `-` 1}}", "b"},
        Case{"{{split `abc` `` 2}}", "c"}, Case{"{{split `abc` `-` 0}}", "abc"},
        Case{"{{split (`a.b` | upper) `.` 1 | lower}}", "b"}));

class Refuses : public ::testing::TestWithParam<Case> {};

TEST_P(Refuses, WithThePlaceAndTheReason) {
    EXPECT_THAT(error_of(GetParam().text), HasSubstr(GetParam().expected)) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, Refuses,
    ::testing::Values(
        Case{"{{", "line 1, column 1: the action is not closed"},
        Case{"a\nb {{ .X", "line 2, column 3: the action is not closed"},
        Case{"é{{ nothing }}", "line 1, column 5: there is no function \"nothing\""},
        Case{"{{ uper `x` }}", "Did you mean \"upper\"?"}, Case{"{{}}", "the action has no value"},
        Case{"{{ }}", "the action has no value"}, Case{"{{ `a }}", "the string is not closed"},
        Case{"{{ \"a }}", "the string is not closed"},
        Case{"{{ \"a\n\" }}", "the string is not closed"},
        Case{"{{ \"\\q\" }}", "wrong escape sequence"},
        Case{"{{ if true }}x", "\"if\" has no \"end\""},
        Case{"{{range .List}}x", "\"range\" has no \"end\""}, Case{"{{end}}", "\"end\" without"},
        Case{"{{else}}", "\"else\" without"},
        Case{"{{if true}}a{{else}}b{{else}}c{{end}}", "a second \"else\""},
        Case{"{{if true}}a{{else}}b", "\"if\" has no \"end\""},
        Case{"{{if}}x{{end}}", "if has no value"}, Case{"{{range}}x{{end}}", "range has no value"},
        Case{"{{end x}}", "\"end\" without"}, Case{"{{if true}}{{end x}}", "nothing may follow"},
        Case{"{{$x}}", "the variable $x is not declared"}, Case{"{{$x = 1}}", "is not declared"},
        Case{"{{if true}}{{$x := 1}}{{end}}{{$x}}", "is not declared"},
        Case{"{{$x, $y := 1}}", "only a range may set two variables"},
        Case{"{{ (1 }}", "a \")\" is missing"}, Case{"{{ 1) }}", "cannot stand at this place"},
        Case{"{{ 1 | 2 }}", "only a function can follow"}, Case{"{{ 1 | . }}", "only a function"},
        Case{"{{ `a`| }}", "the action has no value"}, Case{"{{ | upper }}", "has no value"},
        Case{"{{ print 1\"a\" }}", "a space is missing"}, Case{"{{ 1.2.3 }}", "is no number"},
        Case{"{{ 12ab }}", "is no number"}, Case{"{{ 0x }}", "is no number"},
        Case{"{{ 9223372036854775808x }}", "is no number"}, Case{"{{ '' }}", "empty character"},
        Case{"{{ 'ab' }}", "holds one character"}, Case{"{{ @ }}", "\"@\" cannot stand here"},
        Case{"{{ a:b }}", "\":\" cannot stand here"},
        Case{"{{ `a`.b }}", "a constant has no fields"},
        Case{"{{/* x }}", "the comment is not closed"}, Case{"{{/* x */ y}}", "all of its action"},
        Case{"{{break}}", "\"break\" outside of a range"},
        Case{"{{continue}}", "outside of a range"},
        Case{"{{define `x`}}{{end}}", "\"define\" is not supported"},
        Case{"{{template `x`}}", "\"template\" is not supported"},
        Case{"{{block `x` .}}{{end}}", "\"block\" is not supported"},
        Case{"{{ print if }}", "must be the first word"}));

INSTANTIATE_TEST_SUITE_P(
    Evaluation, Refuses,
    ::testing::Values(
        Case{"{{ upper }}", "upper takes 1 argument, not 0"},
        Case{"{{ upper `a` `b` }}", "upper takes 1 argument, not 2"},
        Case{"{{ eq 1 }}", "eq takes at least 2 arguments, not 1"},
        Case{"{{ isotime `a` `b` }}", "isotime takes at most 1 argument, not 2"},
        Case{"{{ upper 1 }}", "upper: argument 1 must be a string, not int"},
        Case{"{{ upper .Missing }}", "must be a string, not a value that is not there"},
        Case{"{{ eq 1 `a` }}", "a int and a string cannot be compared"},
        Case{"{{ eq 1 1.0 }}", "cannot be compared"},
        Case{"{{ lt true false }}", "cannot be compared"},
        Case{"{{ eq .List .List }}", "cannot be compared"},
        Case{"{{ index .List 3 }}", "out of range"}, Case{"{{ index .List -1 }}", "out of range"},
        Case{"{{ index .List `a` }}", "cannot be the index"},
        Case{"{{ index 1 1 }}", "has no index"}, Case{"{{ len 3 }}", "a int has no length"},
        Case{"{{ slice `abc` 2 9 }}", "out of range"}, Case{"{{ slice 1 }}", "cannot be sliced"},
        Case{"{{ .Name.x }}", "a string has no field \"x\""},
        Case{"{{ .Missing.x }}", "has no field \"x\""}, Case{"{{ .Name `x` }}", "only a function"},
        Case{"{{ `x` | .Name }}", "only a function"}, Case{"{{ 1 2 }}", "only a function"},
        Case{"{{ nil }}", "nil is not a command"},
        Case{"{{range .Name}}{{end}}", "cannot go over a string"},
        Case{"{{ build `Nope` }}", "the build has no value \"Nope\""},
        Case{"{{ split `a` `-` 1 }}", "out of range"},
        Case{"{{ split `a` `-` -1 }}", "out of range"}, Case{"{{ user `x` }}", "${var.name}"},
        Case{"{{ template_dir }}", "${path.root}"},
        Case{"{{ env `HOME` }}", "env is not allowed here"},
        Case{"{{ sed `s` `f` }}", "sed was removed"},
        Case{"{{ consul_key `x` }}", "secrets are not fetched"},
        Case{"{{ vault `x` `y` }}", "secrets"}, Case{"{{ aws_secretsmanager `x` }}", "secrets"},
        Case{"{{ aws_secretsmanager_raw `x` }}", "secrets"},
        Case{"one\ntwo {{ len 3 }}", "line 2, column 8: len"}));

TEST(Interpolate, TextWithoutActionsIsReturnedAsItIs) {
    const std::string text = "} {a} { \"x\" $y";
    EXPECT_EQ(interpolate(text, {}), text);
}

TEST(Interpolate, BuildNameThatIsNotKnownIsAnError) {
    EXPECT_THROW(interpolate("{{build_name}}", {}), Error);
    EXPECT_THROW(interpolate("{{build_type}}", {}), Error);
}

TEST(Interpolate, StrictFieldsRefuseUnknownOnesAndSuggest) {
    InterpolateContext strict = context();
    strict.strict_fields = true;
    EXPECT_EQ(interpolate("{{.HTTPIP}}{{range .List}}{{.}}{{end}}", strict), "10.0.2.2abc");
    EXPECT_EQ(interpolate("{{.Nested.zzz}}", strict), "<no value>");
    for (const char* text : {"{{.HTTPIp}}", "{{range .List}}{{$.HTTPIp}}{{end}}"}) {
        try {
            interpolate(text, strict);
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("there is no field \"HTTPIp\" here. Did you mean "
                                                "\"HTTPIP\"?"));
        }
    }
}

TEST(Interpolate, UuidsAreNewEachTimeAndOrderedByTime) {
    const std::string both = render("{{uuid}} {{uuid}}");
    const std::string one = both.substr(0, 36);
    const std::string other = both.substr(37);
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    EXPECT_TRUE(std::regex_match(one, form)) << one;
    EXPECT_TRUE(std::regex_match(other, form)) << other;
    EXPECT_NE(one, other);
    EXPECT_LE(one.substr(0, 8), other.substr(0, 8));
}

TEST(Interpolate, PwdIsTheCurrentDirectory) {
    EXPECT_EQ(render("{{pwd}}"), std::filesystem::current_path().string());
}

TEST(Interpolate, EndlessWorkIsStopped) {
    EXPECT_THAT(error_of("{{range 9000000000}}{{end}}"), HasSubstr("too many steps"));
    EXPECT_THAT(error_of("{{range 100000}}{{printf `%900s` `x`}}{{end}}"), HasSubstr("too long"));
    EXPECT_THAT(error_of("{{" + std::string(5000, '(') + "1" + std::string(5000, ')') + "}}"),
                HasSubstr("nested too deeply"));
    std::string nested;
    for (int i = 0; i < 5000; ++i) nested += "{{if true}}";
    EXPECT_THAT(error_of(nested), HasSubstr("nested too deeply"));
}

TEST(Interpolate, GrowingTextsAreStopped) {
    EXPECT_THAT(error_of("{{$x := `aaaa`}}{{range 60}}{{$x = print $x $x}}{{end}}"),
                HasSubstr("too long"));
    std::string format;
    for (int i = 0; i < 1000; ++i) format += "%1000000[1]d";
    EXPECT_THAT(error_of("{{printf `" + format + "` 1}}"), HasSubstr("too long"));
}

TEST(Interpolate, AnyTextIsRenderedOrRefused) {
    const std::vector<std::string> pieces = {
        "{{",   "}}",    "{{-",    "-}}",      " ",     ".",     "$x",    ":=",    "=",   "|",
        "(",    ")",     "`a`",    "\"",       "'",     "\\",    "if",    "else",  "end", "range",
        "with", "break", "printf", "`%*[1]d`", "index", ".List", ".Map",  "1",     "-",   "1e9",
        "0x",   "/*",    "*/",     ",",        "\n",    "\xff",  "slice", "upper", "$",   "nil"};
    std::uint32_t random = 12345;
    int rendered = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (int i = 0; i < 12; ++i) {
            random = random * 1664525 + 1013904223;
            text += pieces[(random >> 16) % pieces.size()];
            if (i == 0) text = "{{ " + text;
        }
        if (round % 2 == 0) text += " }}";
        try {
            interpolate(text, context());
            ++rendered;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("{{ }} text, line ")) << text;
        }
    }
    EXPECT_GT(rendered, 0);
}

TEST(Interpolate, SettingsAreRenderedAtEveryDepth) {
    struct Disk {
        std::string name;
    };
    struct Options {
        std::string name, command;
        std::vector<std::string> list;
        std::map<std::string, std::string> map;
        std::vector<Disk> disks;
    };
    Schema<Disk> disk("disk", "");
    disk.option("name", &Disk::name, "");
    Schema<Options> schema("test", "");
    schema.option("name", &Options::name, "");
    schema.option("command", &Options::command, "").rendered_late();
    schema.option("list", &Options::list, "");
    schema.option("map", &Options::map, "");
    schema.blocks("disk", &Options::disks, disk, "");

    Setting::Map settings = {
        {"name", "{{build_name}}-1"},
        {"command", "{{.Vars}}"},
        {"list", Setting::List{"{{.Name}}", "b", 5}},
        {"map", Setting::Map{{"{{.Name}}-key", "{{upper `v`}}"}, {"b", "c"}}},
        {"disk", Setting::List{Setting::Map{{"name", "{{build_type}}"}}}},
    };
    Problems problems;
    interpolate_settings(settings, schema, context(), problems);

    EXPECT_TRUE(problems.empty());
    const Setting::Map expected = {
        {"name", "web-1"},
        {"command", "{{.Vars}}"},
        {"list", Setting::List{"vm", "b", 5}},
        {"map", Setting::Map{{"vm-key", "V"}, {"b", "c"}}},
        {"disk", Setting::List{Setting::Map{{"name", "qemu"}}}},
    };
    EXPECT_EQ(settings, expected);
}

TEST(Interpolate, AFailureIsAProblemOfItsOptionWithItsPlace) {
    struct Options {
        std::string name;
    };
    Schema<Options> schema("test", "");
    schema.option("name", &Options::name, "");
    Setting value("{{nope}}");
    value.set_range(SourceRange{"a.pkr.hcl", {10, 2, 3}, {20, 2, 13}});
    Setting::Map settings = {{"name", value}};
    Problems problems;
    interpolate_settings(settings, schema, context(), problems);

    ASSERT_EQ(problems.size(), 1u);
    const Problem& problem = *problems.begin();
    EXPECT_EQ(problem.option, "name");
    EXPECT_THAT(problem.message, HasSubstr("there is no function \"nope\""));
    ASSERT_TRUE(problem.range);
    EXPECT_EQ(problem.range->start.line, 2u);
}

TEST(Interpolate, MisspeltFieldsOfLateTextsAreWarnings) {
    struct Options {
        std::string command;
    };
    Schema<Options> schema("test", "");
    schema.option("command", &Options::command, "").rendered_late();
    const auto warnings = [&](const std::string& text) {
        Setting::Map settings = {{"command", text}};
        Problems problems;
        interpolate_settings(settings, schema, context(), problems);
        std::string all;
        for (const Problem& problem : problems) {
            EXPECT_EQ(problem.severity, Severity::Warning);
            all += problem.message;
        }
        return all;
    };
    EXPECT_EQ(warnings("{{ .Paths }}"), "command has no field .Paths. Did you mean \".Path\"?");
    EXPECT_EQ(warnings("{{ .Vars }} {{ .Path }} {{ .HTTPIP }} {{ .SomethingElse }}"), "");
    EXPECT_EQ(warnings("{{ if .Var }}x{{ end }}"),
              "command has no field .Var. Did you mean \".Vars\"?");
    EXPECT_EQ(warnings("{{ range .List }}{{ .Pat }}{{ end }}"), "");
    EXPECT_EQ(warnings("{{ broken"), "");
}

TEST(Interpolate, TextsWithoutTheirQuotesAreToldSo) {
    EXPECT_THAT(error_of("{{ user x }}"), HasSubstr("Texts stand in quotes: {{ user `x` }}."));
    EXPECT_THAT(error_of("{{ xy }}"), ::testing::Not(HasSubstr("Did you mean")));
}

TEST(Interpolate, LegacyFactsGiveUserVariablesAndTheTemplatesDirectory) {
    InterpolateContext with_facts = context();
    auto facts = std::make_shared<LegacyFacts>();
    facts->user = [](const std::string& name) {
        return name == "a" ? std::optional<std::string>("value") : std::nullopt;
    };
    facts->template_dir = "/templates";
    with_facts.legacy = facts;
    EXPECT_EQ(interpolate("{{user `a`}}|{{user `b`}}|{{template_dir}}", with_facts),
              "value||/templates");
    EXPECT_EQ(interpolate("{{ if eq (user `a` | upper) `VALUE` }}yes{{ end }}", with_facts), "yes");
    EXPECT_THROW(interpolate("{{env `HOME`}}", with_facts), Error);
    EXPECT_THROW(interpolate("{{vault `a` `b`}}", with_facts), Error);
    facts->in_variables = true;
    facts->secret = [](const std::string& function, const std::vector<std::string>& arguments) {
        return function + arguments.back();
    };
    EXPECT_EQ(interpolate("{{vault `a` `b`}} {{consul_key `k`}} {{aws_secretsmanager_raw `n`}}",
                          with_facts),
              "vaultb consul_keyk aws_secretsmanager_rawn");
    EXPECT_EQ(interpolate("{{env `KILN_TEST_NOT_SET`}}", with_facts), "");
}

}  // namespace
}  // namespace kiln
