#include <gtest/gtest.h>

#include "tests/unit/hcl/support.h"

/// One table for each section of spec/functions.md, beside what function_test.cpp took from the
/// reference console.
namespace kiln::hcl {
namespace {

using testing::check_table;
using testing::ConsoleCase;

// clang-format off
const ConsoleCase kGeneral[] = {
    {R"x(upper(12))x", "12"},
    {R"x(upper(true))x", "TRUE"},
    {R"x(abs("-3"))x", "3"},
    {R"x(abs("x"))x", "!Invalid value for \"num\" parameter: a number is required."},
    {R"x(join(",", [1, true]))x", "1,true"},
    {R"x(keys({b = 1}))x", "[\n  \"b\",\n]"},
    {R"x(upper(null))x", "!Invalid value for \"str\" parameter: argument must not be null."},
    {R"x(upper())x", "!Function \"upper\" expects 1 argument(s). Missing value for \"str\"."},
    {R"x(upper("a", "b"))x", "!Function \"upper\" expects only 1 argument(s)."},
    {R"x(substr("a"))x", "!Missing value for \"offset\""},
    {R"x(join())x", "!expects at least 1 argument(s)"},
    {R"x(uper("a"))x", "!There is no function named \"uper\". Did you mean \"upper\"?"},
    {R"x(zzzzzzz("a"))x", "!There is no function named \"zzzzzzz\"."},
    {R"x(max([1, 5, 3]...))x", "5"},
    {R"x(max(9, [1, 5, 3]...))x", "9"},
    {R"x(max(convert([1, 5], set(number))...))x", "5"},
    {R"x(max([]...))x", "!must pass at least one number"},
    {R"x(max(null...))x", "!"},
    {R"x(max("a"...))x", "!"},
    {R"x(max({a = 1}...))x", "!"},
    {R"x(upper(["a"]...))x", "A"},
    {R"x(upper(["a", "b"]...))x", "!expects only 1 argument(s)"},
    {R"x(upper("e\u0301"))x", "É"},
};

const ConsoleCase kNumeric[] = {
    {R"x(abs(3))x", "3"}, {R"x(abs(-0))x", "0"}, {R"x(abs(-1/0))x", "+Inf"},
    {R"x(ceil(-1.2))x", "-1"}, {R"x(ceil(2))x", "2"}, {R"x(ceil(1/0))x", "+Inf"}, {R"x(ceil("1.5"))x", "2"},
    {R"x(floor(1.9))x", "1"}, {R"x(floor(-1/0))x", "-Inf"},
    {R"x(log(16, 2))x", "4"}, {R"x(log(1, 10))x", "0"}, {R"x(log(0, 10))x", "-Inf"}, {R"x(log(-1, 10))x", "!"},
    {R"x(log(100, 10))x", "2"}, {R"x(log(10))x", "!Missing value for \"base\""},
    {R"x(max(1))x", "1"}, {R"x(max("10", 9))x", "10"}, {R"x(max(1, null))x", "!must not be null"},
    {R"x(min(3, 1, 2))x", "1"}, {R"x(min())x", "!must pass at least one number"}, {R"x(min(-1/0, 1))x", "-Inf"},
    {R"x(parseint("FF", 16))x", "255"}, {R"x(parseint("-101", 2))x", "-5"}, {R"x(parseint("+12", 10))x", "12"},
    {R"x(parseint("z", 36))x", "35"}, {R"x(parseint("Z", 36))x", "35"}, {R"x(parseint("a", 62))x", "10"}, {R"x(parseint("A", 62))x", "36"},
    {R"x(parseint("Z", 62))x", "61"},
    {R"x(parseint("zz", 10))x", "!cannot parse \"zz\" as a base 10 integer"},
    {R"x(parseint("", 10))x", "!cannot parse \"\" as a base 10 integer"},
    {R"x(parseint("1.5", 10))x", "!cannot parse"}, {R"x(parseint(" 1", 10))x", "!cannot parse"}, {R"x(parseint("0x1f", 16))x", "!cannot parse"},
    {R"x(parseint("1_000", 10))x", "!cannot parse"},
    {R"x(parseint(10, 10))x", "!first argument must be a string, not number"},
    {R"x(parseint(true, 10))x", "!first argument must be a string, not bool"},
    {R"x(parseint("1", 1))x", "!base must be a whole number between 2 and 62 inclusive"},
    {R"x(parseint("1", 63))x", "!base must be a whole number between 2 and 62 inclusive"},
    {R"x(parseint("1", 2.5))x", "!base must be a whole number between 2 and 62 inclusive"},
    {R"x(parseint("123456789012345678901234567890", 10) == 123456789012345678901234567890)x", "true"},
    {R"x(pow(3, 2))x", "9"}, {R"x(pow(4, 0.5))x", "2"}, {R"x(pow(2, -1))x", "0.5"}, {R"x(pow(0, 0))x", "1"}, {R"x(pow(-8, 0.5))x", "!"},
    {R"x(signum(0))x", "0"}, {R"x(signum(-3))x", "-1"}, {R"x(signum(12))x", "1"}, {R"x(signum(0.5))x", "!whole number"},
    {R"x(sum([1, 2.5]))x", "3.5"}, {R"x(sum(["1", 2]))x", "3"}, {R"x(sum(convert([1, 1, 2], set(number))))x", "3"},
    {R"x(sum([]))x", "!cannot sum an empty list"}, {R"x(sum([1, null]))x", "!number values"}, {R"x(sum(["a"]))x", "!number values"},
    {R"x(sum({a = 1}))x", "!must be list, set, or tuple"}, {R"x(sum(1))x", "!must be list, set, or tuple"}, {R"x(sum([0.1, 0.2]))x", "0.3"},
};

const ConsoleCase kStrings[] = {
    {R"x(jsonencode(chomp("a\r\n\n")))x", "\"a\""}, {R"x(jsonencode(chomp("a\n b")))x", "\"a\\n b\""}, {R"x(jsonencode(chomp("\r\r")))x", "\"\""}, {R"x(jsonencode(chomp("a ")))x", "\"a \""},
    {R"x(endswith("abc", "bc"))x", "true"}, {R"x(endswith("abc", ""))x", "true"}, {R"x(endswith("c", "bc"))x", "false"},
    {R"x(startswith("abc", "a"))x", "true"}, {R"x(startswith("abc", "ab "))x", "false"}, {R"x(startswith("", ""))x", "true"},
    {R"x(strcontains("abc", "b"))x", "true"}, {R"x(strcontains("abc", "B"))x", "false"},
    {R"x(jsonencode(formatlist("%s-%d", ["a", "b"], [1, 2])))x", "[\"a-1\",\"b-2\"]"},
    {R"x(jsonencode(formatlist("%s-%s", "x", ["a", "b"])))x", "[\"x-a\",\"x-b\"]"},
    {R"x(jsonencode(formatlist("%s", convert(["b", "a"], set(string)))))x", "[\"a\",\"b\"]"},
    {R"x(formatlist("%s-%s", ["a"], ["b", "c"]))x", "!argument 2 has length 2, which is inconsistent with argument 1 of length 1"},
    {R"x(jsonencode(formatlist("%s", "x")))x", "[\"x\"]"}, {R"x(jsonencode(formatlist("x")))x", "[\"x\"]"}, {R"x(jsonencode(formatlist("%s%s", "a", [])))x", "[]"},
    {R"x(formatlist("%d", ["a"]))x", "!error on format iteration 0"},
    {R"x(jsonencode(indent(2, "a\nb\n\nc")))x", "\"a\\n  b\\n  \\n  c\""}, {R"x(indent(0, "a\nb"))x", "a\nb"}, {R"x(indent(-1, "a"))x", "!"}, {R"x(indent(1.5, "a"))x", "!whole number"},
    {R"x(join(", ", ["a", "b"], ["c"]))x", "a, b, c"}, {R"x(join("-", []))x", ""}, {R"x(join("-", convert(["b", "a"], set(string))))x", "a-b"},
    {R"x(join(",", ["a", null]))x", "!element 1 is null; cannot concatenate null values"},
    {R"x(join(",", ["a"], ["b", null]))x", "!element 1 of list 2 is null; cannot concatenate null values"},
    {R"x(join(","))x", "!at least one list is required"}, {R"x(join(",", "a"))x", "!list of string required"}, {R"x(join(",", [["a"]]))x", "!"},
    {R"x(lower("ÀÉÎ ΑΣ"))x", "àéî ασ"}, {R"x(upper("é"))x", "É"}, {R"x(upper("straße ŉ"))x", "STRAßE ŉ"}, {R"x(upper("ﬁ"))x", "ﬁ"}, {R"x(upper("ǆ"))x", "Ǆ"},
    {R"x(jsonencode(regex("(\\d)(\\w)", "5a")))x", "[\"5\",\"a\"]"}, {R"x(regex("[a-z]+", "12ab34"))x", "ab"}, {R"x(regex("^$", ""))x", ""},
    {R"x(jsonencode(regex("(?P<y>\\d+)-(?P<m>\\d+)", "2024-05")))x", "{\"m\":\"05\",\"y\":\"2024\"}"},
    {R"x(jsonencode(regex("(?<y>\\d+)[(?<a>]?", "2024")))x", "{\"y\":\"2024\"}"},
    {R"x(jsonencode(regex("(a)|(b)", "b")))x", "[null,\"b\"]"}, {R"x(regex("(?i)ABC", "xabc"))x", "abc"}, {R"x(regex("\\p{Lu}", "aÉ"))x", "É"}, {R"x(regex("é", "e\u0301"))x", "é"},
    {R"x(regex("x", "abc"))x", "!pattern did not match any part of the given string"},
    {R"x(regex("(?P<a>a)(b)", "ab"))x", "!cannot mix both named and unnamed capture groups"},
    {R"x(regex("(", "a"))x", "!"}, {R"x(regex("a**", "a"))x", "!"}, {R"x(regex("(?=a)", "a"))x", "!"}, {R"x(regex("(a)\\1", "aa"))x", "!"},
    {R"x(jsonencode(regexall("[a-z]", "a1b")))x", "[\"a\",\"b\"]"}, {R"x(jsonencode(regexall("(\\w)(\\d)", "a1 b2")))x", "[[\"a\",\"1\"],[\"b\",\"2\"]]"},
    {R"x(jsonencode(regexall("(?P<l>[a-z])", "ab")))x", "[{\"l\":\"a\"},{\"l\":\"b\"}]"}, {R"x(jsonencode(regexall("x", "abc")))x", "[]"},
    {R"x(jsonencode(regexall("a*", "baaac")))x", "[\"\",\"aaa\",\"\"]"}, {R"x(jsonencode(regexall("", "ab")))x", "[\"\",\"\",\"\"]"}, {R"x(jsonencode(regexall("", "é")))x", "[\"\",\"\"]"},
    {R"x(regex_replace("-ab-axxb-", "a(x*)b", "$${1}W"))x", "-W-xxW-"}, {R"x(regex_replace("-ab-axxb-", "a(x*)b", "$1W"))x", "---"},
    {R"x(regex_replace("ab", "(?P<x>a)", "[$${x}$x]"))x", "[aa]b"}, {R"x(regex_replace("ab", "a", "$$"))x", "$b"}, {R"x(regex_replace("ab", "a", "$"))x", "$b"}, {R"x(regex_replace("ab", "(a)", "$01"))x", "b"},
    {R"x(regex_replace("baaac", "a*", "x"))x", "xbxcx"}, {R"x(regex_replace("abc", "", "-"))x", "-a-b-c-"}, {R"x(regex_replace("é", "", "-"))x", "-é-"}, {R"x(regex_replace("abc", "z", "-"))x", "abc"},
    {R"x(regex_replace("2024-01-02T03:04:05Z", "[- TZ:]", ""))x", "20240102030405"},
    {R"x(replace("a.b", ".", "-"))x", "a-b"}, {R"x(replace("1 + 2", "/\\d/", "x"))x", "1 + 2"}, {R"x(replace("aaa", "aa", "b"))x", "ba"}, {R"x(replace("éa", "", "-"))x", "-é-a-"}, {R"x(replace("", "", "x"))x", "x"},
    {R"x(jsonencode(split(",", "a,,b")))x", "[\"a\",\"\",\"b\"]"}, {R"x(jsonencode(split("", "aéb")))x", "[\"a\",\"é\",\"b\"]"}, {R"x(jsonencode(split(",", "")))x", "[\"\"]"}, {R"x(jsonencode(split("", "")))x", "[]"}, {R"x(jsonencode(split("ab", "abab")))x", "[\"\",\"\",\"\"]"},
    {R"x(strrev("héllo"))x", "olléh"}, {R"x(strrev("👨‍👩‍👧a"))x", "a👨‍👩‍👧"}, {R"x(strrev(""))x", ""},
    {R"x(substr("hello", 1, 3))x", "ell"}, {R"x(substr("hello", -3, -1))x", "llo"}, {R"x(substr("hello", 0, -1))x", "hello"}, {R"x(substr("hello", 0, 0))x", ""}, {R"x(substr("hello", -3, 0))x", "llo"},
    {R"x(substr("hello", -3, 2))x", "ll"}, {R"x(substr("hello", 9, 1))x", ""}, {R"x(substr("hello", 5, 1))x", ""}, {R"x(substr("hello", -9, 2))x", "he"}, {R"x(substr("hello", 2, 99))x", "llo"}, {R"x(substr("a👨‍👩‍👧b", 1, 1))x", "👨‍👩‍👧"}, {R"x(substr("", 0, 1))x", ""}, {R"x(substr("a", 0.5, 1))x", "!whole number"},
    {R"x(title("hello wOrld"))x", "Hello WOrld"}, {R"x(title("it's o'neil"))x", "It'S O'Neil"}, {R"x(title("a_b 1x-y"))x", "A_b 1x-Y"}, {R"x(title("«a» b—c"))x", "«a» B—c"}, {R"x(title("ßa"))x", "ßa"},
    {R"x(trim("?!a!?", "!?"))x", "a"}, {R"x(trim("éaé", "é"))x", "a"}, {R"x(trim("abc", ""))x", "abc"}, {R"x(trim("aaa", "a"))x", ""},
    {R"x(trimprefix("helloworld", "hello"))x", "world"}, {R"x(trimprefix("aab", "a"))x", "ab"}, {R"x(trimprefix("a", "b"))x", "a"}, {R"x(trimsuffix("baa", "a"))x", "ba"}, {R"x(trimsuffix("a", "aa"))x", "a"},
    {R"x(jsonencode(trimspace(" \t\na b\u00a0\u2003\r\n")))x", "\"a b\""},
};

const ConsoleCase kCollections[] = {
    {R"x(alltrue([true, true]))x", "true"}, {R"x(alltrue([true, "false"]))x", "false"}, {R"x(alltrue(["x"]))x", "!"}, {R"x(alltrue([1]))x", "!"}, {R"x(alltrue([]))x", "true"}, {R"x(alltrue([true, null]))x", "false"},
    {R"x(anytrue([null, true]))x", "true"}, {R"x(anytrue([null]))x", "false"}, {R"x(anytrue([]))x", "false"}, {R"x(anytrue(true))x", "!"},
    {R"x(jsonencode(chunklist(["a", "b", "c"], 2)))x", "[[\"a\",\"b\"],[\"c\"]]"}, {R"x(jsonencode(chunklist(["a", "b"], 0)))x", "[[\"a\",\"b\"]]"}, {R"x(jsonencode(chunklist([], 2)))x", "[]"}, {R"x(jsonencode(chunklist([1, "a"], 1)))x", "[[\"1\"],[\"a\"]]"}, {R"x(chunklist(["a"], -1))x", "!positive"}, {R"x(chunklist(["a"], 1.5))x", "!whole number"},
    {R"x(coalesce("", "b"))x", "b"}, {R"x(coalesce(null, 1))x", "1"}, {R"x(coalesce(1, "a"))x", "1"}, {R"x(coalesce("", null))x", "!no non-null, non-empty-string arguments"}, {R"x(coalesce())x", "!"}, {R"x(jsonencode(coalesce(null, [1])))x", "[1]"}, {R"x(coalesce(1, [1]))x", "!same type"}, {R"x(coalesce(false, true))x", "false"},
    {R"x(jsonencode(coalescelist([], ["c"])))x", "[\"c\"]"}, {R"x(jsonencode(coalescelist(null, [1], [2])))x", "[1]"}, {R"x(coalescelist([], null))x", "!no non-null arguments"}, {R"x(coalescelist("a"))x", "!must be lists or tuples"}, {R"x(coalescelist())x", "!"},
    {R"x(jsonencode(compact(["a", "", "b", null])))x", "[\"a\",\"b\"]"}, {R"x(jsonencode(compact([1, ""])))x", "[\"1\"]"}, {R"x(jsonencode(compact([])))x", "[]"},
    {R"x(jsonencode(concat(["a"], [1])))x", "[\"a\",1]"}, {R"x(jsonencode(concat([])))x", "[]"}, {R"x(concat())x", "!at least one argument"}, {R"x(concat("a"))x", "!must be lists or tuples"}, {R"x(concat([1], null))x", "!must not be null"},
    {R"x(concat(convert(["a"], list(string)), convert(["b"], list(string))) == convert(["a", "b"], list(string)))x", "true"},
    {R"x(concat(convert(["a"], list(string)), convert([1], list(number))) == convert(["a", "1"], list(string)))x", "true"},
    {R"x(concat(convert(["a"], list(string)), ["b"]) == ["a", "b"])x", "true"},
    {R"x(contains(["a"], "a"))x", "true"}, {R"x(contains([1], "1"))x", "false"}, {R"x(contains([], 1))x", "false"}, {R"x(contains([[1]], [1]))x", "true"}, {R"x(contains(convert(["a"], set(string)), "a"))x", "true"}, {R"x(contains({a = 1}, "a"))x", "!must be list, tuple, or set"}, {R"x(contains("abc", "a"))x", "!"},
    {R"x(jsonencode(distinct(["a", "b", "a"])))x", "[\"a\",\"b\"]"}, {R"x(jsonencode(distinct([2, 1, 2.0])))x", "[2,1]"}, {R"x(jsonencode(distinct([])))x", "[]"}, {R"x(jsonencode(distinct([[1], [1], [2]])))x", "[[1],[2]]"},
    {R"x(element(["a", "b", "c"], 4))x", "b"}, {R"x(element(["a"], -1))x", "!cannot use element function with a negative index"}, {R"x(element([], 0))x", "!cannot use element function with an empty list"}, {R"x(element(convert(["a"], set(string)), 0))x", "!"}, {R"x(element("a", 0))x", "!"}, {R"x(element([1, "x"], 1))x", "x"}, {R"x(element([1], 0.5))x", "!whole number"},
    {R"x(jsonencode(flatten([["a"], [["b"]], "c"])))x", "[\"a\",\"b\",\"c\"]"}, {R"x(jsonencode(flatten([])))x", "[]"}, {R"x(jsonencode(flatten([{a = [1]}, [null]])))x", "[{\"a\":[1]},null]"}, {R"x(flatten("a"))x", "!can only flatten"}, {R"x(flatten({}))x", "!can only flatten"}, {R"x(jsonencode(flatten([convert(["b", "a"], set(string))])))x", "[\"a\",\"b\"]"},
    {R"x(index(["a", "b"], "b"))x", "1"}, {R"x(index([1], "1"))x", "!item not found"}, {R"x(index([], 1))x", "!cannot search an empty list"}, {R"x(index("a", "a"))x", "!must be a list or tuple"}, {R"x(index(["a", "a"], "a"))x", "0"},
    {R"x(jsonencode(keys({b = 1, a = 2})))x", "[\"a\",\"b\"]"}, {R"x(jsonencode(keys({})))x", "[]"}, {R"x(jsonencode(keys(convert({b = 1, B = 1}, map(number)))))x", "[\"B\",\"b\"]"}, {R"x(keys([1]))x", "!must have map or object type"},
    {R"x(length("né"))x", "2"}, {R"x(length(""))x", "0"}, {R"x(length([1, 2]))x", "2"}, {R"x(length({a = 1}))x", "1"}, {R"x(length(convert([1, 1], set(number))))x", "1"}, {R"x(length(5))x", "!"}, {R"x(length(null))x", "!must not be null"},
    {R"x(lookup({a = 1}, "b", 2))x", "2"}, {R"x(lookup({a = 1}, "a", "x"))x", "1"}, {R"x(lookup({a = 1}, "a"))x", "!Missing value for \"default\""}, {R"x(lookup(convert({a = 1}, map(number)), "b", "2"))x", "2"}, {R"x(lookup(convert({a = 1}, map(number)), "a", "x"))x", "!same type as the map"}, {R"x(lookup(["a"], "a", 1))x", "!requires a map"}, {R"x(lookup({a = {b = 1}}, "c", {}))x", "{}"},
    {R"x(jsonencode(merge({a = 1, b = 1}, {a = "x"})))x", "{\"a\":\"x\",\"b\":1}"}, {R"x(jsonencode(merge()))x", "{}"}, {R"x(jsonencode(merge(null, {a = 1}, null)))x", "{\"a\":1}"}, {R"x(jsonencode(merge({a = {b = 1}}, {a = {c = 2}})))x", "{\"a\":{\"c\":2}}"}, {R"x(merge("a"))x", "!must be maps or objects"}, {R"x(jsonencode(merge(null)))x", "{}"},
    {R"x(jsonencode(range(3)))x", "[0,1,2]"}, {R"x(jsonencode(range(1, 4)))x", "[1,2,3]"}, {R"x(jsonencode(range(10, 0, -3)))x", "[10,7,4,1]"}, {R"x(jsonencode(range(0)))x", "[]"}, {R"x(jsonencode(range(-2)))x", "[0,-1]"}, {R"x(jsonencode(range(2, 2)))x", "[]"}, {R"x(jsonencode(range(0, 1, 0.25)))x", "[0,0.25,0.5,0.75]"}, {R"x(jsonencode(range(3, 0)))x", "[3,2,1]"},
    {R"x(range(0, 3, 0))x", "!step must not be zero"}, {R"x(range(0, 3, -1))x", "!"}, {R"x(range(3, 0, 1))x", "!"}, {R"x(length(range(1024)))x", "1024"}, {R"x(range(1025))x", "!1024"}, {R"x(range(1, 2, 3, 4))x", "!"}, {R"x(range())x", "!"},
    {R"x(jsonencode(reverse(["a", 1])))x", "[1,\"a\"]"}, {R"x(jsonencode(reverse(convert(["a", "b"], set(string)))))x", "[\"b\",\"a\"]"}, {R"x(reverse({}))x", "!can only reverse"}, {R"x(jsonencode(reverse([])))x", "[]"},
    {R"x(jsonencode(setintersection(["a", "b"], ["b"], ["b", "c"])))x", "[\"b\"]"}, {R"x(jsonencode(setintersection([1], ["1"])))x", "[\"1\"]"}, {R"x(jsonencode(setintersection(["a"], [])))x", "[]"}, {R"x(setintersection())x", "!"}, {R"x(setintersection([1], [[1]]))x", "!"},
    {R"x(jsonencode(setunion(["b"], ["a", "b"])))x", "[\"a\",\"b\"]"}, {R"x(jsonencode(setunion([10, 9], [true ? 1 : 0])))x", "[1,9,10]"}, {R"x(jsonencode(setunion([true, false])))x", "[false,true]"}, {R"x(jsonencode(setunion([])))x", "[]"},
    {R"x(jsonencode(setproduct(["a"], [1, 2])))x", "[[\"a\",1],[\"a\",2]]"}, {R"x(jsonencode(setproduct([1, 2], ["x", "y"], [true])))x", "[[1,\"x\",true],[1,\"y\",true],[2,\"x\",true],[2,\"y\",true]]"}, {R"x(jsonencode(setproduct(["a"], [])))x", "[]"}, {R"x(setproduct(["a"]))x", "!at least two arguments are required"}, {R"x(setproduct("a", ["b"]))x", "!"}, {R"x(jsonencode(setproduct(convert(["b", "a"], set(string)), convert(["c"], set(string)))))x", "[[\"a\",\"c\"],[\"b\",\"c\"]]"},
    {R"x(jsonencode(slice(["a", "b", "c"], 1, 2)))x", "[\"b\"]"}, {R"x(jsonencode(slice(["a"], 0, 0)))x", "[]"}, {R"x(jsonencode(slice(["a", 1], 0, 2)))x", "[\"a\",1]"}, {R"x(slice(["a"], 0, 2))x", "!end index must not be greater than the length of the list"}, {R"x(slice(["a"], -1, 1))x", "!start index must not be less than zero"}, {R"x(slice(["a"], 1, 0))x", "!start index must not be greater than end index"}, {R"x(slice("abc", 0, 1))x", "!"}, {R"x(slice(convert(["a"], set(string)), 0, 1))x", "!cannot slice a set"},
    {R"x(jsonencode(sort(["b", "A", "a", "é", "z"])))x", "[\"A\",\"a\",\"b\",\"z\",\"é\"]"}, {R"x(sort(["a", null]))x", "!"}, {R"x(jsonencode(sort([])))x", "[]"},
    {R"x(jsonencode(values({b = 1, a = "x"})))x", "[\"x\",1]"}, {R"x(jsonencode(values({})))x", "[]"}, {R"x(values([1]))x", "!requires a map"},
    {R"x(jsonencode(zipmap(["a", "b"], [1, "x"])))x", "{\"a\":1,\"b\":\"x\"}"}, {R"x(jsonencode(zipmap(["a", "a"], [1, 2])))x", "{\"a\":2}"}, {R"x(zipmap(["a"], [1, 2]))x", "!does not match"}, {R"x(zipmap(["a"], "x"))x", "!must be a list or tuple"}, {R"x(zipmap(["a"], convert([1], list(number))) == convert({a = 1}, map(number)))x", "true"}, {R"x(jsonencode(zipmap([], [])))x", "{}"},
};

const ConsoleCase kEncoding[] = {
    {R"x(base64decode("YQ=="))x", "a"}, {R"x(base64decode(""))x", ""}, {R"x(base64decode("aMOp"))x", "hé"}, {R"x(base64decode("YQ"))x", "!"}, {R"x(base64decode("Y Q="))x", "!"}, {R"x(base64decode("_w=="))x", "!"}, {R"x(base64decode("/w=="))x", "!the result of decoding the provided string is not valid UTF-8"}, {R"x(base64decode("YW\nI="))x", "ab"},
    {R"x(base64encode("hé"))x", "aMOp"}, {R"x(base64encode(""))x", ""}, {R"x(base64encode(5))x", "NQ=="},
    {R"x(startswith(base64gzip("x"), "H4sIAAAAAAA"))x", "true"},
    {R"x(jsonencode(csvdecode("a,b\n1,2\n")))x", "[{\"a\":\"1\",\"b\":\"2\"}]"}, {R"x(jsonencode(csvdecode("a,b\r\n\"1\r\n2\",\" x\"\r\n\r\n,\r")))x", "[{\"a\":\"1\\n2\",\"b\":\" x\"},{\"a\":\"\",\"b\":\"\"}]"}, {R"x(jsonencode(csvdecode("a,b")))x", "[]"}, {R"x(csvdecode(""))x", "!missing header line"}, {R"x(csvdecode("a,a\n1,2"))x", "!duplicate column name \"a\""}, {R"x(csvdecode("a,b\n1\n"))x", "!wrong number of fields"}, {R"x(csvdecode("a\nx\"y\n"))x", "!"}, {R"x(csvdecode("a\n\"x"))x", "!"}, {R"x(jsonencode(csvdecode("a\n\"\"\"x\"\"\"\n")))x", "[{\"a\":\"\\\"x\\\"\"}]"},
    {R"x(jsonencode(jsondecode("{\"a\":[1,null]}")))x", "{\"a\":[1,null]}"}, {R"x(jsondecode("\"\\ud83d\\ude00\\ud83d\""))x", "😀\uFFFD"}, {R"x(jsondecode("1e3"))x", "1000"}, {R"x(jsondecode("0.1") == 0.1)x", "true"}, {R"x(jsonencode(jsondecode("{\"a\":1,\"a\":2}")))x", "{\"a\":2}"}, {R"x(jsondecode("null") == null)x", "true"}, {R"x(jsondecode(" true "))x", "true"}, {R"x(jsondecode(""))x", "!text ends"}, {R"x(jsondecode("[1,]"))x", "!comma"}, {R"x(jsondecode("{} x"))x", "!holds one value"}, {R"x(jsondecode("01"))x", "!"}, {R"x(jsondecode("{a:1}"))x", "!"}, {R"x(jsondecode("'a'"))x", "!"},
    {R"x(jsonencode({b=1,a="<>&\u2028\u2029"}))x", "{\"a\":\"\\u003c\\u003e\\u0026\\u2028\\u2029\",\"b\":1}"}, {R"x(jsonencode("\"\\/\u0008\u000c\n\r\t\u0001"))x", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\""}, {R"x(jsonencode(1e21))x", "1000000000000000000000"}, {R"x(jsonencode(0.000001))x", "0.000001"}, {R"x(jsonencode(null))x", "null"}, {R"x(jsonencode([null, {}, [], true]))x", "[null,{},[],true]"}, {R"x(jsonencode(1/0))x", "!"}, {R"x(jsonencode(convert(["b", "a"], set(string))))x", "[\"a\",\"b\"]"},
    {R"x(textencodebase64("a", "UTF-16LE"))x", "YQA="}, {R"x(textencodebase64("a", "utf-16be"))x", "AGE="}, {R"x(textencodebase64("a", "UTF-16"))x", "/v8AYQ=="}, {R"x(textencodebase64("é€", "windows-1252"))x", "6YA="}, {R"x(textencodebase64("é", "UTF-8"))x", "w6k="}, {R"x(textencodebase64("日", "Shift_JIS"))x", "k/o="}, {R"x(textencodebase64("日", "ISO-8859-1"))x", "!cannot be represented in ISO-8859-1"}, {R"x(textencodebase64("a", "nope"))x", "!not a supported IANA encoding name"}, {R"x(textencodebase64("a", "UTF-8//TRANSLIT"))x", "!not a supported IANA encoding name"}, {R"x(textencodebase64("a", ""))x", "!"},
    {R"x(textdecodebase64("YQA=", "UTF-16LE"))x", "a"}, {R"x(textdecodebase64("AGE=", "UTF-16"))x", "a"}, {R"x(textdecodebase64("//5hAA==", "UTF-16"))x", "a"}, {R"x(textdecodebase64("6Q==", "ISO-8859-1"))x", "é"}, {R"x(textdecodebase64("!", "UTF-8"))x", "!base64"}, {R"x(textdecodebase64("/w==", "UTF-8"))x", "!"}, {R"x(textdecodebase64("77+9", "UTF-8"))x", "!"}, {R"x(textdecodebase64("YQ==", "nope"))x", "!"},
    {R"x(urlencode("a b&c/é"))x", "a+b%26c%2F%C3%A9"}, {R"x(urlencode("-_.~*'()+"))x", "-_.~%2A%27%28%29%2B"}, {R"x(urlencode(""))x", ""},
    {R"x(jsonencode(yamldecode("a: [1, yes, No, on, y, ~, null, '5', 0x1F, 0o17, 0b11, 017]")))x", "{\"a\":[1,true,false,true,true,null,null,\"5\",31,15,3,15]}"}, {R"x(jsonencode(yamldecode("- a\n- b: c\n")))x", "[\"a\",{\"b\":\"c\"}]"}, {R"x(jsonencode(yamldecode("")))x", "null"}, {R"x(yamldecode("1.5e3"))x", "1500"}, {R"x(yamldecode(".inf"))x", "+Inf"}, {R"x(jsonencode(yamldecode("a: &x [1]\nb: *x")))x", "{\"a\":[1],\"b\":[1]}"}, {R"x(jsonencode(yamldecode("a: !!binary aGk=")))x", "{\"a\":\"aGk=\"}"}, {R"x(jsonencode(yamldecode("a: |\n  x\n  y\n")))x", "{\"a\":\"x\\ny\\n\"}"}, {R"x(yamldecode("a: b: c"))x", "!"}, {R"x(yamldecode("---\na\n---\nb"))x", "!"}, {R"x(yamldecode("[1]: 2"))x", "!"},
    {R"x(yamlencode({a=[1]}))x", "\"a\":\n- 1\n"}, {R"x(yamlencode([]))x", "[]\n"}, {R"x(yamlencode({b={},a=[[],{}]}))x", "\"a\":\n- []\n- {}\n\"b\": {}\n"}, {R"x(yamlencode("x: y"))x", "\"x: y\"\n"}, {R"x(yamlencode(true))x", "true\n...\n"}, {R"x(yamlencode("a\n"))x", "|\n  a\n"}, {R"x(yamlencode("a\n\n"))x", "|+\n  a\n\n"}, {R"x(yamlencode({a=null}))x", "\"a\": null\n"}, {R"x(yamlencode("é\t\u0001"))x", "\"é\\t\\x01\"\n"},
};

const ConsoleCase kFiles[] = {
    {R"x(abspath("/a//b/../c/."))x", "/a/c"}, {R"x(abspath("x") == "${abspath(".")}/x")x", "true"}, {R"x(abspath("") == abspath("."))x", "true"},
    {R"x(basename("a/b/"))x", "b"}, {R"x(basename("///"))x", "/"}, {R"x(basename("a"))x", "a"}, {R"x(basename("a/.."))x", ".."},
    {R"x(dirname("/a/b"))x", "/a"}, {R"x(dirname("a//b"))x", "a"}, {R"x(dirname("/a"))x", "/"}, {R"x(dirname("a/../b/c"))x", "b"},
    {R"x(file("/nope/x"))x", "!no file exists at /nope/x"}, {R"x(filebase64("/nope/x"))x", "!"}, {R"x(fileexists("/"))x", "!is not a regular file"}, {R"x(jsonencode(fileset("/nope", "*")))x", "[]"},
    {R"x(pathexpand("a/~"))x", "a/~"}, {R"x(pathexpand("~nobody/x"))x", "!"}, {R"x(pathexpand(""))x", ""}, {R"x(startswith(pathexpand("~/x"), "/"))x", "true"},
    {R"x(templatefile("/nope", []))x", "!invalid vars value: must be a map"},
};

const ConsoleCase kCrypto[] = {
    {R"x(md5(""))x", "d41d8cd98f00b204e9800998ecf8427e"}, {R"x(sha1("abc"))x", "a9993e364706816aba3e25717850c26c9cd0d89d"}, {R"x(sha256("abc"))x", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}, {R"x(sha512("abc"))x", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}, {R"x(md5([]))x", "!string required"},
    {R"x(startswith(bcrypt("x", 4), "$2a$04$"))x", "true"}, {R"x(length(bcrypt("x", 4)))x", "60"}, {R"x(bcrypt("x", 4) == bcrypt("x", 4))x", "false"}, {R"x(startswith(bcrypt("x", 3), "$2a$10$"))x", "true"}, {R"x(bcrypt("x", 32))x", "!outside the allowed range"}, {R"x(bcrypt("x", 4, 5))x", "!no more than two arguments"}, {R"x(bcrypt("x", 4.5))x", "!whole number"}, {R"x(bcrypt())x", "!"}, {R"x(bcrypt(join("", [for i in range(73) : "x"]), 4))x", "!no more than 72"}, {R"x(startswith(bcrypt(join("", [for i in range(72) : "x"]), 4), "$2a$"))x", "true"}, {R"x(bcrypt("a\u0000b", 4))x", "!null character"},
    {R"x(uuidv4() == uuidv4())x", "false"}, {R"x(jsonencode(regexall("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", uuidv4())) != "[]")x", "true"}, {R"x(uuidv4(1))x", "!expects only 0"},
    {R"x(uuidv5("url", "https://example.com/"))x", "dd2c1780-811a-5296-81c5-178a0ef488bc"}, {R"x(uuidv5("oid", "1.3.6.1.4"))x", "af9d40a5-7a36-5c07-b23a-851cd99fbfa5"}, {R"x(uuidv5("x500", "CN=Example,C=GB"))x", "84e09961-4aa4-57f8-95b7-03edb1073253"}, {R"x(uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "example.com"))x", "cfbff0d1-9375-5685-968c-48ce8b15ae17"}, {R"x(uuidv5("nope", "x"))x", "!"},
    {R"x(rsadecrypt("!", "x"))x", "!"}, {R"x(rsadecrypt("YQ==", "x"))x", "!key"},
};

const ConsoleCase kNetworkAndTime[] = {
    {R"x(cidrhost("10.12.112.0/20", 268))x", "10.12.113.12"}, {R"x(cidrhost("10.0.0.7/8", 1))x", "10.0.0.1"}, {R"x(cidrhost("10.0.0.0/30", -4))x", "10.0.0.0"}, {R"x(cidrhost("10.0.0.0/30", -5))x", "!does not accommodate"}, {R"x(cidrhost("10.0.0.0/32", 0))x", "10.0.0.0"}, {R"x(cidrhost("10.0.0.0/32", 1))x", "!"}, {R"x(cidrhost("fd00:fd12:3456:7890:00a2::/72", 34))x", "fd00:fd12:3456:7890::22"}, {R"x(cidrhost("::/64", 2))x", "::2"}, {R"x(cidrhost("::/64", 65538))x", "::1:2"}, {R"x(cidrhost("1:0:0:2::/64", 0))x", "1:0:0:2::"}, {R"x(cidrhost("10.0.0.0", 1))x", "!invalid CIDR"}, {R"x(cidrhost("10.0.0.0/33", 1))x", "!invalid CIDR"}, {R"x(cidrhost("x/8", 1))x", "!invalid CIDR"}, {R"x(cidrhost("10.0.0.0/8", 1.5))x", "!whole number"},
    {R"x(cidrnetmask("172.16.0.0/12"))x", "255.240.0.0"}, {R"x(cidrnetmask("0.0.0.0/0"))x", "0.0.0.0"}, {R"x(cidrnetmask("1.2.3.4/32"))x", "255.255.255.255"}, {R"x(cidrnetmask("::/0"))x", "::"}, {R"x(cidrnetmask("::/128"))x", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {R"x(cidrsubnet("172.16.0.0/12", 4, 2))x", "172.18.0.0/16"}, {R"x(cidrsubnet("10.1.2.0/24", 4, 15))x", "10.1.2.240/28"}, {R"x(cidrsubnet("10.1.2.0/24", 4, 16))x", "!does not accommodate"}, {R"x(cidrsubnet("10.1.2.0/24", 0, 0))x", "10.1.2.0/24"}, {R"x(cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162))x", "fd00:fd12:3456:7800:a200::/72"}, {R"x(cidrsubnet("10.0.0.0/24", 9, 0))x", "!insufficient address space"}, {R"x(cidrsubnet("::/0", 33, 0))x", "!"},
    {R"x(jsonencode(cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)))x", "[\"10.1.0.0/20\",\"10.1.16.0/20\",\"10.1.32.0/24\",\"10.1.48.0/20\"]"}, {R"x(jsonencode(cidrsubnets("fd00::/56", 8, 8)))x", "[\"fd00::/64\",\"fd00:0:0:1::/64\"]"}, {R"x(jsonencode(cidrsubnets("10.0.0.0/8")))x", "[]"}, {R"x(cidrsubnets("10.0.0.0/8", 0))x", "!at least one bit"}, {R"x(cidrsubnets("::/0", 33))x", "!32"}, {R"x(cidrsubnets("10.0.0.0/30", 3))x", "!too long"}, {R"x(cidrsubnets("10.0.0.0/30", 1, 1, 1))x", "!not enough remaining address space"},
    {R"x(legacy_isotime("2006") == formatdate("YYYY", timestamp()))x", "true"}, {R"x(length(legacy_isotime()))x", "20"}, {R"x(legacy_isotime("", ""))x", "!"}, {R"x(legacy_strftime("%Y") == formatdate("YYYY", timestamp()))x", "true"}, {R"x(legacy_strftime("%Q%%x"))x", "%Q%x"}, {R"x(length(legacy_strftime("%L")))x", "4"}, {R"x(legacy_strftime("%z %Z"))x", "+0000 UTC"},
    {R"x(jsonencode(rfc3339_parse("2024-02-29T23:59:58.5+05:30")))x", "{\"day\":29,\"hour\":23,\"iso_week\":9,\"iso_year\":2024,\"minute\":59,\"month\":2,\"month_name\":\"February\",\"second\":58,\"unix\":1709231398,\"weekday\":4,\"weekday_name\":\"Thursday\",\"year\":2024,\"year_day\":60}"}, {R"x(rfc3339_parse("2024-01-01 00:00:00Z").year)x", "2024"}, {R"x(rfc3339_parse("2024-01-01T00:00:00"))x", "!\"2024-01-01T00:00:00\" is not a valid RFC3339 timestamp"}, {R"x(rfc3339_parse("2024-13-01T00:00:00Z"))x", "!is not a valid RFC3339 timestamp"}, {R"x(rfc3339_parse("2023-02-29T00:00:00Z"))x", "!"},
    {R"x(jsonencode(unix_timestamp_parse(1700000000)))x", "{\"day\":14,\"hour\":22,\"iso_week\":46,\"iso_year\":2023,\"minute\":13,\"month\":11,\"month_name\":\"November\",\"rfc3339\":\"2023-11-14T22:13:20Z\",\"second\":20,\"weekday\":2,\"weekday_name\":\"Tuesday\",\"year\":2023,\"year_day\":318}"}, {R"x(unix_timestamp_parse(-1).rfc3339)x", "1969-12-31T23:59:59Z"}, {R"x(unix_timestamp_parse("0").year)x", "1970"}, {R"x(unix_timestamp_parse(0.5))x", "!whole number"},
    {R"x(timeadd("2017-11-22T00:00:00Z", "1h30m"))x", "2017-11-22T01:30:00Z"}, {R"x(timeadd("2017-11-22T00:00:00Z", "-10m"))x", "2017-11-21T23:50:00Z"}, {R"x(timeadd("2017-11-22T00:00:00+01:00", "0s"))x", "2017-11-22T00:00:00+01:00"}, {R"x(timeadd("2017-11-22", "1h"))x", "!"}, {R"x(timeadd("2017-11-22T00:00:00Z", "1"))x", "!invalid duration"}, {R"x(timeadd("2017-11-22T00:00:00Z", "500ms"))x", "2017-11-22T00:00:00Z"},
    {R"x(length(timestamp()))x", "20"}, {R"x(endswith(timestamp(), "Z"))x", "true"}, {R"x(timestamp(1))x", "!"},
    {R"x(can(1))x", "true"}, {R"x(can(local.zz))x", "false"}, {R"x(can(null))x", "true"}, {R"x(can([1][2]))x", "false"}, {R"x(can())x", "!"}, {R"x(can(1, 2))x", "!"},
    {R"x(try(local.zz, "d"))x", "d"}, {R"x(try([1][0], "d"))x", "1"}, {R"x(try(1/0 - 1/0, {a = 1}.b, 5))x", "5"}, {R"x(try(local.zz, [0][1]))x", "!no expression succeeded"}, {R"x(try())x", "!at least one argument"},
    {R"x(convert("5", number) + 1)x", "6"}, {R"x(convert(null, string) == null)x", "true"}, {R"x(convert([1], any) == [1])x", "true"}, {R"x(jsonencode(convert({a = 1, b = 2}, object({a = string}))))x", "{\"a\":\"1\"}"}, {R"x(convert({}, object({a = optional(string)})))x", "!"}, {R"x(convert({}, object({a = optional(string, "x")})))x", "!"}, {R"x(convert("1", bool))x", "true"}, {R"x(convert("yes", bool))x", "!a bool is required"},
    {R"x(vault("a", "b"))x", "!vault() cannot be used here"}, {R"x(consul_key("a"))x", "!consul_key() cannot be used here"}, {R"x(aws_secretsmanager("a", null))x", "!aws_secretsmanager() cannot be used here"}, {R"x(aws_secretsmanager_raw("a"))x", "!aws_secretsmanager_raw() cannot be used here"}, {R"x(vault("a"))x", "!Missing value for \"key\""}, {R"x(vault(null, "a"))x", "!must not be null"}, {R"x(aws_secretsmanager("a"))x", "!Missing value for \"key\""}, {R"x(env("HOME"))x", "!There is no function named \"env\""},
};

const ConsoleCase kFormat[] = {
    {R"x(format("%v %v %v %v", "a", 1, true, null))x", "a 1 true null"}, {R"x(format("%v", 1000000))x", "1e+06"}, {R"x(format("%v", 123456))x", "123456"}, {R"x(format("%v", 0.00001))x", "1e-05"}, {R"x(format("%v", 1.5))x", "1.5"}, {R"x(format("%#v", {a = "<"}))x", "{\"a\":\"\\u003c\"}"}, {R"x(format("%v", ["a", 1]))x", "[\"a\",1]"}, {R"x(format("%8v|%-8v|", "é", 1))x", "       é|1       |"}, {R"x(format("%#v", 1000000))x", "1000000"}, {R"x(format("%#v", null))x", "null"},
    {R"x(format("%t %t %5t", true, "false", "1"))x", "true false true"}, {R"x(format("%t", 1))x", "!unsupported value for \"%t\" at 0"},
    {R"x(format("%d %+d %05d|%-5d|%5d", "7", 7, -7, 7, 7))x", "7 +7 -0007|7    |    7"}, {R"x(format("%b %o %x %X %#x %#X %#o %#b", 5, 8, 255, 255, 255, 255, 8, 5))x", "101 10 ff FF 0xff 0XFF 010 0b101"}, {R"x(format("%.4d", 7))x", "0007"}, {R"x(format("%d", 1.5))x", "!unsupported value for \"%d\" at 0: an integer is required"}, {R"x(format("%d", "x"))x", "!a number is required"}, {R"x(format("%d", 123456789012345678901234567890))x", "123456789012345678901234567890"}, {R"x(format("% d", 5))x", " 5"},
    {R"x(format("%e %E %f %g %G", 1.5, 1.5, 1.5, 1.5, 1e21))x", "1.500000e+00 1.500000E+00 1.500000 1.5 1E+21"}, {R"x(format("%.2f|%8.3f|%-8.1f|%+.0f", 1.005, 3.14159, 2.25, 7))x", "1.00|   3.142|2.2     |+7"}, {R"x(format("%.3g", 1234.5))x", "1.23e+03"}, {R"x(format("%f", true))x", "!"},
    {R"x(format("%s %s %s", "a", 1, true))x", "a 1 true"}, {R"x(format("%.2s|%5s|%-5s|", "héllo", "é", "é"))x", "hé|    é|é    |"}, {R"x(format("%s", []))x", "!unsupported value for \"%s\" at 0: string required"}, {R"x(format("%s", null))x", "!null"}, {R"x(format("%q", "a\"\n<"))x", "\"a\\\"\\n\\u003c\""}, {R"x(format("%q", 1))x", "\"1\""}, {R"x(format("%05s", "ab"))x", "000ab"},
    {R"x(format("%%"))x", "%"}, {R"x(format("100%"))x", "!"}, {R"x(format("%z", 1))x", "!unsupported format verb 'z' in \"%z\" at offset 0"}, {R"x(format("a %z", 1))x", "!at offset 2"}, {R"x(format("%s %s", "a"))x", "!not enough arguments for \"%s\" at 3: need index 2 but have 1 total"}, {R"x(format("%s", "a", "b"))x", "!too many arguments; only 1 used by format string"}, {R"x(format("x", "a"))x", "!too many arguments; no verbs in format string"},
    {R"x(format("%[2]s %[1]s", "a", "b"))x", "b a"}, {R"x(format("%[2]s %s", "a", "b", "c"))x", "b c"}, {R"x(format("%[3]s", "a"))x", "!need index 3"}, {R"x(format("%[0]s", "a"))x", "!"}, {R"x(format("%5[1]s", "a"))x", "    a"}, {R"x(format(5))x", "5"}, {R"x(format("%"))x", "!"}, {R"x(format("é%s", "x"))x", "éx"},
};

const ConsoleCase kFormatDate[] = {
    {R"x(formatdate("YYYY YY", "2018-01-02T23:12:01Z"))x", "2018 18"}, {R"x(formatdate("MMMM MMM MM M", "2018-01-02T23:12:01Z"))x", "January Jan 01 1"}, {R"x(formatdate("DD D", "2018-01-02T23:12:01Z"))x", "02 2"}, {R"x(formatdate("EEEE EEE", "2018-01-02T23:12:01Z"))x", "Tuesday Tue"}, {R"x(formatdate("hh h HH H AA aa", "2018-01-02T03:12:01Z"))x", "03 3 03 3 AM am"}, {R"x(formatdate("HH AA", "2018-01-02T00:12:01Z"))x", "12 AM"}, {R"x(formatdate("HH aa", "2018-01-02T12:12:01Z"))x", "12 pm"}, {R"x(formatdate("mm m ss s", "2018-01-02T23:02:01Z"))x", "02 2 01 1"},
    {R"x(formatdate("Z ZZZZ ZZZZZ ZZZ", "2018-01-02T23:12:01Z"))x", "Z +0000 +00:00 UTC"}, {R"x(formatdate("Z ZZZZ ZZZZZ ZZZ", "2018-01-02T23:12:01-08:30"))x", "-08:30 -0830 -08:30 -0830"}, {R"x(formatdate("'h'h'''' YYYY/MM/DD", "2018-01-02T23:12:01Z"))x", "h23' 2018/01/02"}, {R"x(formatdate("", "2018-01-02T23:12:01Z"))x", ""},
    {R"x(formatdate("YYYYY", "2018-01-02T23:12:01Z"))x", "!invalid date format verb \"YYYYY\""}, {R"x(formatdate("Y", "2018-01-02T23:12:01Z"))x", "!"}, {R"x(formatdate("MMMMM", "2018-01-02T23:12:01Z"))x", "!"}, {R"x(formatdate("E", "2018-01-02T23:12:01Z"))x", "!"}, {R"x(formatdate("A", "2018-01-02T23:12:01Z"))x", "!"}, {R"x(formatdate("ZZ", "2018-01-02T23:12:01Z"))x", "!"}, {R"x(formatdate("hhh", "2018-01-02T23:12:01Z"))x", "!"}, {R"x(formatdate("q", "2018-01-02T23:12:01Z"))x", "!invalid date format verb \"q\""}, {R"x(formatdate("'a", "2018-01-02T23:12:01Z"))x", "!unterminated literal"},
    {R"x(formatdate("YYYY", "2018-01-02 23:12:01Z"))x", "!"}, {R"x(formatdate("YYYY", "2018-01-02T23:12:01"))x", "!"}, {R"x(formatdate("YYYY", "2018-01-02T24:12:01Z"))x", "!"}, {R"x(formatdate("YYYY", "2018-01-02T23:12:01.5Z"))x", "2018"},
};
// clang-format on

TEST(Functions0General, Table) {
    check_table(kGeneral);
}
TEST(Functions1Numeric, Table) {
    check_table(kNumeric);
}
TEST(Functions2String, Table) {
    check_table(kStrings);
}
TEST(Functions3Collections, Table) {
    check_table(kCollections);
}
TEST(Functions4Encoding, Table) {
    check_table(kEncoding);
}
TEST(Functions5Filesystem, Table) {
    check_table(kFiles);
}
TEST(Functions6Crypto, Table) {
    check_table(kCrypto);
}
TEST(Functions7NetworkTimeTypes, Table) {
    check_table(kNetworkAndTime);
}
TEST(Functions8Format, Table) {
    check_table(kFormat);
}
TEST(Functions9FormatDate, Table) {
    check_table(kFormatDate);
}

}  // namespace
}  // namespace kiln::hcl
