#include "engine/registry.h"

namespace kiln {
namespace {

template <class C>
std::optional<Registry::Entry<C>> look_up(const std::map<std::string, Registry::Factory<C>>& known,
                                          const std::string& type) {
    const auto found = known.find(type);
    if (found == known.end()) return std::nullopt;
    return found->second();
}

template <class C>
std::shared_ptr<const SchemaInfo> schema_of(std::optional<Registry::Entry<C>> entry) {
    return entry ? entry->schema : nullptr;
}

template <class C>
std::vector<std::string> names_of(const std::map<std::string, C>& known) {
    std::vector<std::string> names;
    for (const auto& [name, factory] : known) names.push_back(name);
    return names;
}

}  // namespace

void Registry::add_builder(std::string type, Factory<Builder> factory) {
    builders_[std::move(type)] = std::move(factory);
}

void Registry::add_provisioner(std::string type, Factory<Provisioner> factory) {
    provisioners_[std::move(type)] = std::move(factory);
}

void Registry::add_post_processor(std::string type, Factory<PostProcessor> factory) {
    post_processors_[std::move(type)] = std::move(factory);
}

std::optional<Registry::Entry<Builder>> Registry::builder(const std::string& type) const {
    return look_up(builders_, type);
}

std::optional<Registry::Entry<Provisioner>> Registry::provisioner(const std::string& type) const {
    return look_up(provisioners_, type);
}

std::optional<Registry::Entry<PostProcessor>> Registry::post_processor(
    const std::string& type) const {
    return look_up(post_processors_, type);
}

std::shared_ptr<const SchemaInfo> Registry::schema(std::string_view block,
                                                   const std::string& type) const {
    if (block == "source") return schema_of(builder(type));
    if (block == "provisioner") return schema_of(provisioner(type));
    if (block == "post-processor") return schema_of(post_processor(type));
    return nullptr;
}

std::vector<std::string> Registry::types(std::string_view block) const {
    if (block == "source") return names_of(builders_);
    if (block == "provisioner") return names_of(provisioners_);
    if (block == "post-processor") return names_of(post_processors_);
    return {};
}

}  // namespace kiln
