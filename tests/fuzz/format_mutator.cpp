// Changes images of FUZZ_FORMAT where it matters: puts hostile numbers into headers and tables,
// copies one table entry over another, cuts and grows the file, and mends checksums, so that the
// fuzzer gets behind them. Every other time the bytes are changed as libFuzzer likes.
#include <random>

#include "image_places.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using kiln::fuzz::Place;
using kiln::fuzz::SparseImage;

void change(SparseImage& image, std::mt19937& random);

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
    std::mt19937 random(seed);
    if (random() % 3 == 0) size = LLVMFuzzerMutate(data, size, max_size);
    SparseImage image = SparseImage::parse({data, size});
    const unsigned changes = random() % 4;
    for (unsigned i = 0; i < changes; ++i) change(image, random);
    if (random() % 8 != 0) kiln::fuzz::mend_checksums(FUZZ_FORMAT, image);
    const std::vector<std::uint8_t> result = image.encode();
    if (result.size() > max_size) return size;
    std::copy(result.begin(), result.end(), data);
    return result.size();
}

namespace {

void change(SparseImage& image, std::mt19937& random) {
    const std::vector<Place> places = kiln::fuzz::places_of(FUZZ_FORMAT, image);
    const auto any = [&](std::size_t count) { return count == 0 ? 0 : random() % count; };
    if (places.empty() || random() % 12 == 0) {
        const std::uint64_t size = image.size();
        const std::uint64_t sizes[] = {size / 2,   any(size + 1),    size - any(1024),
                                       size + 512, size / 512 * 512, size * 2};
        image.resize(sizes[any(std::size(sizes))]);
        return;
    }
    const Place& place = places[any(places.size())];
    const std::uint64_t present = image.number(place.offset, place.width, place.big_endian);
    const auto values = kiln::fuzz::hostile_values(place, present);
    std::uint64_t value = values[any(values.size())];
    const unsigned kind = random() % 6;
    if (kind == 0) value = present + random() % 65;
    if (kind == 1) value = present ^ (std::uint64_t{1} << random() % (8 * place.width));
    if (kind == 2) {
        const Place& other = places[any(places.size())];
        value = image.number(other.offset, other.width, other.big_endian);
    }
    if (kind == 3) value = image.size() / (random() % 2 == 0 ? 1 : 512) - random() % 3;
    image.set_number(place.offset, place.width, place.big_endian, value);
}

}  // namespace
