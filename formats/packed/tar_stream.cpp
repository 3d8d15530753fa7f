#include "formats/packed/tar_stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kMaxText = std::uint64_t{1} << 20;  // an extended header
constexpr std::size_t kMaxRuns = std::size_t{1} << 20;      // 16 MiB of memory
constexpr std::size_t kMaxName = 4096;                      // as paths have; boxes keep them
constexpr unsigned kMaxExtensions = 16;                     // before one member
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 62;

std::optional<std::uint64_t> decimal(std::string_view text);

}  // namespace

std::optional<TarStreamMember> TarStream::next(const CancelToken& cancel) {
    drop(left_, cancel);
    left_ = 0;
    Extension extension;
    for (unsigned count = 0; count < kMaxExtensions; ++count) {
        cancel.throw_if_cancelled();
        std::array<std::byte, kTarBlock> block;
        if (!read_block(block) || is_zero(block)) return std::nullopt;
        const auto header = TarHeader::decode(block);
        if (!header)
            damaged(fmt::format("there is no tar header at offset {}", position_ - kTarBlock));
        switch (header->type) {
            case 'x':
                parse_pax(read_text(*header), extension);
                continue;
            case 'g':
            case 'K':
                read_text(*header);
                continue;
            case 'L':
                extension.name = read_text(*header).c_str();
                continue;
            default:
                break;
        }
        TarStreamMember member;
        member.name = extension.name.empty() ? header->name : extension.name;
        member.type = header->type == '\0' || header->type == '7' ? '0' : header->type;
        const std::uint64_t stored = extension.size.value_or(header->size);
        if (stored > kMaxSize) damaged("a member's size is not possible");
        member.size = stored;
        TarRuns runs;
        if (header->type == kOldGnuSparse) runs = read_old_gnu_runs(block, member);
        left_ = round_up(stored, kTarBlock);
        begin(member, std::move(runs), stored, extension);
        return member;
    }
    damaged("it has too many extended headers");
}

void TarStream::read(std::uint64_t offset, std::span<std::byte> out, const CancelToken& cancel) {
    const TarRuns& runs = *runs_;
    while (!out.empty()) {
        while (run_ < runs.size() && offset >= runs[run_].end()) {
            drop(runs[run_].length - in_run_, cancel);
            left_ -= runs[run_].length - in_run_;
            in_run_ = 0;
            ++run_;
        }
        if (run_ == runs.size() || offset < runs[run_].offset) {
            const std::uint64_t gap = run_ == runs.size() ? out.size() : runs[run_].offset - offset;
            const auto part = out.first(std::min<std::uint64_t>(gap, out.size()));
            std::memset(part.data(), 0, part.size());
            offset += part.size();
            out = out.subspan(part.size());
            continue;
        }
        const TarRun& run = runs[run_];
        const std::uint64_t skipped = offset - run.offset - in_run_;
        drop(skipped, cancel);
        const auto part = out.first(std::min<std::uint64_t>(out.size(), run.end() - offset));
        take(part);
        left_ -= skipped + part.size();
        in_run_ += skipped + part.size();
        offset += part.size();
        out = out.subspan(part.size());
    }
}

void TarStream::drain(const CancelToken& cancel) {
    position_ += stream_->skip(std::numeric_limits<std::uint64_t>::max(), cancel);
    left_ = 0;
}

// False at the end of the stream, which may lack the two blocks of zeros.
bool TarStream::read_block(std::span<std::byte> block) {
    const std::size_t count = stream_->read(block);
    position_ += count;
    if (count != 0 && count < block.size()) throw_cut_off(name_);
    return count != 0;
}

void TarStream::take(std::span<std::byte> out) {
    const std::size_t count = stream_->read(out);
    position_ += count;
    if (count < out.size()) throw_cut_off(name_);
}

void TarStream::drop(std::uint64_t count, const CancelToken& cancel) {
    const std::uint64_t done = stream_->skip(count, cancel);
    position_ += done;
    if (done < count) throw_cut_off(name_);
}

std::string TarStream::read_text(const TarHeader& header) {
    if (header.size > kMaxText) damaged("an extended header is larger than 1 MiB");
    std::string text(round_up(header.size, kTarBlock), '\0');
    take(std::as_writable_bytes(std::span(text.data(), text.size())));
    text.resize(header.size);
    return text;
}

// Records of the form "LENGTH KEY=VALUE\n".
void TarStream::parse_pax(std::string_view text, Extension& extension) const {
    while (!text.empty()) {
        const std::size_t space = text.find(' ');
        const auto length = decimal(text.substr(0, std::min<std::size_t>(space, 8)));
        if (space == std::string_view::npos || !length || *length > text.size() ||
            *length < space + 2 || text[*length - 1] != '\n') {
            damaged("an extended header is not valid");
        }
        const std::string_view record = text.substr(space + 1, *length - space - 2);
        const std::size_t equals = record.find('=');
        if (equals == std::string_view::npos) damaged("an extended header is not valid");
        set_pax(record.substr(0, equals), record.substr(equals + 1), extension);
        text.remove_prefix(*length);
    }
}

void TarStream::set_pax(std::string_view key, std::string_view value, Extension& extension) const {
    const auto number = [&] {
        const auto result = decimal(value);
        if (!result || *result > kMaxSize) damaged("a number in an extended header is not valid");
        return *result;
    };
    if (key == "path") extension.name = value;
    if (key == "size") extension.size = number();
    if (key == "GNU.sparse.name") extension.sparse_name = value;
    if (key == "GNU.sparse.realsize") extension.sparse_size = number();
    if (key == "GNU.sparse.major") extension.sparse = value == "1";
    if (key == "GNU.sparse.map" || key == "GNU.sparse.offset") extension.old_sparse = true;
}

// Behind the header and before the map's other blocks.
TarRuns TarStream::read_old_gnu_runs(std::span<const std::byte> header, TarStreamMember& member) {
    const auto size = old_gnu_file_size(header);
    if (!size || *size > kMaxSize) damaged("a sparse file's size is not valid");
    member.type = '0';
    member.size = *size;
    member.sparse = true;
    TarRuns runs;
    auto part = decode_old_gnu_header(header);
    while (true) {
        if (!part) damaged("a sparse file's map is not valid");
        for (const TarRun& run : std::span(part->runs).first(part->count)) {
            add_run(runs, run, member.size);
        }
        if (!part->more) return runs;
        if (part->ended) damaged("a sparse file's map goes on behind its end");
        std::array<std::byte, kTarBlock> block;
        take(block);
        part = decode_old_gnu_block(block);
    }
}

// `left_` counts what is stored, from here on.
void TarStream::begin(TarStreamMember& member, TarRuns runs, std::uint64_t stored,
                      const Extension& extension) {
    if (extension.old_sparse) {
        throw Error(fmt::format("{} holds a sparse file of an old kind", name_))
            .because("its map stands in the extended header (GNU sparse 0.0 or 0.1)")
            .with_hint("Unpack it with tar.");
    }
    if (extension.sparse) {
        if (!extension.sparse_size) damaged("a sparse file has no size");
        if (!runs.empty()) damaged("a sparse file has two maps");
        member.size = *extension.sparse_size;
        member.sparse = true;
        if (!extension.sparse_name.empty()) member.name = extension.sparse_name;
        const std::uint64_t before = position_;
        runs = read_pax_runs(member.size, stored);
        const std::uint64_t map = position_ - before;
        left_ -= map;
        stored -= map;
    }
    std::erase_if(runs, [](const TarRun& run) { return run.length == 0; });
    if (member.sparse) check_runs(runs, stored);
    if (!member.sparse && member.is_file() && stored != 0) runs = {{0, stored}};
    if (member.name.size() > kMaxName) damaged("a member's name is longer than 4096 bytes");
    if (member.name.starts_with("./")) member.name.erase(0, 2);
    member.offset = position_;
    member.runs = std::make_shared<const TarRuns>(std::move(runs));
    runs_ = member.runs;
    run_ = 0;
    in_run_ = 0;
}

// GNU tar, "PAX Format, Version 1.0": decimal numbers, a line each, before the data; filled up to
// whole blocks.
TarRuns TarStream::read_pax_runs(std::uint64_t size, std::uint64_t stored) {
    const std::uint64_t begin = position_;
    std::array<std::byte, kTarBlock> block;
    std::size_t at = block.size();
    const auto number = [&] {
        std::string digits;
        while (true) {
            if (at == block.size()) {
                if (position_ - begin >= stored) {
                    damaged("a sparse file's map is longer than the file");
                }
                take(block);
                at = 0;
            }
            const char c = std::to_integer<char>(block[at++]);
            if (c == '\n') break;
            digits += c;
            if (digits.size() > 20) damaged("a sparse file's map is not valid");
        }
        const auto value = decimal(digits);
        if (!value) damaged("a sparse file's map is not valid");
        return *value;
    };
    TarRuns runs;
    for (std::uint64_t count = number(); count != 0; --count) {
        const std::uint64_t offset = number();
        add_run(runs, {offset, number()}, size);
    }
    return runs;
}

void TarStream::add_run(TarRuns& runs, TarRun run, std::uint64_t size) const {
    const std::uint64_t end = runs.empty() ? 0 : runs.back().end();
    if (!fits(run.offset, run.length, size) || run.offset < end) {
        damaged("a sparse file's map is not in order or beyond its end");
    }
    // An empty one tells the size only, but counts: a map of them has no end.
    if (runs.size() == kMaxRuns) damaged("a sparse file has more than a million pieces");
    runs.push_back(run);
}

void TarStream::check_runs(const TarRuns& runs, std::uint64_t stored) const {
    std::uint64_t sum = 0;
    for (const TarRun& run : runs) sum += run.length;
    if (sum != stored) damaged("a sparse file's map does not fit what is stored");
}

void TarStream::damaged(std::string_view reason) const {
    throw_damaged(name_, reason);
}

namespace {

std::optional<std::uint64_t> decimal(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace
}  // namespace kiln::formats
