#include "communicator/none.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

TEST(NoneCommunicator, RunsNothingSuccessfully) {
    EXPECT_EQ(NoneCommunicator().run("exit 3", {}, {}), 0);
}

TEST(NoneCommunicator, RefusesTransfersByName) {
    NoneCommunicator none;
    const auto text = [](const auto& action) -> std::string {
        try {
            action();
        } catch (const Error& error) {
            return error.message();
        }
        return "";
    };
    const std::string rest = " is not implemented when communicator = 'none'";
    EXPECT_EQ(text([&] { none.upload_file("a", "b", {}, {}); }), "Upload" + rest);
    EXPECT_EQ(text([&] { none.upload_bytes("a", "b", {}); }), "Upload" + rest);
    EXPECT_EQ(text([&] { none.upload_directory("a", "b", {}); }), "UploadDir" + rest);
    EXPECT_EQ(text([&] { none.download_file("a", "b", {}, {}); }), "Download" + rest);
    EXPECT_EQ(text([&] { none.download_directory("a", "b", {}); }), "DownloadDir" + rest);
}

}  // namespace
}  // namespace kiln
