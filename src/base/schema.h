#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/duration.h"
#include "base/setting.h"

namespace kiln {

/// The types an option can have in a template.
enum class OptionType {
    String,
    Bool,
    Tristate,  ///< bool that knows whether it was set
    Int,
    TimeSpan,
    StringList,
    StringListList,
    IntList,
    StringMap,
    Block,      ///< one nested block
    BlockList,  ///< a repeatable nested block
};

/// How the type is written in documentation: `list(string)`.
std::string_view option_type_name(OptionType type);

class SchemaInfo;

/// One option as it was declared: what documentation, completion and the template reader need.
struct OptionInfo {
    std::string name;
    OptionType type = OptionType::String;
    std::string default_text;  ///< for documentation; empty: none
    std::string doc;           ///< one line
    bool required = false;
    /// The option holds `{{ }}` text that its component renders later with values of its own, so
    /// the general rendering leaves it alone.
    bool rendered_late = false;
    bool sensitive = false;
    bool hidden = false;  ///< accepted, not documented
    /// Zero, "" and [] say that nothing was said, so that the default holds: so it is with the
    /// peer's options that have a default.
    bool zero_is_unset = false;
    std::vector<std::string> choices;
    /// Another option (or advice) that takes the place of this one.
    std::string deprecated;
    /// Why kiln cannot do this yet; empty when it works. Validation passes over it, a build that
    /// sets the option is refused.
    std::string unavailable;
    std::shared_ptr<const SchemaInfo> block;
};

/// A value that a component gives back under a name: an attribute of a data source.
struct OutputInfo {
    std::string name;
    OptionType type = OptionType::String;
    std::string doc;  ///< one line
};

/// What is wrong with a component's options; `option` is empty when it concerns none alone.
struct Problem {
    Severity severity = Severity::Error;
    std::string option;
    std::string message;
    std::optional<SourceRange> range;
};

class Problems {
  public:
    void error(std::string option, std::string message);
    void warning(std::string option, std::string message);
    void add(Problem problem) { items_.push_back(std::move(problem)); }
    bool has_errors() const;
    bool empty() const { return items_.empty(); }
    std::size_t size() const { return items_.size(); }
    auto begin() const { return items_.begin(); }
    auto end() const { return items_.end(); }

  private:
    std::vector<Problem> items_;
};

/// A component's options without their struct: names, types, documentation.
class SchemaInfo {
  public:
    SchemaInfo(std::string name, std::string doc) : name_(std::move(name)), doc_(std::move(doc)) {}
    virtual ~SchemaInfo() = default;

    const std::string& name() const { return name_; }
    const std::string& doc() const { return doc_; }
    const std::vector<OptionInfo>& options() const { return options_; }
    const OptionInfo* find(std::string_view option) const;
    /// Of the options that are documented.
    std::vector<std::string> option_names() const;
    /// What to write in place of a name that an option had in the past, or nothing.
    std::string former_name_advice(std::string_view name) const;
    /// What the component gives back, by name; data sources alone have some.
    const std::vector<OutputInfo>& outputs() const { return outputs_; }

    /// Everything wrong with the settings, without a component.
    virtual void validate(const Setting::Map& settings, Problems& problems) const = 0;

  protected:
    SchemaInfo(const SchemaInfo&) = default;
    SchemaInfo& operator=(const SchemaInfo&) = default;

    std::string name_;
    std::string doc_;
    std::vector<OptionInfo> options_;
    std::vector<OutputInfo> outputs_;
    std::map<std::string, std::string, std::less<>> former_names_;
};

/// Conversions from a Setting to a member, as forgiving as the peer's: numbers and bools become
/// strings and back, one scalar stands for a list of one, text for a list is split at commas
/// (spec/template.md, section 8). They throw Error with "needs a T, not a U".
namespace setting_to {
void assign(const Setting& from, std::string& to);
void assign(const Setting& from, std::optional<std::string>& to);
void assign(const Setting& from, bool& to);
void assign(const Setting& from, std::optional<bool>& to);
void assign(const Setting& from, int& to);
void assign(const Setting& from, std::optional<int>& to);
void assign(const Setting& from, Duration& to);
void assign(const Setting& from, std::optional<Duration>& to);
void assign(const Setting& from, std::vector<std::string>& to);
void assign(const Setting& from, std::vector<std::vector<std::string>>& to);
void assign(const Setting& from, std::vector<int>& to);
void assign(const Setting& from, std::map<std::string, std::string>& to);
}  // namespace setting_to

/// How a default value is shown in documentation.
namespace default_text {
std::string of(const std::string& value);
std::string of(const std::optional<std::string>& value);
std::string of(bool value);
std::string of(const std::optional<bool>& value);
std::string of(int value);
std::string of(const std::optional<int>& value);
std::string of(Duration value);
std::string of(const std::optional<Duration>& value);
std::string of(const std::vector<std::string>& value);
std::string of(const std::vector<std::vector<std::string>>& value);
std::string of(const std::vector<int>& value);
std::string of(const std::map<std::string, std::string>& value);
}  // namespace default_text

namespace schema_detail {
template <class Member>
constexpr OptionType type_of();
inline bool has_default(int value) {
    return value > 0;
}
inline bool has_default(Duration value) {
    return value > Duration::zero();
}
inline bool has_default(const std::string& value) {
    return !value.empty();
}
template <class Element>
bool has_default(const std::vector<Element>& value) {
    return !value.empty();
}
template <class Other>
bool has_default(const Other&) {
    return false;
}
/// Reports unknown names, deprecated options and missing required ones (a required text must not
/// be empty); `accept` is true when the
/// option is to be assigned: null is not set, and neither is "" where there are choices.
void report_unknown(const SchemaInfo& schema, const Setting::Map& settings, Problems& problems);
void report_missing(const SchemaInfo& schema, const Setting::Map& settings, Problems& problems);
bool accept(const OptionInfo& option, const Setting& setting, Problems& problems);
/// Registers the values of sensitive options as secrets. One that also stands in another option, as
/// a password that is the user's name, is none.
void hide_sensitive(const SchemaInfo& schema, const Setting::Map& settings);
Problem located(Severity severity, const OptionInfo& option, const Setting& setting,
                std::string message);
/// Adds what the rules said to what decoding found, each where its option stands; what speaks of an
/// option that could not be decoded is left out.
void add_rule_problems(const Problems& rules, const Setting::Map& settings, Problems& found);
/// Those that speak of an option that is set. What is said to be missing may stand there under a
/// name or in a form that was refused, so it is not told beside that.
Problems about_what_is_there(const Problems& problems, const Setting::Map& settings);
/// Gives the problems that have no place of their own one.
Problems placed(const Problems& problems, const std::optional<SourceRange>& range);
}  // namespace schema_detail

/// The one declaration of a component's options: name, member, type, default, documentation.
/// Decoding, validation, `kiln docs`, completion and the reference pages all come from it.
///
///     Schema<SleepOptions>("sleep", "Waits.")
///         .option("duration", &SleepOptions::duration, "How long to wait.")
///         .required()
///         .check([](const SleepOptions& o, Problems& p) { ... });
///
/// `T` is default-constructible, and its members' initial values are the options' defaults.
/// Calls that follow `option` refine the option declared last.
template <class T>
class Schema : public SchemaInfo {
  public:
    using SchemaInfo::SchemaInfo;

    template <class Member>
    Schema& option(std::string name, Member T::*member, std::string doc) {
        OptionInfo info;
        info.name = std::move(name);
        info.type = schema_detail::type_of<Member>();
        info.default_text = default_text::of(T{}.*member);
        info.zero_is_unset = schema_detail::has_default(T{}.*member);
        info.doc = std::move(doc);
        add(std::move(info), [member](T& object, const Setting& setting, Problems&) {
            setting_to::assign(setting, object.*member);
        });
        return *this;
    }

    /// A nested block, at most once. An optional member tells whether it is there.
    template <class Nested>
    Schema& block(std::string name, Nested T::*member, Schema<Nested> schema, std::string doc) {
        return add_block(std::move(name), member, std::move(schema), std::move(doc));
    }
    template <class Nested>
    Schema& block(std::string name, std::optional<Nested> T::*member, Schema<Nested> schema,
                  std::string doc) {
        return add_block(std::move(name), member, std::move(schema), std::move(doc));
    }

    /// A nested block that may stand any number of times.
    template <class Nested>
    Schema& blocks(std::string name, std::vector<Nested> T::*member, Schema<Nested> schema,
                   std::string doc) {
        auto shared = std::make_shared<const Schema<Nested>>(std::move(schema));
        OptionInfo info;
        info.name = std::move(name);
        info.type = OptionType::BlockList;
        info.doc = std::move(doc);
        info.block = shared;
        add(std::move(info),
            [member, shared](T& object, const Setting& setting, Problems& problems) {
                const Setting::List* list = setting.as_list();
                if (list == nullptr) {
                    (object.*member).push_back(shared->decode_block(setting, problems));
                    return;
                }
                for (const Setting& item : *list) {
                    (object.*member).push_back(shared->decode_block(item, problems));
                }
            });
        return *this;
    }

    /// All options (and checks) of a group that several components share, kept in one member.
    template <class Group>
    Schema& include(Group T::*member, Schema<Group> group) {
        auto shared = std::make_shared<const Schema<Group>>(std::move(group));
        for (std::size_t i = 0; i < shared->options().size(); ++i) {
            add(shared->options()[i],
                [member, shared, i](T& object, const Setting& setting, Problems& problems) {
                    shared->assigns_[i](object.*member, setting, problems);
                });
        }
        former_names_.insert(shared->former_names_.begin(), shared->former_names_.end());
        checks_.push_back([member, shared](const T& object, Problems& problems) {
            shared->run_checks(object.*member, problems);
        });
        return *this;
    }

    /// An option that is accepted and means nothing to kiln; not documented.
    Schema& ignored(std::string name, OptionType type, std::string doc) {
        OptionInfo info;
        info.name = std::move(name);
        info.type = type;
        info.doc = std::move(doc);
        info.hidden = true;
        add(std::move(info), [](T&, const Setting&, Problems&) {});
        return *this;
    }

    /// A value that a data source gives back.
    Schema& output(std::string name, OptionType type, std::string doc) {
        outputs_.push_back({std::move(name), type, std::move(doc)});
        return *this;
    }

    Schema& required() {
        return refine([](OptionInfo& info) { info.required = true; });
    }
    Schema& rendered_late() {
        return refine([](OptionInfo& info) { info.rendered_late = true; });
    }
    Schema& sensitive() {
        return refine([](OptionInfo& info) { info.sensitive = true; });
    }
    Schema& hidden() {
        return refine([](OptionInfo& info) { info.hidden = true; });
    }
    Schema& one_of(std::vector<std::string> choices) {
        return refine([&](OptionInfo& info) { info.choices = std::move(choices); });
    }
    /// Of an optional member; others with a default are so by themselves.
    Schema& zero_is_unset() {
        return refine([](OptionInfo& info) { info.zero_is_unset = true; });
    }
    /// A name that an option had in the past, and what to write now.
    Schema& former_name(std::string name, std::string advice) {
        former_names_.emplace(std::move(name), std::move(advice));
        return *this;
    }
    Schema& unavailable(std::string why) {
        return refine([&](OptionInfo& info) { info.unavailable = std::move(why); });
    }
    Schema& deprecated(std::string instead) {
        return refine([&](OptionInfo& info) { info.deprecated = std::move(instead); });
    }
    /// What documentation says of the default, where the member's initial value does not tell it.
    Schema& default_is(std::string text) {
        return refine([&](OptionInfo& info) { info.default_text = std::move(text); });
    }

    /// The same for an option declared before: of an included group, whose member this component
    /// fills differently.
    Schema& default_of(std::string_view name, std::string text) {
        for (OptionInfo& info : options_) {
            if (info.name == name) info.default_text = std::move(text);
        }
        return *this;
    }

    /// A rule over the decoded options. Options that could not be decoded have their defaults; what
    /// a rule says of them is left out.
    Schema& check(std::function<void(const T&, Problems&)> rule) {
        checks_.push_back(std::move(rule));
        return *this;
    }

    /// Decodes settings into the struct; everything wrong goes to `problems`.
    T decode(const Setting::Map& settings, Problems& problems) const {
        T object{};
        Problems found;
        schema_detail::hide_sensitive(*this, settings);
        schema_detail::report_unknown(*this, settings, found);
        for (std::size_t i = 0; i < options_.size(); ++i) {
            const auto setting = settings.find(options_[i].name);
            if (setting != settings.end()) assign(i, object, setting->second, found);
        }
        schema_detail::report_missing(*this, settings, found);
        Problems rules;
        run_checks(object, rules);
        schema_detail::add_rule_problems(rules, settings, found);
        for (const Problem& problem : found) problems.add(problem);
        return object;
    }

    void validate(const Setting::Map& settings, Problems& problems) const override {
        decode(settings, problems);
    }

    T decode_block(const Setting& setting, Problems& problems) const {
        const Setting::Map* map = setting.as_map();
        if (map == nullptr) throw Error(fmt::format("needs a block, not a {}", setting.kind()));
        Problems found;
        T object = decode(*map, found);
        for (const Problem& problem : schema_detail::placed(found, setting.range())) {
            problems.add(problem);
        }
        return object;
    }

  private:
    template <class U>
    friend class Schema;
    using Assign = std::function<void(T&, const Setting&, Problems&)>;

    void add(OptionInfo info, Assign assign) {
        options_.push_back(std::move(info));
        assigns_.push_back(std::move(assign));
    }

    template <class Member, class Nested>
    Schema& add_block(std::string name, Member T::*member, Schema<Nested> schema, std::string doc) {
        auto shared = std::make_shared<const Schema<Nested>>(std::move(schema));
        OptionInfo info;
        info.name = std::move(name);
        info.type = OptionType::Block;
        info.doc = std::move(doc);
        info.block = shared;
        add(std::move(info),
            [member, shared](T& object, const Setting& setting, Problems& problems) {
                object.*member = shared->decode_block(setting, problems);
            });
        return *this;
    }

    template <class Change>
    Schema& refine(Change change) {
        change(options_.back());
        return *this;
    }

    void assign(std::size_t index, T& object, const Setting& setting, Problems& problems) const {
        const OptionInfo& option = options_[index];
        if (!schema_detail::accept(option, setting, problems)) return;
        try {
            assigns_[index](object, setting, problems);
        } catch (const Error& error) {
            problems.add(schema_detail::located(Severity::Error, option, setting, error.what()));
        }
    }

    void run_checks(const T& object, Problems& problems) const {
        for (const auto& rule : checks_) rule(object, problems);
    }

    std::vector<Assign> assigns_;
    std::vector<std::function<void(const T&, Problems&)>> checks_;
};

namespace schema_detail {

template <class Member>
constexpr OptionType type_of() {
    if constexpr (std::is_same_v<Member, std::string>)
        return OptionType::String;
    else if constexpr (std::is_same_v<Member, std::optional<std::string>>)
        return OptionType::String;
    else if constexpr (std::is_same_v<Member, bool>)
        return OptionType::Bool;
    else if constexpr (std::is_same_v<Member, std::optional<bool>>)
        return OptionType::Tristate;
    else if constexpr (std::is_same_v<Member, int>)
        return OptionType::Int;
    else if constexpr (std::is_same_v<Member, std::optional<int>>)
        return OptionType::Int;
    else if constexpr (std::is_same_v<Member, Duration>)
        return OptionType::TimeSpan;
    else if constexpr (std::is_same_v<Member, std::optional<Duration>>)
        return OptionType::TimeSpan;
    else if constexpr (std::is_same_v<Member, std::vector<std::string>>)
        return OptionType::StringList;
    else if constexpr (std::is_same_v<Member, std::vector<std::vector<std::string>>>)
        return OptionType::StringListList;
    else if constexpr (std::is_same_v<Member, std::vector<int>>)
        return OptionType::IntList;
    else if constexpr (std::is_same_v<Member, std::map<std::string, std::string>>)
        return OptionType::StringMap;
    else
        static_assert(!sizeof(Member), "no option has this type");
}

}  // namespace schema_detail
}  // namespace kiln
