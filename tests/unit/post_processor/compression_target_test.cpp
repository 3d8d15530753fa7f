#include "post_processor/compression_target.h"

#include <gtest/gtest.h>

namespace kiln {
namespace {

CompressionTarget detect(std::string_view name, std::string_view format = "") {
    CompressionTarget target = detect_compression(name, format);
    target.unknown_extension.clear();
    return target;
}

CompressionTarget target(Archive archive, Compression compression) {
    return {archive, compression, {}};
}

TEST(CompressionTarget, MakesAGzippedTarWithoutAnExtension) {
    EXPECT_EQ(detect("image"), target(Archive::Tar, Compression::Gzip));
    EXPECT_EQ(detect("packer_{{.BuildName}}_{{.BuilderType}}"),
              target(Archive::Tar, Compression::Gzip));
}

TEST(CompressionTarget, ReadsTheLastTwoExtensions) {
    EXPECT_EQ(detect("a.zip"), target(Archive::Zip, Compression::None));
    EXPECT_EQ(detect("a.tar"), target(Archive::Tar, Compression::None));
    EXPECT_EQ(detect("a.gz"), target(Archive::None, Compression::Gzip));
    EXPECT_EQ(detect("a.lz4"), target(Archive::None, Compression::Lz4));
    EXPECT_EQ(detect("a.bgzf"), target(Archive::None, Compression::Bgzf));
    EXPECT_EQ(detect("a.tar.xz"), target(Archive::Tar, Compression::Xz));
    EXPECT_EQ(detect("a.tar.bzip2"), target(Archive::Tar, Compression::Bzip2));
    EXPECT_EQ(detect("a.tar.x.gz"), target(Archive::None, Compression::Gzip));
    EXPECT_EQ(detect("out.d/{{.BuildName}}.tar.gz"), target(Archive::Tar, Compression::Gzip));
}

TEST(CompressionTarget, MakesAGzippedTarOfWhatItDoesNotKnow) {
    EXPECT_EQ(detect_compression("a.tar.bz2", ""),
              (CompressionTarget{Archive::Tar, Compression::Gzip, "bz2"}));
    EXPECT_EQ(detect("a.GZ"), target(Archive::Tar, Compression::Gzip));
    EXPECT_EQ(detect("trailing.dot."), target(Archive::Tar, Compression::Gzip));
}

TEST(CompressionTarget, LetsAFormatDecideInsteadOfTheName) {
    EXPECT_EQ(detect("image.box", "tar.lz4"), target(Archive::Tar, Compression::Lz4));
    EXPECT_EQ(detect("image.tar", "gz"), target(Archive::Tar, Compression::Gzip));
    EXPECT_EQ(detect("image", "zip"), target(Archive::Zip, Compression::None));
}

}  // namespace
}  // namespace kiln
