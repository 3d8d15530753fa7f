#pragma once

#include "post_processor/byte_writer.h"
#include "post_processor/ordered_work.h"

namespace kiln {

/// Blocked gzip (SAM/BAM specification, section 4.1): gzip members of at most 64 KiB, each telling
/// its size in an extra field, so that readers can seek; the end is marked by an empty member.
/// gunzip reads it, too. Several threads compress; the bytes depend on input and level alone.
class BgzfWriter : public ByteWriter {
  public:
    /// `level` is 1 to 9, or -1 for the default.
    BgzfWriter(ByteWriter& next, int level, unsigned threads);

    void write(std::string_view bytes) override;
    void finish() override;

  private:
    void submit();

    ByteWriter& next_;
    int level_;
    std::string plain_;
    OrderedWork<std::string> work_;
};

}  // namespace kiln
