#include "http_server/url_path.h"

#include <gtest/gtest.h>

namespace kiln::http {
namespace {

std::string clean(std::string_view target) {
    const auto path = parse_target(target);
    return path ? path->clean : "(refused)";
}

TEST(UrlPath, CleansDotsAndDoubleSlashes) {
    EXPECT_EQ(clean("/"), "/");
    EXPECT_EQ(clean("/a/b.cfg"), "/a/b.cfg");
    EXPECT_EQ(clean("//a///b/"), "/a/b");
    EXPECT_EQ(clean("/a/./b/../c"), "/a/c");
    EXPECT_EQ(clean("/../../etc/passwd"), "/etc/passwd");
    EXPECT_EQ(clean("/a/.."), "/");
}

TEST(UrlPath, DropsQueryAndFragment) {
    EXPECT_EQ(clean("/a?b=/../c"), "/a");
    EXPECT_EQ(clean("/a#b"), "/a");
}

TEST(UrlPath, DecodesOnceOnly) {
    EXPECT_EQ(clean("/a%20b"), "/a b");
    EXPECT_EQ(clean("/a+b"), "/a+b");
    EXPECT_EQ(clean("/%252e%252e/a"), "/%2e%2e/a");
    EXPECT_EQ(clean("/%2e%2e/a"), "/a");
}

TEST(UrlPath, TakesThePathOfAnAbsoluteUrl) {
    EXPECT_EQ(clean("http://10.0.2.2:8000/a/b"), "/a/b");
    EXPECT_EQ(clean("http://10.0.2.2:8000"), "/");
}

TEST(UrlPath, RefusesWhatNoHonestClientSends) {
    for (const char* target : {"", "*", "a", "https://x/a", "/%2fetc", "/a%2Fb", "/a%5cb", "/a\\b",
                               "/a%00b", "/a%0ab", "/a%7f", "/%", "/%4", "/%zz", "/a\x01"}) {
        EXPECT_EQ(clean(target), "(refused)") << target;
    }
}

TEST(UrlPath, RemembersTheTrailingSlash) {
    EXPECT_TRUE(parse_target("/a/")->trailing_slash);
    EXPECT_FALSE(parse_target("/a")->trailing_slash);
    EXPECT_EQ(parse_target("/a/")->decoded, "/a/");
}

TEST(UrlPath, EncodesAndEscapesNames) {
    EXPECT_EQ(encode_segment("a b:<c>.cfg"), "a%20b%3A%3Cc%3E.cfg");
    EXPECT_EQ(encode_segment("\xc3\xa9"), "%C3%A9");
    EXPECT_EQ(escape_html("<a href=\"x\">&'"), "&lt;a href=&#34;x&#34;&gt;&amp;&#39;");
}

}  // namespace
}  // namespace kiln::http
