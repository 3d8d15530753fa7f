#pragma once

#include <string>
#include <utility>
#include <vector>

#include "hcl/function/function.h"
#include "hcl/function/standard.h"

/// What the families of built-in functions share. Each family adds its functions to the table.
namespace kiln::hcl {

void add_string_functions(FunctionTable& table);
void add_format_functions(FunctionTable& table);
void add_regex_functions(FunctionTable& table);
void add_number_functions(FunctionTable& table);
void add_collection_functions(FunctionTable& table);
void add_sequence_functions(FunctionTable& table);
void add_set_functions(FunctionTable& table);
void add_encoding_functions(FunctionTable& table);
void add_text_encoding_functions(FunctionTable& table);
void add_yaml_functions(FunctionTable& table);
void add_network_functions(FunctionTable& table);
void add_filesystem_functions(FunctionTable& table, const FunctionContext& context);
void add_time_functions(FunctionTable& table, const FunctionContext& context);
void add_crypto_functions(FunctionTable& table);
void add_secret_functions(FunctionTable& table, const FunctionContext& context);
void add_conversion_functions(FunctionTable& table);

/// `templatefile`: the templates may call `functions`.
Function template_file_function(const FunctionContext& context,
                                std::shared_ptr<const FunctionTable> functions);

using Arguments = Function::Arguments;

inline Parameter string_parameter(std::string name) {
    return {std::move(name), Type::string()};
}
inline Parameter number_parameter(std::string name) {
    return {std::move(name), Type::number()};
}
inline Parameter any_parameter(std::string name) {
    return {std::move(name), Type::dynamic()};
}

/// A function with a fixed result type.
inline Function fixed(std::vector<Parameter> parameters, Type result,
                      std::function<Value(const Arguments&)> call) {
    return {std::move(parameters), {}, always(std::move(result)), std::move(call), {}};
}
inline Function fixed_variadic(std::vector<Parameter> parameters, Parameter variadic, Type result,
                               std::function<Value(const Arguments&)> call) {
    return {
        std::move(parameters), std::move(variadic), always(std::move(result)), std::move(call), {}};
}
/// A function whose result type is found from the result where it is known.
inline Function dynamic(std::vector<Parameter> parameters,
                        std::function<Value(const Arguments&)> call) {
    return {std::move(parameters), {}, always(Type::dynamic()), std::move(call), {}};
}
inline Function dynamic_variadic(std::vector<Parameter> parameters, Parameter variadic,
                                 std::function<Value(const Arguments&)> call) {
    return {
        std::move(parameters), std::move(variadic), always(Type::dynamic()), std::move(call), {}};
}

/// A whole number that fits, or an ArgumentError.
inline std::int64_t whole_number(const Arguments& arguments, std::size_t index) {
    const auto number = arguments[index].as_number().to_int64();
    if (!number) throw ArgumentError(index, "a whole number is required");
    return *number;
}

/// The value as compact JSON, as `jsonencode` gives it.
std::string encode_json(const Value& value);
/// Throws Error when the text is not one JSON value.
Value decode_json(std::string_view text);

std::string encode_base64(std::string_view bytes);
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace kiln::hcl
