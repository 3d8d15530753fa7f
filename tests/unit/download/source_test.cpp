#include "download/source.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln::download {
namespace {

using testing::HasSubstr;
using Kind = Source::Kind;

TEST(Source, ReadsLocalPaths) {
    EXPECT_EQ(parse_source("/a//b/../c.iso").path, "/a/c.iso");
    EXPECT_EQ(parse_source("file:///a/b%20c.iso").path, "/a/b c.iso");
    EXPECT_EQ(parse_source("file:/a/b.iso").path, "/a/b.iso");
    EXPECT_EQ(parse_source("file://localhost/a/b.iso").path, "/a/b.iso");
    EXPECT_EQ(parse_source("FILE:///a/b.iso").path, "/a/b.iso");
    const auto here = std::filesystem::current_path();
    EXPECT_EQ(parse_source("images/a.iso").path, here / "images/a.iso");
    EXPECT_EQ(parse_source("file://./a.iso").path, here / "a.iso");
    EXPECT_EQ(parse_source("a:b.iso").path, here / "a:b.iso");
    EXPECT_EQ(parse_source("/a?b#c.iso").path, "/a?b#c.iso");
    EXPECT_EQ(parse_source("/100%.iso").path, "/100%.iso");
}

TEST(Source, TakesItsOwnParametersOutOfTheQuery) {
    const Source source =
        parse_source("https://u:p@host/a.iso?x=1&checksum=md5%3Aab&archive=false&y=2#part");
    EXPECT_EQ(source.kind, Kind::Http);
    EXPECT_EQ(source.url, "https://u:p@host/a.iso?x=1&y=2");
    EXPECT_EQ(source.checksum, "md5:ab");
    EXPECT_EQ(source.display(), "https://host/a.iso?x=1&y=2");
    EXPECT_EQ(source.name_path(), "https://host/a.iso");
    EXPECT_EQ(parse_source("/a/b.iso?checksum=none").path, "/a/b.iso");
}

TEST(Source, KnowsArchivesByTheLongestSuffix) {
    EXPECT_EQ(parse_source("https://h/a.img.xz").archive, ".xz");
    EXPECT_EQ(parse_source("https://h/a.tar.gz?x=.zip").archive, ".tar.gz");
    EXPECT_EQ(parse_source("/a/b.tzst").archive, ".tzst");
    EXPECT_EQ(parse_source("https://h/a.iso").archive, "");
    EXPECT_EQ(parse_source("https://h/a.img.xz?archive=false").archive, "");
    EXPECT_EQ(parse_source("https://h/download?archive=tar.xz").archive, ".tar.xz");
    EXPECT_THROW(parse_source("https://h/a?archive=rar"), Error);
}

TEST(Source, EncodesSpacesForTheServer) {
    EXPECT_EQ(parse_source("http://h/a b.iso").url, "http://h/a%20b.iso");
}

TEST(Source, SaysWhichSchemesItDoesNotFetch) {
    for (const char* url : {"git::https://h/r", "s3::https://b/k", "gcs::https://b/k", "hg::h",
                            "smb://h/s/a.iso", "s3://b/k", "ftp://h/a.iso", "ssh://h/a"}) {
        try {
            parse_source(url);
            ADD_FAILURE() << url << " accepted";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("is not supported")) << url;
            EXPECT_THAT(error.hint(), HasSubstr("http")) << url;
        }
    }
    EXPECT_EQ(parse_source("http::http://h/a.iso").url, "http://h/a.iso");
    EXPECT_THROW(parse_source(""), Error);
    EXPECT_THROW(parse_source("http:///a.iso"), Error);
}

TEST(Source, HidesCredentials) {
    EXPECT_EQ(without_credentials("https://user:p@ss@host/a@b"), "https://host/a@b");
    EXPECT_EQ(without_credentials("https://host/a@b"), "https://host/a@b");
    EXPECT_EQ(without_credentials("https://user@host?x"), "https://host?x");
    EXPECT_EQ(without_credentials("/a@b"), "/a@b");
    try {
        parse_source("git::https://user:password@h/r");
        ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
        EXPECT_THAT(error.to_string(), testing::Not(HasSubstr("password")));
    }
}

}  // namespace
}  // namespace kiln::download
