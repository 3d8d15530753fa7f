#pragma once

#include "formats/sink.h"

namespace kiln::formats {

/// Runs of pages that are not zero, where they are in the batch: nothing is copied.
class PageRunEncoder : public Encoder {
  public:
    void encode(const Batch& batch, EncodedBatch& out) override;
};

}  // namespace kiln::formats
