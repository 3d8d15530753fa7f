#include "communicator/byte_stream.h"

#include "base/error.h"

namespace kiln {

void read_exactly(ByteStream& stream, std::span<char> into) {
    while (!into.empty()) {
        const std::size_t got = stream.read(into);
        if (got == 0) throw Error("the guest ended the transfer too early");
        into = into.subspan(got);
    }
}

}  // namespace kiln
