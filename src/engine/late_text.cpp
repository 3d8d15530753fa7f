#include "engine/late_text.h"

#include "template/interpolate/parser.h"

namespace kiln {

std::string render_late(const std::string& text, const PrepareContext& prepared,
                        const Setting::Map& fields) {
    InterpolateContext context = prepared.interpolation;
    for (const auto& [name, value] : fields) context.fields[name] = value;
    return interpolate(text, context);
}

void check_late_text(const std::string& option, const std::string& text, Problems& problems) {
    try {
        interpolation::parse(text);
    } catch (const Error& error) {
        problems.error(option, fmt::format("{} cannot be read: {}", option, error.what()));
    }
}

}  // namespace kiln
