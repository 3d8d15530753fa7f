#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace kiln::legacy {

/// A legacy template as data; keys are sorted.
using Json = nlohmann::json;

/// One change that brings old templates up to date (spec/template.md, section 11). `fix` changes
/// the template in place; parts of another shape than expected stay as they are.
struct Fixer {
    std::string_view name;
    void (*fix)(Json& tmpl);
    /// Options that it takes away or renames: unknown keys of these names are told with it.
    std::vector<std::string_view> old_options = {};
};

/// All fixers in their order.
const std::vector<Fixer>& fixers();

/// Parts of fixers(), in the same order.
std::vector<Fixer> general_fixers();   ///< those of the older formats, for any component
std::vector<Fixer> cloud_fixers();     ///< clouds and containers
std::vector<Fixer> platform_fixers();  ///< hypervisors and provisioners

/// Calls `visit` with every builder, provisioner or post-processor that is an object; chains of
/// post-processors are looked into.
using Visit = std::function<void(Json& component)>;
void each_builder(Json& tmpl, const Visit& visit);
void each_provisioner(Json& tmpl, const Visit& visit);
void each_post_processor(Json& tmpl, const Visit& visit);
/// Builders of one type, or of all types that begin so.
void each_builder_of(Json& tmpl, std::string_view type, const Visit& visit);
void each_builder_like(Json& tmpl, std::string_view prefix, const Visit& visit);

/// The component's type, or empty.
std::string type_of(const Json& component);
/// Gives the value another key, where it replaces what is there.
void rename_key(Json& component, const char* from, const char* to);
/// Takes the value out: null when there is none.
Json take(Json& component, const char* key);
/// A scalar as text; empty for other values.
std::string text_of(const Json& value);
/// Calls `change` with every string below.
void each_text(Json& value, const std::function<void(std::string&)>& change);

}  // namespace kiln::legacy
