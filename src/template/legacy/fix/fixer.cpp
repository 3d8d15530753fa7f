#include "template/legacy/fix/fixer.h"

namespace kiln::legacy {
namespace {

void each_object(Json& list, const Visit& visit);

}  // namespace

const std::vector<Fixer>& fixers() {
    static const std::vector<Fixer> all = [] {
        std::vector<Fixer> list = general_fixers();
        for (auto& fixer : cloud_fixers()) list.push_back(std::move(fixer));
        for (auto& fixer : platform_fixers()) list.push_back(std::move(fixer));
        return list;
    }();
    return all;
}

void each_builder(Json& tmpl, const Visit& visit) {
    if (tmpl.contains("builders")) each_object(tmpl["builders"], visit);
}

void each_provisioner(Json& tmpl, const Visit& visit) {
    if (tmpl.contains("provisioners")) each_object(tmpl["provisioners"], visit);
}

void each_post_processor(Json& tmpl, const Visit& visit) {
    if (!tmpl.contains("post-processors")) return;
    Json& list = tmpl["post-processors"];
    each_object(list, visit);
    if (!list.is_array()) return;
    for (Json& item : list) {
        if (item.is_array()) each_object(item, visit);
    }
}

void each_builder_of(Json& tmpl, std::string_view type, const Visit& visit) {
    each_builder(tmpl, [&](Json& builder) {
        if (type_of(builder) == type) visit(builder);
    });
}

void each_builder_like(Json& tmpl, std::string_view prefix, const Visit& visit) {
    each_builder(tmpl, [&](Json& builder) {
        if (type_of(builder).starts_with(prefix)) visit(builder);
    });
}

std::string type_of(const Json& component) {
    const auto type = component.find("type");
    return type != component.end() && type->is_string() ? type->get<std::string>() : "";
}

void rename_key(Json& component, const char* from, const char* to) {
    if (component.contains(from)) component[to] = take(component, from);
}

Json take(Json& component, const char* key) {
    const auto found = component.find(key);
    if (found == component.end()) return nullptr;
    Json value = std::move(*found);
    component.erase(found);
    return value;
}

std::string text_of(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_primitive() && !value.is_null() ? value.dump() : "";
}

void each_text(Json& value, const std::function<void(std::string&)>& change) {
    if (value.is_string()) {
        change(value.get_ref<std::string&>());
    } else if (value.is_structured()) {
        for (Json& item : value) each_text(item, change);
    }
}

namespace {

// One object may stand for a list of one.
void each_object(Json& list, const Visit& visit) {
    if (list.is_object()) visit(list);
    if (!list.is_array()) return;
    for (Json& item : list) {
        if (item.is_object()) visit(item);
    }
}

}  // namespace
}  // namespace kiln::legacy
