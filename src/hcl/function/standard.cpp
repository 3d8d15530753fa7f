#include "hcl/function/standard.h"

#include "hcl/function/builtin.h"

namespace kiln::hcl {

FunctionTable standard_functions(const FunctionContext& context) {
    FunctionTable table;
    add_string_functions(table);
    add_format_functions(table);
    add_regex_functions(table);
    add_number_functions(table);
    add_collection_functions(table);
    add_sequence_functions(table);
    add_set_functions(table);
    add_encoding_functions(table);
    add_text_encoding_functions(table);
    add_yaml_functions(table);
    add_network_functions(table);
    add_filesystem_functions(table, context);
    add_time_functions(table, context);
    add_crypto_functions(table);
    add_secret_functions(table, context);
    add_conversion_functions(table);
    // A template file may use every function but this one, so that it cannot include itself.
    FunctionTable inside = table;
    inside.add("templatefile", dynamic({string_parameter("path"), any_parameter("vars")},
                                       [](const Arguments&) -> Value {
                                           throw Error(
                                               "cannot recursively call templatefile from inside "
                                               "templatefile call");
                                       }));
    table.add("templatefile",
              template_file_function(context, std::make_shared<const FunctionTable>(inside)));
    return table;
}

}  // namespace kiln::hcl
