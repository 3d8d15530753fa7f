#include "formats/packed/crc32_combine.h"

namespace kiln::formats {

// A CRC is a polynomial over GF(2) modulo P. Appending n bytes multiplies it by x^(8n). The bits
// stand reversed: the highest is x^0.

namespace {

constexpr std::uint32_t kOne = 0x80000000;
constexpr std::uint32_t kByte = kOne >> 8;  // x^8
constexpr std::uint32_t kPolynomial = 0xedb88320;

std::uint32_t multiply(std::uint32_t a, std::uint32_t b) {
    std::uint32_t product = 0;
    for (std::uint32_t bit = kOne; bit != 0; bit >>= 1) {
        if ((a & bit) != 0) product ^= b;
        b = (b >> 1) ^ ((b & 1) != 0 ? kPolynomial : 0);  // times x
    }
    return product;
}

std::uint32_t shift_of(std::uint64_t bytes) {
    std::uint32_t power = kOne;
    std::uint32_t square = kByte;
    for (; bytes != 0; bytes >>= 1) {
        if ((bytes & 1) != 0) power = multiply(power, square);
        square = multiply(square, square);
    }
    return power;
}

}  // namespace

std::uint32_t combine_crc32(std::uint32_t a, std::uint32_t b, std::uint64_t length_of_b) {
    return multiply(shift_of(length_of_b), a) ^ b;
}

std::uint32_t crc32_of_zeros(std::uint64_t count) {
    return multiply(shift_of(count), 0xffffffff) ^ 0xffffffff;  // begins and ends inverted
}

}  // namespace kiln::formats
