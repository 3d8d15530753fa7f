#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/schema.h"
#include "engine/artifact.h"
#include "engine/build_context.h"
#include "template/interpolate.h"

namespace kiln {

class Communicator;

/// What is known when a component's options are prepared: in which build it is, and how to render
/// the `{{ }}` texts that it renders late.
struct PrepareContext {
    std::string source_name;   ///< packer_build_name
    std::string builder_type;  ///< packer_builder_type
    bool force = false;
    bool debug = false;
    /// False while `build.*` holds placeholders, true right before the component runs.
    bool values_known = false;
    std::map<std::string, std::string> user_variables;
    InterpolateContext interpolation;
};

/// A builder, provisioner or post-processor. Prepared at least once before it runs; preparing again
/// replaces the options (spec/template.md, section 6.4).
class Component {
  public:
    virtual ~Component() = default;
    /// Takes the options over, or says what is wrong with them. Must not touch the guest, write a
    /// file or take long.
    virtual void prepare(const Setting::Map& settings, const PrepareContext& context,
                         Problems& problems) = 0;
    /// What the options that were prepared last ask for and kiln cannot do yet. Validation passes
    /// over it; a build that has any is refused before anything starts (engine/readiness.h).
    const Problems& gaps() const { return gaps_; }

  protected:
    Problems gaps_;
};

/// What a builder's provision step calls: the build's provisioners, in order.
class ProvisionHook {
  public:
    virtual ~ProvisionHook() = default;
    /// `communicator` may be null when the builder has none. `data` holds the values of `build.*`.
    virtual void provision(BuildContext& context, Communicator* communicator,
                           const Setting::Map& data) = 0;
    /// Runs the error-cleanup-provisioner, when the build has one.
    virtual void provision_cleanup(BuildContext& context, Communicator* communicator,
                                   const Setting::Map& data) = 0;
};

class Builder : public Component {
  public:
    /// Names under `build.` beside the common ones that provisioners may use.
    virtual std::vector<std::string> announced_names() const { return {}; }
    /// Builds. The result may be null when there is nothing to hand on. Throws Error or Cancelled.
    virtual std::shared_ptr<Artifact> run(BuildContext& context, ProvisionHook& hook) = 0;
};

class Provisioner : public Component {
  public:
    virtual void provision(BuildContext& context, Communicator& communicator,
                           const Setting::Map& data) = 0;
};

/// What a post-processor hands on (spec/template.md, section 7.3).
struct PostProcessed {
    ArtifactPtr artifact;       ///< its result, or its input when it only looked
    bool keep_default = false;  ///< whether the input is kept when the user says nothing
    bool force_keep = false;    ///< whether it is kept even when the user says no
};

class PostProcessor : public Component {
  public:
    virtual PostProcessed process(BuildContext& context, const ArtifactPtr& input) = 0;
};

/// Looks something up while the template is read. Its options are plain values, without `{{ }}`
/// rendering; its schema declares what it gives back.
class DataSource : public Component {
  public:
    /// Every declared output by its name. Throws Error or Cancelled.
    virtual Setting::Map read(const CancelToken& cancel) = 0;
};

/// Adds an error for each setting whose option kiln does not serve yet; a setting that asks for
/// nothing (false, "", an empty list) is fine.
void report_unavailable(const SchemaInfo& schema, const Setting::Map& settings, Problems& gaps);

/// Implements `prepare` for a component whose options are the struct `Options`: decodes them by the
/// schema into `options()`. `Base` is one of the kinds above.
template <class Base, class Options>
class ComponentWith : public Base {
  public:
    explicit ComponentWith(std::shared_ptr<const Schema<Options>> schema)
        : schema_(std::move(schema)) {}

    void prepare(const Setting::Map& settings, const PrepareContext& context,
                 Problems& problems) override {
        options_ = schema_->decode(settings, problems);
        prepared_ = context;
        this->gaps_ = {};
        Problems found;
        complete(options_, context, found);
        schema_detail::add_rule_problems(found, settings, problems);
        if (problems.has_errors()) return;
        report_unavailable(*schema_, settings, this->gaps_);
        find_gaps(options_, this->gaps_);
    }

  protected:
    /// Fills in what depends on the build and checks what a schema rule cannot. Also called when
    /// some options are wrong, so that all problems are told at once.
    virtual void complete(Options&, const PrepareContext&, Problems&) {}
    /// Reports what depends on an option's value (see Component::gaps); options that kiln does not
    /// serve at all say so in the schema.
    virtual void find_gaps(const Options&, Problems&) const {}

    const Options& options() const { return options_; }
    const PrepareContext& prepared() const { return prepared_; }

  private:
    std::shared_ptr<const Schema<Options>> schema_;
    Options options_{};
    PrepareContext prepared_;
};

}  // namespace kiln
