#include "http_server/content_type.h"

#include <gtest/gtest.h>

namespace kiln::http {
namespace {

using namespace std::string_view_literals;

TEST(ContentType, FollowsTheExtensionWhateverItsCase) {
    EXPECT_EQ(content_type("/a/autounattend.XML", "x"), "text/xml; charset=utf-8");
    EXPECT_EQ(content_type("index.html", "\0"sv), "text/html; charset=utf-8");
    EXPECT_EQ(content_type("boot.tar.gz", ""), "application/gzip");
}

TEST(ContentType, ShowsAnswerFilesAsPlainText) {
    for (const char* name :
         {"ks.cfg", "preseed.seed", "user-data", "meta-data", "a.ks", "/v1.d/x"}) {
        EXPECT_EQ(content_type(name, "lang en_US\n"), "text/plain; charset=utf-8") << name;
    }
    EXPECT_EQ(content_type("meta-data", ""), "text/plain; charset=utf-8");
}

TEST(ContentType, SniffsMarkupAndBinary) {
    EXPECT_EQ(content_type("a", "\n <!DOCTYPE HTML>"), "text/html; charset=utf-8");
    EXPECT_EQ(content_type("a", "<?xml version='1.0'?>"), "text/xml; charset=utf-8");
    EXPECT_EQ(content_type("vmlinuz", "MZ\0\1"sv), "application/octet-stream");
}

}  // namespace
}  // namespace kiln::http
