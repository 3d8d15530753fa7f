#include "datasource/null.h"

namespace kiln {

Schema<NullDataOptions> null_data_schema() {
    using O = NullDataOptions;
    Schema<O> schema("null", "Gives back the text that it is given.");
    schema.option("input", &O::input, "The text.")
        .required()
        .output("output", OptionType::String, "The text of `input`.");
    return schema;
}

Setting::Map NullDataSource::read(const CancelToken&) {
    return {{"output", options().input}};
}

}  // namespace kiln
