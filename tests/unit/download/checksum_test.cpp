#include "download/checksum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kiln::download {
namespace {

using testing::HasSubstr;

const std::string md5(32, 'a');
const std::string sha1(40, 'b');
const std::string sha256(64, 'c');
const std::string sha512(128, 'd');

std::string parsed(std::string_view text) {
    const auto checksum = parse_checksum(text);
    return checksum ? checksum->to_string() : "none";
}

std::string refusal(std::string_view text) {
    try {
        return "accepted as " + parsed(text);
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(Checksum, TakesItsTypeFromTheLength) {
    EXPECT_EQ(parsed(md5), "md5:" + md5);
    EXPECT_EQ(parsed(sha1), "sha1:" + sha1);
    EXPECT_EQ(parsed(sha256), "sha256:" + sha256);
    EXPECT_EQ(parsed(sha512), "sha512:" + sha512);
}

TEST(Checksum, IsNormalisedToLowerCase) {
    EXPECT_EQ(parsed("SHA256:" + std::string(64, 'C')), "sha256:" + sha256);
    EXPECT_EQ(parsed(std::string(32, 'A')), "md5:" + md5);
    EXPECT_EQ(parsed("none"), "none");
}

TEST(Checksum, SaysWhatIsWrongWithIt) {
    EXPECT_EQ(refusal(""), "A checksum must be specified");
    EXPECT_EQ(refusal("abc"), "no checksum has this length in \"abc\"");
    EXPECT_EQ(refusal("xyz"), "not hexadecimal in \"xyz\"");
    EXPECT_EQ(refusal("crc32:abcd"), "unknown checksum type in \"crc32:abcd\"");
    EXPECT_EQ(refusal("md5:abcd"), "md5 has 32 hexadecimal digits, not 4 in \"md5:abcd\"");
    EXPECT_EQ(refusal("sha256:" + std::string(64, 'g')),
              "not hexadecimal in \"sha256:" + std::string(64, 'g') + "\"");
    EXPECT_THAT(refusal("https://a/b.iso"), HasSubstr("not an image"));
    EXPECT_THAT(refusal("sha256:"), HasSubstr("not hexadecimal"));
    EXPECT_THAT(refusal("NONE"), HasSubstr("not hexadecimal"));
}

const std::string input = "https://mirror/pub/12/amd64/debian.iso";
const std::string sums = "https://mirror/pub/12/SHA256SUMS";

std::string found(const std::string& text) {
    const auto checksum = find_checksum(text, input, sums);
    return checksum ? checksum->to_string() : "nothing";
}

TEST(ChecksumFile, MatchesGnuLines) {
    const std::string other(64, 'e');
    for (const char* name : {"debian.iso", "*debian.iso", "?debian.iso", "amd64/debian.iso",
                             "./amd64/debian.iso", "/pub/12/amd64/debian.iso"}) {
        EXPECT_EQ(found(other + "  other.iso\n" + sha256 + "  " + name + "\n"), "sha256:" + sha256)
            << name;
    }
}

TEST(ChecksumFile, MatchesBsdLines) {
    EXPECT_EQ(found("SHA512 (other.iso) = " + sha512 + "\nSHA256 (debian.iso) = " + sha256 + "\n"),
              "sha256:" + sha256);
    EXPECT_EQ(found("SHA256 (debian.iso) = " + md5 + "\n"), "nothing");
    EXPECT_EQ(found("WHAT (debian.iso) = " + sha256 + "\n"), "nothing");
}

TEST(ChecksumFile, SkipsCommentsSignaturesAndNoise) {
    const std::string text =
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n# debian.iso: 12\n/" + md5 +
        "  debian.iso\n\r\n" + sha256 + " *debian.iso\r\n";
    EXPECT_EQ(found(text), "sha256:" + sha256);
}

TEST(ChecksumFile, TakesTheFirstMatchAndTheLastLineToo) {
    EXPECT_EQ(found(md5 + " debian.iso\n" + sha256 + " debian.iso\n"), "md5:" + md5);
    EXPECT_EQ(found(sha256 + "  debian.iso"), "sha256:" + sha256);
}

TEST(ChecksumFile, PrefersTheWholeNameToAPartOfThePath) {
    EXPECT_EQ(found(md5 + " amd64\n" + sha256 + " debian.iso\n"), "sha256:" + sha256);
    EXPECT_EQ(found(sha256 + " ../12/amd64\n"), "sha256:" + sha256);
}

TEST(ChecksumFile, TakesALoneDigest) {
    EXPECT_EQ(found(sha1 + "\n"), "sha1:" + sha1);
    EXPECT_EQ(found(sha1 + " 123 some.iso\n"), "sha1:" + sha1);
    EXPECT_EQ(found(md5 + "\n" + sha256 + " debian.iso\n"), "sha256:" + sha256);
}

TEST(ChecksumFile, FindsNothingForAnotherFile) {
    EXPECT_EQ(found(sha256 + "  fedora.iso\n"), "nothing");
    EXPECT_EQ(found(sha256 + "  ./\n"), "nothing");
    EXPECT_EQ(found(""), "nothing");
    EXPECT_EQ(found(std::string("\0\0\xff\n", 4)), "nothing");
}

}  // namespace
}  // namespace kiln::download
