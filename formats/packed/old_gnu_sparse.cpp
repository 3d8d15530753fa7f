#include "formats/packed/old_gnu_sparse.h"

#include <algorithm>

namespace kiln::formats {

namespace {

constexpr std::size_t kNumber = 12;
constexpr std::size_t kRun = 2 * kNumber;
constexpr std::size_t kTypeAt = 156;
constexpr std::size_t kRunsInHeaderAt = 386;
constexpr std::size_t kMoreInHeaderAt = 482;
constexpr std::size_t kFileSizeAt = 483;
constexpr std::size_t kMoreInBlockAt = 504;

void put_runs(std::span<std::byte> fields, std::span<const TarRun> runs);
std::optional<OldGnuRuns> decode(std::span<const std::byte> fields, std::byte more);

}  // namespace

std::array<std::byte, kTarBlock> encode_old_gnu_header(const std::string& name, std::uint64_t size,
                                                       std::span<const TarRun> runs) {
    std::uint64_t stored = 0;
    for (const TarRun& run : runs) stored += run.length;
    auto block = TarEntry{name, stored}.encode(TarDialect::OldGnu);
    const std::span<std::byte> bytes = block;
    bytes[kTypeAt] = std::byte{kOldGnuSparse};
    put_runs(bytes.subspan(kRunsInHeaderAt),
             runs.first(std::min(runs.size(), kOldGnuRunsInHeader)));
    bytes[kMoreInHeaderAt] = std::byte{runs.size() > kOldGnuRunsInHeader};
    put_tar_number(bytes.subspan(kFileSizeAt, kNumber), size);
    put_tar_checksum(block);
    return block;
}

std::array<std::byte, kTarBlock> encode_old_gnu_block(std::span<const TarRun> left) {
    std::array<std::byte, kTarBlock> block{};
    put_runs(block, left.first(std::min(left.size(), kOldGnuRunsInBlock)));
    block[kMoreInBlockAt] = std::byte{left.size() > kOldGnuRunsInBlock};
    return block;
}

std::optional<OldGnuRuns> decode_old_gnu_header(std::span<const std::byte> block) {
    return decode(block.subspan(kRunsInHeaderAt, kOldGnuRunsInHeader * kRun),
                  block[kMoreInHeaderAt]);
}

std::optional<OldGnuRuns> decode_old_gnu_block(std::span<const std::byte> block) {
    return decode(block.first(kOldGnuRunsInBlock * kRun), block[kMoreInBlockAt]);
}

std::optional<std::uint64_t> old_gnu_file_size(std::span<const std::byte> header) {
    return tar_number(header.subspan(kFileSizeAt, kNumber));
}

namespace {

void put_runs(std::span<std::byte> fields, std::span<const TarRun> runs) {
    for (const TarRun& run : runs) {
        put_tar_number(fields.first(kNumber), run.offset);
        put_tar_number(fields.subspan(kNumber, kNumber), run.length);
        fields = fields.subspan(kRun);
    }
}

std::optional<OldGnuRuns> decode(std::span<const std::byte> fields, std::byte more) {
    OldGnuRuns result;
    result.more = more != std::byte{0};
    for (; !fields.empty(); fields = fields.subspan(kRun)) {
        if (fields[0] == std::byte{0}) {
            result.ended = true;
            break;
        }
        const auto offset = tar_number(fields.first(kNumber));
        const auto length = tar_number(fields.subspan(kNumber, kNumber));
        if (!offset || !length) return std::nullopt;
        result.runs[result.count++] = {*offset, *length};
    }
    return result;
}

}  // namespace
}  // namespace kiln::formats
