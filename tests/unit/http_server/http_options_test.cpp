#include "http_server/http_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kiln::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> errors_of(const HttpOptions& options) {
    std::vector<std::string> texts;
    for (const Error& error : validate(options)) texts.emplace_back(error.what());
    return texts;
}

TEST(HttpOptions, DefaultsAreValidAndStartNothing) {
    EXPECT_THAT(errors_of({}), IsEmpty());
    EXPECT_FALSE(HttpOptions{}.wanted());
    EXPECT_EQ(listen_address({}), "0.0.0.0");
}

TEST(HttpOptions, ReportsAllErrorsAtOnce) {
    HttpOptions options;
    options.directory = "http";
    options.content = {{"a", ""}};
    options.port_min = 9001;
    options.bind_address = "127.0.0.1";
    options.interface = "lo";
    options.network_protocol = "udp";
    EXPECT_THAT(errors_of(options),
                ElementsAre("http_content cannot be used in conjunction with http_directory",
                            "http_content: the key \"a\" must begin with \"/\"",
                            "http_port_min must be less than http_port_max",
                            "either http_interface or http_bind_address can be specified",
                            "http_network_protocol \"udp\" is unknown"));
}

TEST(HttpOptions, SaysThatUnixSocketsAreNotSupported) {
    HttpOptions options;
    options.network_protocol = "unixpacket";
    EXPECT_THAT(errors_of(options),
                ElementsAre("http_network_protocol \"unixpacket\" is not supported"));
}

TEST(HttpOptions, RefusesPortsThatDoNotExist) {
    HttpOptions options;
    options.port_max = 65536;
    EXPECT_THAT(errors_of(options),
                ElementsAre("http_port_min and http_port_max: 8000-65536 is not a port range"));
}

TEST(HttpOptions, FindsTheAddressToListenOn) {
    HttpOptions options;
    options.network_protocol = "tcp6";
    EXPECT_EQ(listen_address(options), "::");
    options.network_protocol = "tcp4";
    options.bind_address = "localhost";
    EXPECT_EQ(listen_address(options), "127.0.0.1");
    options.bind_address.clear();
    options.interface = "lo";
    EXPECT_EQ(listen_address(options), "127.0.0.1");
}

TEST(HttpOptions, SaysWhichAddressDoesNotFit) {
    HttpOptions options;
    options.interface = "no-such-interface";
    EXPECT_THROW(listen_address(options), Error);
    options.interface.clear();
    options.bind_address = "::1";
    options.network_protocol = "tcp4";
    EXPECT_THROW(listen_address(options), Error);
}

}  // namespace
}  // namespace kiln::http
