#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/component.h"

namespace kiln {

/// The components that kiln has, by kind and type. Filled once at start (nothing is constructed
/// then: schemas and components are made when first asked for), then read from any thread.
class Registry {
  public:
    template <class C>
    struct Entry {
        std::shared_ptr<const SchemaInfo> schema;
        std::function<std::unique_ptr<C>()> create;
    };
    template <class C>
    using Factory = std::function<Entry<C>()>;

    void add_builder(std::string type, Factory<Builder> factory);
    void add_provisioner(std::string type, Factory<Provisioner> factory);
    void add_post_processor(std::string type, Factory<PostProcessor> factory);

    std::optional<Entry<Builder>> builder(const std::string& type) const;
    std::optional<Entry<Provisioner>> provisioner(const std::string& type) const;
    std::optional<Entry<PostProcessor>> post_processor(const std::string& type) const;

    /// The schema by the block's keyword (`source`, `provisioner`, `post-processor`), or null.
    std::shared_ptr<const SchemaInfo> schema(std::string_view block, const std::string& type) const;
    /// The known types of a block's keyword, sorted.
    std::vector<std::string> types(std::string_view block) const;

  private:
    std::map<std::string, Factory<Builder>> builders_;
    std::map<std::string, Factory<Provisioner>> provisioners_;
    std::map<std::string, Factory<PostProcessor>> post_processors_;
};

/// A factory for a component class `C` that is constructed from its schema alone.
template <class Base, class C, class Options>
Registry::Factory<Base> component_factory(Schema<Options> (*schema)()) {
    return [schema] {
        auto shared = std::make_shared<const Schema<Options>>(schema());
        return Registry::Entry<Base>{shared, [shared] { return std::make_unique<C>(shared); }};
    };
}

}  // namespace kiln
