// Damaged and hostile files: from good images of every format, those of the fuzzers' corpus, by
// changing each number in headers and tables to what hurts, and by cutting. Each is given to
// `info`, `check` and `convert` of the real commands: they end in time with 0 or 1, within
// memory, with words for a refusal, and leave no output behind.
#include <fstream>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "formats/format.h"
#include "limited_child.h"
#include "tests/fuzz/image_places.h"
#include "tests/fuzz/sparse_image.h"

namespace kiln::formats::judge {
namespace {

namespace fs = std::filesystem;
using fuzz::Place;
using fuzz::SparseImage;

unsigned long damaged_files = 0;
class Count : public testing::Environment {
  public:
    void TearDown() override { std::cout << "damaged files: " << damaged_files << '\n'; }
};
[[maybe_unused]] const testing::Environment* const kCount =
    testing::AddGlobalTestEnvironment(new Count);

struct Base {
    std::string format;
    fs::path input;
};

std::vector<Base> all_bases() {
    std::vector<Base> bases;
    for (const auto& folder : fs::directory_iterator(CORPUS)) {
        const std::string name = folder.path().filename().string();
        if (!name.starts_with("format_") || name == "format_round_trip") continue;
        if (find_format(name.substr(7)) == nullptr) continue;
        for (const auto& file : fs::directory_iterator(folder.path())) {
            bases.push_back({name.substr(7), file.path()});
        }
    }
    std::ranges::sort(bases, {}, &Base::input);
    return bases;
}

SparseImage load(const fs::path& input) {
    const std::string text = read_file(input);
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    return SparseImage::parse(bytes);
}

class Damage : public testing::TestWithParam<Base> {
  protected:
    // One file through all commands.
    void judge(const SparseImage& image, const std::string& label) {
        const fs::path path = directory_.path() / "image";
        image.store(path);
        const fs::path target = directory_.path() / "converted.raw";
        const std::string from = GetParam().format;
        ++damaged_files;
        judge_command({"info", "-f", from, path.string()}, label);
        judge_command({"check", "-f", from, path.string()}, label);
        const int code = judge_command(
            {"convert", "--no-sha256", "-f", from, "-O", "raw", path.string(), target.string()},
            label);
        EXPECT_EQ(fs::exists(target), code == 0) << label;
        fs::remove(target);
        for (const auto& entry : fs::directory_iterator(directory_.path())) {
            EXPECT_EQ(entry.path(), path) << label;
        }
    }

    TempDir directory_{temp_root()};

  private:
    static int judge_command(std::vector<std::string> arguments, const std::string& label) {
        const std::string command = arguments.front();
        // Outside of the sandbox, which would tell a crash as an error.
        arguments.insert(arguments.begin() + 1, {"--sandbox", "off"});
        arguments.insert(arguments.begin(), IMAGE_TOOL);
        const ChildResult result = run_limited(arguments);
        const std::string told = label + ": " + command + "\n" + result.err.substr(0, 2000);
        EXPECT_FALSE(result.timed_out) << told;
        EXPECT_TRUE(result.signal == 0 || result.timed_out) << "signal " << result.signal << told;
        EXPECT_TRUE(result.code == 0 || result.code == 1) << "exit " << result.code << ' ' << told;
        EXPECT_LT(result.peak_memory, kMaxMemory) << told;
        if (result.code == 1) {
            const bool reported = command == "check" && !result.out.empty();
            EXPECT_TRUE(reported || result.err.starts_with("Error")) << told << result.out;
        }
        return result.code;
    }
};

std::string name_of(const Base& base) {
    std::string name = base.format + "_" + base.input.filename().string();
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

void PrintTo(const Base& base, std::ostream* out) {
    *out << name_of(base);
}

// The values that a place gets here: all would be ten thousand files. The first image of a format
// gets them all for what stands in its header, others some, each place other ones.
std::vector<std::uint64_t> values_for(const Place& place, std::size_t number,
                                      const SparseImage& image, std::size_t most) {
    const std::uint64_t present = image.number(place.offset, place.width, place.big_endian);
    std::vector<std::uint64_t> values = fuzz::hostile_values(place, present);
    // A table that lies on its own header, or on itself.
    values.push_back(place.offset);
    values.push_back(place.offset / 512);
    std::rotate(values.begin(),
                values.begin() + static_cast<std::ptrdiff_t>(number * most % values.size()),
                values.end());
    values.resize(std::min(values.size(), most));
    return values;
}

TEST_P(Damage, OfEveryNumberIsRefusedOrHarmless) {
    const SparseImage good = load(GetParam().input);
    const std::vector<Place> places = fuzz::places_of(GetParam().format, good);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const Place& place = places[i];
        for (const std::uint64_t value : values_for(place, i, good, 2)) {
            SparseImage image = good;
            image.set_number(place.offset, place.width, place.big_endian, value);
            fuzz::mend_checksums(GetParam().format, image);
            judge(image, fmt::format("{} with {} = {:#x}", GetParam().input.filename().string(),
                                     place.name, value));
        }
    }
}

TEST_P(Damage, ByCuttingIsRefusedOrHarmless) {
    const SparseImage good = load(GetParam().input);
    std::vector<std::uint64_t> sizes = {0, 1, 4, 511, 512, 513, good.size() - 1};
    // At structures: where a place begins, and within it.
    const std::vector<Place> places = fuzz::places_of(GetParam().format, good);
    for (std::size_t i = 0; i < places.size(); i += 7) {
        sizes.push_back(places[i].offset);
        sizes.push_back(places[i].offset + 1);
    }
    for (unsigned part = 1; part < 8; ++part) sizes.push_back(good.size() / 8 * part);
    for (const std::uint64_t back : {2U, 512U, 513U, 1024U, 1536U, 4096U}) {
        if (good.size() > back) sizes.push_back(good.size() - back);
    }
    std::ranges::sort(sizes);
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    for (const std::uint64_t size : sizes) {
        SparseImage image = good;
        image.resize(size);
        judge(image, fmt::format("{} cut to {}", GetParam().input.filename().string(), size));
    }
}

INSTANTIATE_TEST_SUITE_P(Formats, Damage, testing::ValuesIn(all_bases()),
                         [](const auto& base) { return name_of(base.param); });

}  // namespace
}  // namespace kiln::formats::judge
