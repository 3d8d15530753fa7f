#include "template/expression.h"

#include "base/error.h"
#include "template/names.h"

namespace kiln {

hcl::Value evaluate_expression(const Template& tmpl, std::string_view text, const std::string& name,
                               SourceMap& sources, Diagnostics& diagnostics) {
    if (tmpl.names == nullptr) throw Error("the template could not be read");
    sources.add_file(name, std::string(text));
    return tmpl.names->evaluate(text, name, diagnostics);
}

}  // namespace kiln
