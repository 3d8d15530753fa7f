#include "formats/core/page_run_encoder.h"

namespace kiln::formats {

void PageRunEncoder::encode(const Batch& batch, EncodedBatch& out) {
    const std::size_t size = batch.bytes.size();
    std::size_t start = 0;
    while (start < size) {
        std::size_t end = start;
        while (end < size && !batch.is_zero(end, ZeroMap::kPage)) end += ZeroMap::kPage;
        if (end != start) {
            out.pieces.push_back(
                {batch.offset + start, batch.bytes.subspan(start, end - start), false});
        }
        start = end + ZeroMap::kPage;  // the page at `end` is zero, or beyond the batch
    }
}

}  // namespace kiln::formats
