#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace kiln::formats {

static_assert(std::endian::native == std::endian::little, "byte order of the stores below");

/// Numbers in file formats: loads and stores at any alignment. The caller has checked the range.
template <std::unsigned_integral T>
T swap_bytes(T value) {
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    return value;
}

template <std::unsigned_integral T>
T load_le(std::span<const std::byte> bytes, std::size_t position) {
    T value;
    std::memcpy(&value, bytes.subspan(position, sizeof value).data(), sizeof value);
    return value;
}

template <std::unsigned_integral T>
T load_be(std::span<const std::byte> bytes, std::size_t position) {
    return swap_bytes(load_le<T>(bytes, position));
}

template <std::unsigned_integral T>
void store_le(std::span<std::byte> bytes, std::size_t position, T value) {
    std::memcpy(bytes.subspan(position, sizeof value).data(), &value, sizeof value);
}

template <std::unsigned_integral T>
void store_be(std::span<std::byte> bytes, std::size_t position, T value) {
    store_le(bytes, position, swap_bytes(value));
}

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t unit) {
    return value / unit + (value % unit != 0 ? 1 : 0);
}

/// To the next multiple of `unit`. The caller has made sure that it fits.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
    return divide_up(value, unit) * unit;
}

/// Whether [offset, offset + length) lies within [0, size), without overflow.
constexpr bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
    return offset <= size && length <= size - offset;
}

inline std::span<const std::byte> as_byte_span(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace kiln::formats
