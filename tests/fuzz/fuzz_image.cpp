// Turns image files into inputs of the format targets and back:
//     fuzz_image pack FILE INPUT
//     fuzz_image unpack INPUT FILE
#include <cstring>
#include <iostream>

#include "sparse_image.h"

int main(int argc, char** argv) {
    using kiln::fuzz::SparseImage;
    if (argc != 4) {
        std::cerr << "usage: fuzz_image pack|unpack FROM TO\n";
        return 2;
    }
    try {
        if (std::strcmp(argv[1], "pack") == 0) {
            const auto input = SparseImage::load(argv[2]).encode();
            const std::string text(input.begin(), input.end());
            kiln::write_file_atomically(argv[3], text);
        } else {
            const std::string text = kiln::read_file(argv[2]);
            const std::vector<std::uint8_t> input(text.begin(), text.end());
            SparseImage::parse(input).store(argv[3]);
        }
    } catch (const std::exception& error) {
        std::cerr << "Error: " << kiln::describe(error) << '\n';
        return 1;
    }
    return 0;
}
