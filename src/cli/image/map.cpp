#include "cli/image/map.h"

#include <CLI/CLI.hpp>

namespace kiln {

namespace {

using formats::Extent;

std::string_view kind_name(Extent::Kind kind);

// Prints an extent a line. JSON is an array whose items are printed as they come, since a map may
// have millions.
class MapPrinter {
  public:
    MapPrinter(std::ostream& out, bool json) : out_(out), json_(json) {
        out_ << (json_ ? "[" : fmt::format("{:>20} {:>20}  {}\n", "offset", "length", "kind"));
    }
    void print(const Extent& extent) {
        if (json_) {
            out_ << fmt::format("{}\n  {{\"start\": {}, \"length\": {}, \"kind\": \"{}\"}}",
                                first_ ? "" : ",", extent.offset, extent.length,
                                kind_name(extent.kind));
        } else {
            out_ << fmt::format("{:>20} {:>20}  {}\n", extent.offset, extent.length,
                                kind_name(extent.kind));
        }
        first_ = false;
    }
    void finish() {
        if (json_) out_ << (first_ ? "]\n" : "\n]\n");
    }

  private:
    std::ostream& out_;
    bool json_;
    bool first_ = true;
};

}  // namespace

int image_map(const ImageMapOptions& options, const ImageContext& context) {
    const auto source = open_image(options.source, context.cancel);
    MapPrinter printer(context.out, options.json);
    const std::uint64_t size = source->virtual_size();
    std::optional<Extent> pending;
    for (std::uint64_t offset = 0; offset < size;) {
        context.cancel.throw_if_cancelled();
        const Extent extent = source->next_extent(offset, size - offset);
        if (pending && pending->kind == extent.kind) {
            pending->length += extent.length;
        } else {
            if (pending) printer.print(*pending);
            pending = extent;
        }
        offset = extent.end();
    }
    if (pending) printer.print(*pending);
    printer.finish();
    return 0;
}

void add_image_map(CLI::App& app, const std::shared_ptr<ImageCommand>& command) {
    auto options = std::make_shared<ImageMapOptions>();
    CLI::App* map = app.add_subcommand("map", "List where a disk holds data, zeros and holes");
    map->add_option("image", options->source.path)->required();
    add_source_flags(*map, options->source);
    add_json_flag(*map, options->json);
    choose_on_call(
        *map, command,
        [options](const ImageContext& context) { return image_map(*options, context); },
        [options] { return image_rules({options->source}); });
}

namespace {

std::string_view kind_name(Extent::Kind kind) {
    switch (kind) {
        case Extent::Kind::Data:
            return "data";
        case Extent::Kind::Zero:
            return "zero";
        case Extent::Kind::Hole:
            return "hole";
    }
    return "";
}

}  // namespace
}  // namespace kiln
