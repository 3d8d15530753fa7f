#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/component.h"

namespace kiln {

/// The keys that the peer itself sets in every component's options; a template may hold them too.
template <class Options>
Schema<Options> with_injected_keys(Schema<Options> schema);

/// A component's schema, made when it is first asked for. Thread-safe.
template <class Options>
class LazySchema {
  public:
    explicit LazySchema(Schema<Options> (*make)()) : make_(make) {}

    std::shared_ptr<const Schema<Options>> get() {
        std::call_once(once_, [this] {
            schema_ = std::make_shared<const Schema<Options>>(with_injected_keys(make_()));
        });
        return schema_;
    }

  private:
    Schema<Options> (*make_)();
    std::once_flag once_;
    std::shared_ptr<const Schema<Options>> schema_;
};

/// The components that kiln has, by kind and type. Filled once at start (nothing is constructed
/// then: schemas and components are made when first asked for), then read from any thread.
class Registry {
  public:
    template <class C>
    struct Entry {
        std::shared_ptr<const SchemaInfo> schema;
        std::function<std::unique_ptr<C>()> create;
        /// Why the component cannot run yet, a sentence; empty when it can.
        std::string unavailable;
    };
    template <class C>
    using Factory = std::function<Entry<C>()>;

    void add_builder(std::string type, Factory<Builder> factory);
    void add_provisioner(std::string type, Factory<Provisioner> factory);
    void add_post_processor(std::string type, Factory<PostProcessor> factory);
    void add_data_source(std::string type, Factory<DataSource> factory);

    std::optional<Entry<Builder>> builder(const std::string& type) const;
    std::optional<Entry<Provisioner>> provisioner(const std::string& type) const;
    std::optional<Entry<PostProcessor>> post_processor(const std::string& type) const;
    std::optional<Entry<DataSource>> data_source(const std::string& type) const;

    /// Whether there is one, by the block's keyword: `source`, `provisioner`, `post-processor` or
    /// `data`.
    bool has(std::string_view block, const std::string& type) const;
    /// The schema by the block's keyword, or null.
    std::shared_ptr<const SchemaInfo> schema(std::string_view block, const std::string& type) const;
    /// Why the component cannot run yet, or nothing.
    std::string unavailable(std::string_view block, const std::string& type) const;
    /// The known types of a block's keyword, sorted.
    std::vector<std::string> types(std::string_view block) const;

  private:
    std::map<std::string, Factory<Builder>> builders_;
    std::map<std::string, Factory<Provisioner>> provisioners_;
    std::map<std::string, Factory<PostProcessor>> post_processors_;
    std::map<std::string, Factory<DataSource>> data_sources_;
};

/// Asks a data source of the registry: prepares one with these options and reads it. Throws Error
/// (also for options that are not valid) or Cancelled.
Setting::Map read_data_source(const Registry& registry, const std::string& type,
                              const Setting::Map& options, const CancelToken& cancel);

/// A factory for a component class `C` that is constructed from its schema alone.
template <class Base, class C, class Options>
Registry::Factory<Base> component_factory(Schema<Options> (*schema)()) {
    auto shared = std::make_shared<LazySchema<Options>>(schema);
    return [shared] {
        return Registry::Entry<Base>{shared->get(),
                                     [shared] { return std::make_unique<C>(shared->get()); }, ""};
    };
}

template <class Options>
Schema<Options> with_injected_keys(Schema<Options> schema) {
    const std::string doc = "Set by the peer itself; means nothing here.";
    for (const char* name : {"build_name", "builder_type", "core_version", "on_error"}) {
        schema.ignored(std::string("packer_") + name, OptionType::String, doc);
    }
    schema.ignored("packer_debug", OptionType::Bool, doc)
        .ignored("packer_force", OptionType::Bool, doc)
        .ignored("packer_user_variables", OptionType::StringMap, doc)
        .ignored("packer_sensitive_variables", OptionType::StringList, doc);
    return schema;
}

}  // namespace kiln
