// A disk, a writer and its options, all from the input: what is written and read back is the disk,
// and the check finds nothing. See `Disk` for how a disk is described in few bytes.
#include <cstring>

#include "base/file.h"
#include "format_reader.h"
#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "tests/integration/formats/writers.h"

namespace kiln::fuzz {
namespace {

// Up to 4 MiB, made of runs: a kind, a length, a byte. Sizes are whole sectors, as all formats
// want.
class Disk : public formats::Source {
  public:
    explicit Disk(std::span<const std::uint8_t> input);

    std::uint64_t virtual_size() const override { return bytes_.size(); }
    formats::Extent next_extent(std::uint64_t offset, std::uint64_t) const override {
        constexpr std::uint64_t kUnit = 4096;
        const std::uint64_t end =
            std::min<std::uint64_t>((offset / kUnit + 1) * kUnit, bytes_.size());
        const bool zero = formats::is_zero(std::span(bytes_).subspan(offset, end - offset));
        const auto kind = zero ? formats::Extent::Kind::Hole : formats::Extent::Kind::Data;
        return {offset, end - offset, kind};
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        std::memcpy(out.data(), bytes_.data() + offset, out.size());
    }
    formats::SourceInfo info() const override { return {}; }

  private:
    std::vector<std::byte> bytes_;
};

Disk::Disk(std::span<const std::uint8_t> input) {
    std::uint32_t state = 1;
    for (std::size_t i = 0; i + 4 <= input.size() && bytes_.size() < (4U << 20); i += 4) {
        const unsigned kind = input[i] % 4;
        const std::size_t length = (input[i + 1] * 256U + input[i + 2]) * (kind == 3 ? 8 : 1);
        for (std::size_t n = 0; n < length; ++n) {
            state = state * 1664525 + 1013904223;
            bytes_.push_back(kind == 0 || kind == 3 ? std::byte{0}
                             : kind == 1            ? static_cast<std::byte>(state >> 24)
                                                    : static_cast<std::byte>(input[i + 3]));
        }
    }
    bytes_.resize(formats::round_up(std::min<std::size_t>(bytes_.size(), 4U << 20), 512));
}

std::vector<formats::judge::Writer> writers_for_small_disks() {
    std::vector<formats::judge::Writer> writers = formats::judge::all_writers();
    // A GCP archive rounds every disk up to a whole GiB unless told otherwise.
    for (auto& writer : writers) {
        if (writer.format->name == "gcp") writer.options["round"] = "off";
    }
    return writers;
}

}  // namespace
}  // namespace kiln::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    if (size < 4) return 0;
    static const auto writers = fuzz::writers_for_small_disks();
    static const TempDir directory("/dev/shm", "kiln-fuzz-");
    const auto& writer = writers[(data[0] * 256U + data[1]) % writers.size()];
    const fuzz::Disk disk({data + 4, size - 4});
    formats::OutputSpec spec;
    spec.path = directory.path() / ("disk." + std::string(writer.format->extensions.front()));
    spec.format = writer.format;
    spec.options = writer.options;
    spec.speed = static_cast<formats::Speed>(data[2] % 3);
    spec.sha256 = data[3] % 2 == 0;
    formats::ConvertOptions work;
    work.threads = 1 + data[3] % 3;
    try {
        std::vector<std::unique_ptr<formats::Sink>> sinks;
        sinks.push_back(formats::make_sink(spec));
        formats::convert(disk, sinks, work);
    } catch (const Error&) {
        return 0;  // options that do not go together, a disk of nothing
    }
    formats::OpenOptions options;
    options.format = writer.format;
    options.allow_backing = true;
    try {
        const auto read = formats::open_source(spec.path, options);
        fuzz::require(read->virtual_size() >= disk.virtual_size(), "no byte is lost");
        fuzz::require(formats::compare_images(disk, *read, work).identical,
                      "the disk is read back");
        fuzz::require(formats::check_image(spec.path, options, work).clean(),
                      "a written image is clean");
    } catch (const Error& error) {
        fuzz::require(false, error.what());
    }
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        std::filesystem::remove(entry.path());
    }
    return 0;
}
