#include <fmt/format.h>

#include "hcl/function/builtin.h"

/// Functions that read secret stores.
namespace kiln::hcl {
namespace {

template <typename Source>
void require(const Source& source, const char* name) {
    if (source) return;
    throw Error(fmt::format("{}() cannot be used here: no secret store may be asked", name));
}

}  // namespace

void add_secret_functions(FunctionTable& table, const FunctionContext& context) {
    const SecretSources& sources = context.secrets;
    table.add("vault", fixed({string_parameter("path"), string_parameter("key")}, Type::string(),
                             [ask = sources.vault](const Arguments& a) {
                                 require(ask, "vault");
                                 return Value::string(ask(a[0].as_string(), a[1].as_string()));
                             }));
    table.add("consul_key", fixed({string_parameter("key")}, Type::string(),
                                  [ask = sources.consul_key](const Arguments& a) {
                                      require(ask, "consul_key");
                                      return Value::string(ask(a[0].as_string()));
                                  }));
    Parameter key = string_parameter("key");
    key.allow_null = true;
    table.add("aws_secretsmanager",
              fixed({string_parameter("name"), key}, Type::string(),
                    [ask = sources.aws_secret](const Arguments& a) {
                        require(ask, "aws_secretsmanager");
                        return Value::string(ask(
                            a[0].as_string(), a[1].is_null() ? std::string() : a[1].as_string()));
                    }));
    table.add("aws_secretsmanager_raw", fixed({string_parameter("name")}, Type::string(),
                                              [ask = sources.aws_secret_raw](const Arguments& a) {
                                                  require(ask, "aws_secretsmanager_raw");
                                                  return Value::string(ask(a[0].as_string()));
                                              }));
}

}  // namespace kiln::hcl
