#include <gtest/gtest.h>

#include "http_server/site.h"

namespace kiln::http {
namespace {

Reply get(const Site& site, std::string_view target, std::string range = {}) {
    SiteRequest request;
    request.path = parse_target(target).value();
    request.range = std::move(range);
    return site.answer(request);
}

TEST(ContentSite, FindsTextsByTheCleanedPath) {
    const auto site =
        make_content_site({{"/answers.cfg", "yes"}, {"/dir/b.cfg", "b"}, {"/s/", "s"}});
    EXPECT_EQ(get(*site, "/answers.cfg").text, "yes");
    EXPECT_EQ(get(*site, "//dir/./x/../b.cfg?a=b").text, "b");
    EXPECT_EQ(get(*site, "/dir/b.cfg/").text, "b");
    EXPECT_EQ(get(*site, "/s/").text, "s");
    EXPECT_EQ(get(*site, "/answers.cfg").type, "text/plain; charset=utf-8");
}

TEST(ContentSite, SuggestsANearPath) {
    const auto site = make_content_site({{"/answers.cfg", "yes"}});
    const Reply near = get(*site, "/anwers.cfg");
    EXPECT_EQ(near.status, 404);
    EXPECT_EQ(near.text, "/anwers.cfg not found. Did you mean \"/answers.cfg\"?");
    EXPECT_EQ(get(*site, "/elsewhere/entirely").text, "/elsewhere/entirely not found.");
}

TEST(ContentSite, ServesRanges) {
    const auto site = make_content_site({{"/a", "0123456789"}});
    const Reply part = get(*site, "/a", "bytes=2-4");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.text, "234");
    EXPECT_EQ(get(*site, "/a", "bytes=10-").status, 416);
}

TEST(ContentSite, RefusesAKeyWithoutLeadingSlash) {
    try {
        make_content_site({{"answers.cfg", "yes"}});
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "http_content: the key \"answers.cfg\" does not begin with \"/\"");
    }
}

}  // namespace
}  // namespace kiln::http
