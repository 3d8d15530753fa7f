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

// What `visit` makes of the entry of any kind, or nothing where there is none.
template <class Result, class Visit>
Result of_entry(const Registry& registry, std::string_view block, const std::string& type,
                Visit visit) {
    const auto of = [&](const auto& entry) { return entry ? visit(*entry) : Result{}; };
    if (block == "source") return of(registry.builder(type));
    if (block == "provisioner") return of(registry.provisioner(type));
    if (block == "post-processor") return of(registry.post_processor(type));
    if (block == "data") return of(registry.data_source(type));
    return {};
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

void Registry::add_data_source(std::string type, Factory<DataSource> factory) {
    data_sources_[std::move(type)] = std::move(factory);
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

std::optional<Registry::Entry<DataSource>> Registry::data_source(const std::string& type) const {
    return look_up(data_sources_, type);
}

bool Registry::has(std::string_view block, const std::string& type) const {
    return of_entry<bool>(*this, block, type, [](const auto&) { return true; });
}

std::shared_ptr<const SchemaInfo> Registry::schema(std::string_view block,
                                                   const std::string& type) const {
    return of_entry<std::shared_ptr<const SchemaInfo>>(
        *this, block, type, [](const auto& entry) { return entry.schema; });
}

std::string Registry::unavailable(std::string_view block, const std::string& type) const {
    return of_entry<std::string>(*this, block, type,
                                 [](const auto& entry) { return entry.unavailable; });
}

std::vector<std::string> Registry::types(std::string_view block) const {
    if (block == "source") return names_of(builders_);
    if (block == "provisioner") return names_of(provisioners_);
    if (block == "post-processor") return names_of(post_processors_);
    if (block == "data") return names_of(data_sources_);
    return {};
}

Setting::Map read_data_source(const Registry& registry, const std::string& type,
                              const Setting::Map& options, const CancelToken& cancel) {
    const auto entry = registry.data_source(type);
    if (!entry) throw Error(fmt::format("kiln has no data source \"{}\"", type));
    const auto source = entry->create();
    PrepareContext context;
    context.values_known = true;
    Problems problems;
    source->prepare(options, context, problems);
    for (const Problem& problem : problems) {
        if (problem.severity == Severity::Error) throw Error(problem.message);
    }
    return source->read(cancel);
}

}  // namespace kiln
