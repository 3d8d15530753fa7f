#include "formats/probe.h"

#include <array>

#include "base/error.h"
#include "formats/bytes/signature.h"

namespace kiln::formats {

namespace {

[[noreturn]] void refuse_contradiction(const InputFile& file, const Format& format);

}  // namespace

const Format& probe_format(const InputFile& file, bool allow_raw) {
    const Format* named = format_of_file_name(file.path().native());
    for (const Format* format : all_formats()) {
        if (!format->recognizes(file)) continue;
        if (!allow_raw && file.path().extension() == ".raw") refuse_contradiction(file, *format);
        return *format;
    }
    std::array<std::byte, 512> head{};
    const auto begin = std::span(head).first(std::min<std::uint64_t>(file.size(), head.size()));
    file.read(0, begin);
    if (const std::string_view kind = unreadable_kind(begin); !kind.empty()) {
        throw Error(fmt::format("{} is {}, which cannot be read", file.name(), kind))
            .with_hint("Convert or unpack it first; or give its format if it is raw data.");
    }
    const Format& raw = format_named("raw");
    if (allow_raw || named == &raw) return raw;
    throw Error(fmt::format("the format of {} is not known", file.name()))
        .because("it begins with no image's magic")
        .with_hint("If it is a raw image, say so: --from raw (format = \"raw\").");
}

namespace {

void refuse_contradiction(const InputFile& file, const Format& format) {
    throw Error(
        fmt::format("{} is called raw and begins like a {} image", file.name(), format.name))
        .because("a guest can write any header into its raw disk")
        .with_hint(fmt::format("Say which it is: --from raw or --from {}.", format.name));
}

}  // namespace
}  // namespace kiln::formats
