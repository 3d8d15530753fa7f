#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http_server/site.h"

namespace kiln::http {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class DirectorySite : public testing::Test {
  protected:
    DirectorySite() : temp_(temp_root()), root_(temp_.path() / "served") {
        fs::create_directories(root_ / "sub");
        put("answers.cfg", "0123456789");
        put("sub/deep.cfg", "deep");
        write_file_atomically(temp_.path() / "secret", "secret");
        site_ = make_directory_site(root_);
    }

    void put(const std::string& name, std::string_view text) {
        write_file_atomically(root_ / name, text);
    }

    Reply get(std::string_view target) {
        request_.path = parse_target(target).value();
        return site_->answer(request_);
    }

    static std::string body(const Reply& reply) {
        if (!reply.file) return reply.text;
        std::string text(reply.length, '\0');
        EXPECT_EQ(
            pread(reply.file->get(), text.data(), text.size(), static_cast<off_t>(reply.offset)),
            static_cast<ssize_t>(text.size()));
        return text;
    }

    static std::string header(const Reply& reply, std::string_view name) {
        for (const auto& [key, value] : reply.headers) {
            if (key == name) return value;
        }
        return {};
    }

    TempDir temp_;
    fs::path root_;
    std::unique_ptr<Site> site_;
    SiteRequest request_;
};

TEST_F(DirectorySite, ServesFilesAndRanges) {
    EXPECT_EQ(body(get("/answers.cfg")), "0123456789");
    EXPECT_EQ(body(get("/sub/../sub/deep.cfg")), "deep");
    request_.range = "bytes=-3";
    const Reply part = get("/answers.cfg");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(body(part), "789");
    EXPECT_EQ(header(part, "Content-Range"), "bytes 7-9/10");
}

TEST_F(DirectorySite, SaysNotFoundForWhatIsNotThere) {
    EXPECT_EQ(get("/nothing").status, 404);
    EXPECT_EQ(get("/answers.cfg/").status, 404);
    EXPECT_EQ(get("/answers.cfg/x").status, 404);
    EXPECT_EQ(get("/" + std::string(300, 'x')).status, 404);
}

TEST_F(DirectorySite, RedirectsADirectoryToItsSlash) {
    const Reply reply = get("/sub");
    EXPECT_EQ(reply.status, 301);
    EXPECT_EQ(header(reply, "Location"), "./sub/");
}

TEST_F(DirectorySite, PrefersIndexHtmlToAListing) {
    EXPECT_THAT(body(get("/sub/")), HasSubstr("deep.cfg"));
    put("sub/index.html", "<p>index</p>");
    EXPECT_EQ(body(get("/sub/")), "<p>index</p>");
}

TEST_F(DirectorySite, EscapesNamesInListings) {
    put("<b> &'\".cfg", "x");
    put(".hidden", "x");
    const std::string text = body(get("/"));
    EXPECT_THAT(text,
                HasSubstr("<a href=\"%3Cb%3E%20%26%27%22.cfg\">&lt;b&gt; &amp;&#39;&#34;.cfg</a>"));
    EXPECT_THAT(text, HasSubstr("<a href=\"sub/\">sub/</a>"));
    EXPECT_THAT(text, HasSubstr(".hidden"));
    EXPECT_THAT(text, Not(HasSubstr("<b>")));
}

TEST_F(DirectorySite, FollowsLinksOnlyInside) {
    fs::create_symlink("sub/deep.cfg", root_ / "inside");
    fs::create_symlink("../secret", root_ / "outside");
    fs::create_symlink("/etc", root_ / "absolute");
    fs::create_symlink("..", root_ / "sub/up");
    fs::create_symlink("../..", root_ / "sub/far");
    fs::create_symlink("loop", root_ / "loop");
    EXPECT_EQ(body(get("/inside")), "deep");
    EXPECT_EQ(body(get("/sub/up/answers.cfg")), "0123456789");
    for (const char* path :
         {"/outside", "/absolute/passwd", "/absolute/", "/sub/far/secret", "/loop"}) {
        const Reply reply = get(path);
        EXPECT_EQ(reply.status, 403) << path;
        EXPECT_THAT(body(reply), Not(HasSubstr("secret\n"))) << path;
    }
}

TEST_F(DirectorySite, DoesNotServeAnIndexThatLeadsOut) {
    fs::create_symlink("../../secret", root_ / "sub/index.html");
    EXPECT_EQ(get("/sub/").status, 403);
}

TEST_F(DirectorySite, RefusesPipesWithoutWaiting) {
    ASSERT_EQ(mkfifo((root_ / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(get("/pipe").status, 403);
}

TEST_F(DirectorySite, AnswersConditionalRequests) {
    const Reply first = get("/answers.cfg");
    request_.if_none_match = header(first, "ETag");
    EXPECT_EQ(get("/answers.cfg").status, 304);
    request_.if_none_match = "\"other\"";
    EXPECT_EQ(get("/answers.cfg").status, 200);
    request_.if_none_match.clear();
    request_.if_modified_since = header(first, "Last-Modified");
    EXPECT_EQ(get("/answers.cfg").status, 304);
}

TEST_F(DirectorySite, SendsTheWholeWhenTheFileChangedSinceTheFirstPart) {
    request_.range = "bytes=5-";
    request_.if_range = header(get("/answers.cfg"), "ETag");
    EXPECT_EQ(get("/answers.cfg").status, 206);
    put("answers.cfg", "another text");
    EXPECT_EQ(get("/answers.cfg").status, 200);
}

TEST_F(DirectorySite, NeedsADirectoryThatExists) {
    try {
        make_directory_site(root_ / "missing");
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("Error finding \"" + (root_ / "missing").string()));
    }
}

}  // namespace
}  // namespace kiln::http
