#include "template/registry_block.h"

#include <algorithm>

#include <fmt/format.h>

#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"

namespace kiln {
namespace {

/// The attribute's text where it is written out; nothing where it must be computed.
std::optional<std::string> written_text(const hcl::BodyContent& content, const std::string& name);
bool is_bucket_name(const std::string& name);

}  // namespace

void check_registry_block(const hcl::Block& block, RegistrySeen& seen, Diagnostics& diagnostics) {
    if (seen.first) {
        diagnostics.add(Diagnostic::error(
            "Only one hcp_packer_registry block is allowed",
            fmt::format("The first one is at {}.", seen.first->to_string()), block.header_range()));
        return;
    }
    seen.first = block.header_range();
    const hcl::BodySchema schema{{{"bucket_name", false},
                                  {"description", false},
                                  {"labels", false},
                                  {"bucket_labels", false},
                                  {"build_labels", false},
                                  {"channels", false}},
                                 {}};
    const hcl::BodyContent content = hcl::read_body(block.body, schema, diagnostics);
    const auto fail = [&](const std::string& name, std::string summary, std::string detail) {
        diagnostics.add(Diagnostic::error(std::move(summary), std::move(detail),
                                          content.find(name)->expression->range));
    };
    const auto bucket = written_text(content, "bucket_name");
    if (bucket && !is_bucket_name(*bucket)) {
        fail("bucket_name", "Invalid bucket_name",
             "A bucket's name has 3 to 36 letters, digits and dashes.");
    }
    const auto description = written_text(content, "description");
    if (description && description->size() > 255) {
        fail("description", "Invalid description", "The description has at most 255 characters.");
    }
    if (content.find("labels") != nullptr && content.find("bucket_labels") != nullptr) {
        fail("labels", "labels and bucket_labels are the same",
             "\"labels\" is the old name of \"bucket_labels\": keep the new one.");
    }
    diagnostics.add(Diagnostic::warning(
        "hcp_packer_registry is ignored",
        "kiln keeps its artifacts where the template says and registers them with no service.",
        block.header_range()));
}

namespace {

std::optional<std::string> written_text(const hcl::BodyContent& content, const std::string& name) {
    const hcl::Attribute* attribute = content.find(name);
    if (attribute == nullptr) return std::nullopt;
    Diagnostics ignored;
    const hcl::Value value = hcl::evaluate(*attribute->expression, hcl::EvalScope(), ignored);
    const bool is_text = !ignored.has_errors() && value.is_known() && !value.is_null() &&
                         value.type().is(hcl::TypeKind::String);
    return is_text ? std::optional(value.as_string()) : std::nullopt;
}

bool is_bucket_name(const std::string& name) {
    return name.size() >= 3 && name.size() <= 36 &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-';
           });
}

}  // namespace
}  // namespace kiln
