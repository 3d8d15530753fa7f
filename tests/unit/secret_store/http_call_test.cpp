#include "secret_store/http_call.h"

#include "tests/unit/secret_store/fake_server.h"

namespace kiln::secret_store {
namespace {

using kiln::testing::error_of;
using kiln::testing::FakeServer;

constexpr auto kTimeout = std::chrono::seconds(5);

HttpCall call_to(const std::string& url) {
    HttpCall call;
    call.url = url;
    return call;
}

TEST(HttpCall, DoesNotFollowRedirects) {
    const FakeServer other(kiln::testing::answer_with(200, "stolen"));
    const FakeServer server([&](const httplib::Request&, httplib::Response& response) {
        response.set_redirect(other.url() + "/", 307);
    });
    EXPECT_NE(error_of([&] { http_call(call_to(server.url()), kTimeout, {}); }).find("redirect"),
              std::string::npos);
    EXPECT_TRUE(other.last().path.empty());
}

TEST(HttpCall, EndsWhenTheTimeIsOver) {
    const FakeServer server([](const httplib::Request&, httplib::Response&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(error_of([&] {
                     http_call(call_to(server.url()), std::chrono::milliseconds(200), {});
                 }).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(1400));
}

TEST(HttpCall, EndsWhenCancelled) {
    CancelSource source;
    const FakeServer server([&](const httplib::Request&, httplib::Response&) {
        source.cancel("enough");
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    });
    EXPECT_THROW(http_call(call_to(server.url()), kTimeout, source.token()), Cancelled);
}

TEST(HttpCall, RefusesAnswersThatAreTooLarge) {
    const FakeServer server(
        kiln::testing::answer_with(200, std::string(std::size_t{5} << 20, 'x')));
    EXPECT_NE(error_of([&] { http_call(call_to(server.url()), kTimeout, {}); }).find("more than"),
              std::string::npos);
}

TEST(HttpCall, RefusesHeadersWithLineBreaks) {
    HttpCall call = call_to("http://127.0.0.1:1/");
    call.headers = {"X-Token: a\r\nX-Other: b"};
    EXPECT_EQ(error_of([&] { http_call(call, kTimeout, {}); }),
              "a header of the request would hold a line break");
}

TEST(HttpCall, SpeaksHttpOnly) {
    EXPECT_FALSE(error_of([] { http_call(call_to("file:///etc/passwd"), kTimeout, {}); }).empty());
}

TEST(HttpCall, EncodesWhatIsNotPlain) {
    EXPECT_EQ(percent_encode("a-b_c.d~9/ é?#%"), "a-b_c.d~9%2F%20%C3%A9%3F%23%25");
    EXPECT_EQ(percent_encode("a/b", "/"), "a/b");
}

}  // namespace
}  // namespace kiln::secret_store
