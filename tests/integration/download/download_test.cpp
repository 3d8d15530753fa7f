#include "download/download.h"

#include <chrono>
#include <cstdlib>
#include <thread>

#include <archive.h>
#include <archive_entry.h>

#include "download_fixture.h"

namespace kiln::download {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Download : public DownloadFixture {};

void write_gzip(const fs::path& path, std::string_view content) {
    struct archive* writer = archive_write_new();
    archive_write_set_format_raw(writer);
    archive_write_add_filter_gzip(writer);
    archive_write_open_filename(writer, path.c_str());
    archive_entry* entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_pathname(entry, "x");
    archive_write_header(writer, entry);
    archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
    archive_write_close(writer);
    archive_write_free(writer);
}

TEST_F(Download, PutsAVerifiedFileIntoTheCacheAndReusesIt) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    const std::string url = server.url("/a.iso");
    const fs::path path = get({url}, checksum());
    EXPECT_EQ(path, cached(checksum()));
    EXPECT_EQ(read_file(path), content_);
    EXPECT_THAT(cache_names(), ElementsAre(path.filename().string()));
    EXPECT_THAT(sink_.texts(),
                ElementsAre("Retrieving ISO", "Trying " + url, url + " => " + path.string()));
    ASSERT_FALSE(sink_.progress().empty());
    EXPECT_EQ(sink_.progress().back().done, content_.size());
    EXPECT_EQ(sink_.progress().back().total, content_.size());
    EXPECT_TRUE(sink_.progress().back().finished);

    EXPECT_EQ(get({url}, checksum()), path);
    EXPECT_EQ(get({"http://127.0.0.1:1/elsewhere.iso"}, checksum().substr(7)), path);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Download, FetchesACachedFileAgainThatWasDamaged) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    const fs::path path = get({server.url("/a.iso")}, checksum());
    write_file_atomically(path, "damaged");
    EXPECT_EQ(get({server.url("/a.iso")}, checksum()), path);
    EXPECT_EQ(read_file(path), content_);
    EXPECT_THAT(sink_.texts(), Contains(HasSubstr("does not have its checksum")));
}

TEST_F(Download, SaysBothChecksumsWhenTheyDiffer) {
    const FaultyServer server([&](const Exchange& e) { e.serve("other", "\"1\""); });
    const std::string text = failure({server.url("/a.iso")}, checksum());
    EXPECT_THAT(text,
                AllOf(HasSubstr("error downloading ISO:"), HasSubstr("expected " + checksum()),
                      HasSubstr("found sha256:" + digest_hex(DigestType::Sha256, "other"))));
    EXPECT_THAT(sink_.texts(), Contains(HasSubstr("Checksum did not match, removing ")));
    EXPECT_THAT(cache_names(), ElementsAre());
}

TEST_F(Download, UsesALocalFileInPlaceAndNeverRemovesIt) {
    const fs::path local = temp_.path() / "mine.iso";
    write_file_atomically(local, content_);
    EXPECT_EQ(get({local.string()}, checksum()), local);
    EXPECT_EQ(get({"file://" + local.string()}, "none"), local);
    const std::string wrong = "md5:" + std::string(32, 'a');
    EXPECT_THAT(failure({local.string()}, wrong),
                HasSubstr("has the wrong checksum: expected " + wrong));
    EXPECT_EQ(read_file(local), content_);
}

TEST_F(Download, DoesNotHashAnUnchangedLocalFileAgainButAChangedOne) {
    const fs::path local = temp_.path() / "mine.iso";
    write_file_atomically(local, content_);
    std::this_thread::sleep_for(2100ms);
    get({local.string()}, checksum());
    EXPECT_EQ(std::distance(fs::directory_iterator(cache_ / "verified"), {}), 1);
    const auto times = fs::last_write_time(local);
    std::string changed = content_;
    changed[1000] ^= 1;
    write_file_atomically(local, changed);
    fs::last_write_time(local, times);
    EXPECT_THAT(failure({local.string()}, checksum()), HasSubstr("has the wrong checksum"));
}

TEST_F(Download, TellsWhereAMissingLocalFileWasLookedFor) {
    EXPECT_THAT(failure({"no/such.iso"}, "none"),
                AllOf(HasSubstr((fs::current_path() / "no/such.iso").string()),
                      HasSubstr("No such file"), HasSubstr("working directory")));
    EXPECT_THAT(failure({temp_.path().string()}, "none"), HasSubstr("is not a file"));
}

TEST_F(Download, PutsTheFileWhereTheTemplateWantsIt) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    DownloadRequest request{.urls = {server.url("/a")}, .checksum = checksum()};
    request.target_path = temp_.path() / "exact.img";
    EXPECT_EQ(fetch(request, context()), temp_.path() / "exact.img");
    request.target_path = temp_.path() / "folder";
    request.extension = "IMG";
    EXPECT_EQ(fetch(request, context()),
              temp_.path() / "folder" / cached(checksum(), ".img").filename());
    EXPECT_EQ(read_file(temp_.path() / "exact.img"), content_);
}

TEST_F(Download, KeepsTheOldTargetFileUntilTheNewOneIsVerified) {
    const FaultyServer server([&](const Exchange& e) { e.serve("wrong", "\"1\""); });
    DownloadRequest request{.urls = {server.url("/a")}, .checksum = checksum()};
    request.target_path = temp_.path() / "exact.img";
    write_file_atomically(request.target_path, "the user's");
    EXPECT_THROW(fetch(request, context()), Error);
    EXPECT_EQ(read_file(request.target_path), "the user's");
}

TEST_F(Download, ReadsChecksumFilesFromDiskAndFromTheServer) {
    const std::string line = digest_hex(DigestType::Sha256, content_) + "  a.iso\n";
    const FaultyServer server([&](const Exchange& e) {
        if (e.target == "/SHA256SUMS") {
            e.reply(200, line);
        } else {
            e.serve(content_, "\"1\"");
        }
    });
    write_file_atomically(temp_.path() / "sums", line);
    for (const std::string& sums : {server.url("/SHA256SUMS"), (temp_.path() / "sums").string(),
                                    "file://" + (temp_.path() / "sums").string()}) {
        EXPECT_EQ(resolve_checksum("file:" + sums, {server.url("/a.iso")}, context())->to_string(),
                  checksum());
    }
    EXPECT_EQ(get({server.url("/a.iso")}, "file:" + server.url("/SHA256SUMS")), cached(checksum()));
    EXPECT_THAT(failure({server.url("/b.iso")}, "file:" + server.url("/SHA256SUMS")),
                HasSubstr("no checksum found in: " + server.url("/SHA256SUMS")));
    EXPECT_THAT(failure({server.url("/b.iso")}, "file:/no/sums"),
                HasSubstr("in \"file:/no/sums\""));
}

TEST_F(Download, RefusesAChecksumFileWithoutEnd) {
    const FaultyServer server([&](const Exchange& e) {
        e.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        const std::string block(1 << 20, 'a');
        while (e.send(block)) continue;
    });
    EXPECT_THAT(failure({server.url("/a.iso")}, "file:" + server.url("/sums")),
                HasSubstr("larger than 8.0 MiB"));
}

TEST_F(Download, TakesTheChecksumOfTheUrlBeforeTheTemplates) {
    const FaultyServer server([&](const Exchange& e) { e.serve(content_, "\"1\""); });
    const std::string url = server.url("/a.iso?checksum=" + checksum());
    EXPECT_EQ(get({url}, "md5:" + std::string(32, 'a')), cached(checksum()));
    EXPECT_THAT(server.requests().at(0), testing::StartsWith("GET /a.iso HTTP/1.1\r\n"));
}

TEST_F(Download, UnpacksArchivesFromTheServerAndFromDisk) {
    const fs::path packed = temp_.path() / "a.img.gz";
    write_gzip(packed, content_);
    const std::string bytes = read_file(packed);
    const std::string sum = "sha256:" + digest_hex(DigestType::Sha256, bytes);
    const FaultyServer server([&](const Exchange& e) { e.serve(bytes, "\"1\""); });
    const fs::path path = get({server.url("/a.img.gz")}, sum);
    EXPECT_EQ(read_file(path), content_);
    EXPECT_EQ(get({server.url("/a.img.gz")}, sum), path);
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(get({packed.string()}, sum), path);
    EXPECT_EQ(get({packed.string() + "?archive=false"}, sum), packed);
    EXPECT_EQ(read_file(get({server.url("/a.img.gz?archive=false")}, sum)), bytes);
    EXPECT_EQ(read_file(get({packed.string()}, "none")), content_);
    EXPECT_EQ(read_file(packed), bytes);
}

TEST_F(Download, WithoutAChecksumAsksTheServerWhetherTheFileChanged) {
    std::string content = "first";
    std::string date = "Wed, 01 Jan 2025 00:00:00 GMT";
    const FaultyServer server(
        [&](const Exchange& e) { e.reply(200, content, "Last-Modified: " + date + "\r\n"); });
    const std::string url = server.url("/latest.iso");
    EXPECT_EQ(read_file(get({url}, "none")), "first");
    EXPECT_EQ(read_file(get({url}, "none")), "first");
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_THAT(server.requests()[1], testing::StartsWith("HEAD "));
    content = "other";
    date = "Thu, 02 Jan 2025 00:00:00 GMT";
    EXPECT_EQ(get({url}, "none"), cached(url));
    EXPECT_EQ(read_file(cached(url)), "other");
}

TEST_F(Download, WaitsForAnotherThatFetchesTheSameFile) {
    const FaultyServer server([&](const Exchange& e) {
        e.sleep(300ms);
        e.serve(content_, "\"1\"");
    });
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back(
            [&] { EXPECT_EQ(read_file(get({server.url("/a.iso")}, checksum())), content_); });
    }
    threads.clear();
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_THAT(sink_.texts(), Contains(HasSubstr("Waiting for another kiln")));
}

TEST_F(Download, StopsAtOnceWhenCancelled) {
    const FaultyServer server([&](const Exchange& e) {
        e.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin");
        e.sleep(10s);
    });
    std::jthread canceller([&] {
        std::this_thread::sleep_for(300ms);
        cancel_.cancel("interrupted");
    });
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THROW(get({server.url("/a.iso")}, checksum()), Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 800ms);
}

TEST_F(Download, ReadsItsTimeOutFromTheEnvironment) {
    unsetenv("PACKER_GETTER_READ_TIMEOUT");
    EXPECT_EQ(read_timeout(), 30min);
    setenv("PACKER_GETTER_READ_TIMEOUT", "1m30s", 1);
    EXPECT_EQ(read_timeout(), 90s);
    for (const char* wrong : {"soon", "-1s", "0"}) {
        setenv("PACKER_GETTER_READ_TIMEOUT", wrong, 1);
        EXPECT_THROW(read_timeout(), Error) << wrong;
    }
    unsetenv("PACKER_GETTER_READ_TIMEOUT");
}

TEST_F(Download, FindsTheLastUrlThatCanBeReadInPlace) {
    const FaultyServer server([&](const Exchange& e) {
        if (e.target == "/gone") {
            e.reply(404, "");
        } else {
            e.reply(200, "", e.target == "/plain" ? "" : "Accept-Ranges: bytes\r\n");
        }
    });
    EXPECT_EQ(find_streamable_url({server.url("/a"), server.url("/b"), server.url("/plain"),
                                   server.url("/gone"), "/local.iso"},
                                  context()),
              server.url("/b"));
    try {
        find_streamable_url({server.url("/plain"), server.url("/gone"), "/local.iso"}, context());
        FAIL() << "found";
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), AllOf(HasSubstr("does not serve ranges"), HasSubstr("404"),
                                        HasSubstr("not an http URL")));
    }
}

}  // namespace
}  // namespace kiln::download
