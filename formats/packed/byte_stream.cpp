#include "formats/packed/byte_stream.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace kiln::formats {

std::uint64_t ByteStream::skip(std::uint64_t count, const CancelToken& cancel) {
    constexpr std::uint64_t kScratch = std::uint64_t{256} << 10;
    std::vector<std::byte> scratch(std::min(count, kScratch));
    std::uint64_t done = 0;
    while (done < count) {
        cancel.throw_if_cancelled();
        const auto part = std::span(scratch).first(std::min(kScratch, count - done));
        const std::size_t got = read(part);
        done += got;
        if (got < part.size()) break;
    }
    return done;
}

void throw_damaged(std::string_view name, std::string_view reason) {
    throw Error(fmt::format("{} is damaged", name)).because(reason);
}

void throw_cut_off(std::string_view name) {
    throw Error(fmt::format("{} is cut off", name))
        .because("the compressed data end too early")
        .with_hint("Fetch or copy it again.");
}

}  // namespace kiln::formats
