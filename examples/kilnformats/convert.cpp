// Converts an image with libkilnformats: one read, any number of outputs.
//
//     c++ -std=c++20 convert.cpp $(pkg-config --cflags --libs kilnformats) -o convert
//     ./convert disk.qcow2 disk.vmdk disk.ova
#include <iostream>
#include <vector>

#include <formats/engine/converter.h>
#include <formats/outputs.h>
#include <formats/source.h>

using namespace kiln::formats;

int main(int argc, char** argv) try {
    if (argc < 3) throw kiln::Error("usage: convert SOURCE TARGET...");
    const auto source = open_source(argv[1]);
    std::vector<std::unique_ptr<Sink>> sinks;
    for (int i = 2; i < argc; ++i) {
        OutputSpec output{.path = argv[i], .format = format_of_file_name(argv[i])};
        if (output.format == nullptr) throw kiln::Error("what format is " + output.path.string());
        sinks.push_back(make_sink(output));
    }
    for (const OutputResult& written : convert(*source, sinks).outputs) {
        std::cout << written.sha256 << "  " << written.path << '\n';
    }
    return 0;
} catch (const std::exception& error) {
    std::cerr << kiln::describe(error) << '\n';
    return 1;
}
