#pragma once

#include <string>

#include "engine/registry.h"

namespace kiln {

/// The part of a component that cannot run yet which depends on its kind: running it is an error.
/// No plan comes that far, because each such component has a gap.
template <class Base>
class Unrunnable;

template <>
class Unrunnable<Builder> : public Builder {
  public:
    std::shared_ptr<Artifact> run(BuildContext&, ProvisionHook&) override { throw Error(why_); }

  protected:
    std::string why_;
};

template <>
class Unrunnable<Provisioner> : public Provisioner {
  public:
    void provision(BuildContext&, Communicator&, const Setting::Map&) override {
        throw Error(why_);
    }

  protected:
    std::string why_;
};

template <>
class Unrunnable<PostProcessor> : public PostProcessor {
  public:
    PostProcessed process(BuildContext&, const ArtifactPtr&) override { throw Error(why_); }

  protected:
    std::string why_;
};

template <>
class Unrunnable<DataSource> : public DataSource {
  public:
    Setting::Map read(const CancelToken&) override { throw Error(why_); }

  protected:
    std::string why_;
};

/// A component whose options kiln knows, with their rules, and whose run comes later: templates
/// that use it can be validated, documented and edited; a build that needs it is refused by name.
template <class Base, class Options>
class Declared : public ComponentWith<Unrunnable<Base>, Options> {
  public:
    Declared(std::shared_ptr<const Schema<Options>> schema, std::string why)
        : ComponentWith<Unrunnable<Base>, Options>(std::move(schema)) {
        this->why_ = std::move(why);
    }

  protected:
    /// One gap stands for all that its options might have.
    void find_gaps(const Options&, Problems& gaps) const override {
        gaps = {};
        gaps.error("", this->why_);
    }
};

/// `why` is a sentence: what comes later, or what to do in its place.
template <class Base, class Options>
Registry::Factory<Base> declared_factory(Schema<Options> (*schema)(), std::string why) {
    auto shared = std::make_shared<LazySchema<Options>>(schema);
    return [shared, why] {
        return Registry::Entry<Base>{
            shared->get(),
            [shared, why] { return std::make_unique<Declared<Base, Options>>(shared->get(), why); },
            why};
    };
}

}  // namespace kiln
