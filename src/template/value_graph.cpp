#include "template/value_graph.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/suggest.h"
#include "hcl/eval/body.h"
#include "hcl/eval/evaluate.h"
#include "hcl/eval/references.h"
#include "template/attribute_value.h"
#include "template/variable.h"

namespace kiln {
namespace {

constexpr const char* kGraphError = "failed to prepare execution graph";

// How far the older order follows references from one data source, or one local, to the next.
constexpr int kDeepestData = 10;
constexpr int kDeepestLocal = 9;

struct Node {
    std::string label;  ///< `local.x`, `data.t.n`
    const LocalDefinition* local = nullptr;
    const DataDefinition* data = nullptr;
    std::vector<std::size_t> needs;
    /// It refers to what is not there: reported, and not evaluated.
    bool broken = false;
    /// The data that is missing for it; empty when nothing is.
    std::string unavailable = {};
    hcl::Value value = hcl::Value::dynamic_unknown();

    const SourceRange& range() const { return local != nullptr ? local->range : data->range; }
};

class Graph {
  public:
    Graph(const ValueDefinitions& definitions, Diagnostics& diagnostics);

    /// Orders and evaluates all nodes, unless some need each other in a circle.
    void evaluate_all(const TemplateScope& scope, const DataEvaluator& evaluate_data,
                      const CancelToken& cancel);
    /// The same by the rules of the older order.
    void evaluate_in_sequence(const TemplateScope& scope, const DataEvaluator& evaluate_data,
                              const CancelToken& cancel);
    GraphValues values() const;

  private:
    /// The order in which all nodes can be evaluated, or nothing when there are errors.
    std::optional<std::vector<std::size_t>> order();
    void evaluate(Node& node, const TemplateScope& scope, const DataEvaluator& evaluate_data);
    void forbid_locals_in_data();
    void limit_depth(const std::vector<std::size_t>& order);
    void connect(std::size_t index, const hcl::Traversal& reference);
    void report_missing(const Node& from, const std::string& wanted, const SourceRange& range);
    void report_circle(const std::vector<std::size_t>& path, std::size_t again);

    std::vector<Node> nodes_;
    std::map<std::string, std::size_t> by_label_;
    Diagnostics& diagnostics_;
};

std::optional<std::string> step_name(const hcl::Traversal& reference, std::size_t index);

}  // namespace

GraphValues evaluate_graph(const ValueDefinitions& definitions, const TemplateScope& scope,
                           const DataEvaluator& evaluate_data, Diagnostics& diagnostics,
                           const CancelToken& cancel) {
    Graph graph(definitions, diagnostics);
    graph.evaluate_all(scope, evaluate_data, cancel);
    return graph.values();
}

GraphValues evaluate_in_sequence(const ValueDefinitions& definitions, const TemplateScope& scope,
                                 const DataEvaluator& evaluate_data, Diagnostics& diagnostics,
                                 const CancelToken& cancel) {
    Graph graph(definitions, diagnostics);
    graph.evaluate_in_sequence(scope, evaluate_data, cancel);
    return graph.values();
}

void ValueDefinitions::add_locals(const hcl::Block& block, Diagnostics& diagnostics) {
    for (const auto& [name, attribute] : hcl::read_attributes(block.body, diagnostics)) {
        add({name, attribute.expression, false, attribute.range}, diagnostics);
    }
}

void ValueDefinitions::add_local(const hcl::Block& block, Diagnostics& diagnostics) {
    const hcl::BodySchema schema{{{"expression", true}, {"sensitive", false}}, {}};
    const hcl::BodyContent content = hcl::read_body(block.body, schema, diagnostics);
    if (!check_label_name(block.labels[0], "local", diagnostics)) return;
    const bool sensitive =
        bool_attribute(content, "sensitive", hcl::EvalScope(), diagnostics).value_or(false);
    // Without an expression the local is known all the same, so that uses of it are no errors too.
    static const auto missing = std::make_shared<const hcl::Expression>(
        hcl::Expression{hcl::Literal{hcl::Value::dynamic_unknown()}, {}, 1});
    const hcl::Attribute* expression = content.find("expression");
    add({block.labels[0].text, expression == nullptr ? missing : expression->expression, sensitive,
         block.header_range()},
        diagnostics);
}

void ValueDefinitions::add_data(const hcl::Block& block, Diagnostics& diagnostics) {
    const bool good_type = check_label_name(block.labels[0], "data source", diagnostics);
    const bool good_name = check_label_name(block.labels[1], "data source", diagnostics);
    if (!good_type || !good_name) return;
    DataDefinition data{block.labels[0].text, block.labels[1].text, block.body,
                        block.header_range()};
    const auto [existing, added] = data_.try_emplace({data.type, data.name}, data);
    if (added) return;
    diagnostics.add(Diagnostic::error(
        "Duplicate data block",
        fmt::format("data.{}.{} is declared at {} already. Names must be unique among data blocks "
                    "of a type.",
                    data.type, data.name, existing->second.range.to_string()),
        block.header_range()));
}

void ValueDefinitions::add(LocalDefinition local, Diagnostics& diagnostics) {
    const auto [existing, added] = locals_.try_emplace(local.name, local);
    if (added) return;
    diagnostics.add(Diagnostic::error("Duplicate local definition",
                                      fmt::format("local.{} is defined at {} already.", local.name,
                                                  existing->second.range.to_string()),
                                      local.range));
}

namespace {

Graph::Graph(const ValueDefinitions& definitions, Diagnostics& diagnostics)
    : diagnostics_(diagnostics) {
    for (const auto& [name, local] : definitions.locals()) {
        by_label_.emplace("local." + name, nodes_.size());
        nodes_.push_back({"local." + name, &local, nullptr, {}});
    }
    for (const auto& [key, data] : definitions.data()) {
        const std::string label = fmt::format("data.{}.{}", data.type, data.name);
        by_label_.emplace(label, nodes_.size());
        nodes_.push_back({label, nullptr, &data, {}});
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        const auto references = nodes_[i].local != nullptr
                                    ? hcl::references(*nodes_[i].local->expression)
                                    : hcl::references(nodes_[i].data->body);
        for (const hcl::Traversal& reference : references) connect(i, reference);
    }
}

void Graph::evaluate_all(const TemplateScope& scope, const DataEvaluator& evaluate_data,
                         const CancelToken& cancel) {
    const auto sorted = order();
    if (!sorted) return;
    for (const std::size_t index : *sorted) {
        cancel.throw_if_cancelled();
        evaluate(nodes_[index], scope, evaluate_data);
    }
}

void Graph::evaluate_in_sequence(const TemplateScope& scope, const DataEvaluator& evaluate_data,
                                 const CancelToken& cancel) {
    forbid_locals_in_data();
    const auto sorted = order();
    if (!sorted) return;
    limit_depth(*sorted);
    for (const bool data_first : {true, false}) {
        for (const std::size_t index : *sorted) {
            if ((nodes_[index].data != nullptr) != data_first) continue;
            cancel.throw_if_cancelled();
            evaluate(nodes_[index], scope, evaluate_data);
        }
    }
}

void Graph::forbid_locals_in_data() {
    for (Node& node : nodes_) {
        if (node.data == nullptr) continue;
        for (const hcl::Traversal& reference : hcl::references(node.data->body)) {
            if (reference.root != "local") continue;
            node.broken = true;
            diagnostics_.add(Diagnostic::error(
                "Local values are not known here",
                fmt::format("With -use-sequential-evaluation all data sources are read before any "
                            "local is computed, so {} cannot use {}. Leave the flag out, or use a "
                            "variable.",
                            node.label, reference.to_string()),
                reference.range(), node.range()));
        }
        std::erase_if(node.needs, [&](std::size_t need) { return nodes_[need].local != nullptr; });
    }
}

// Depth counts references within one kind; what is too deep is broken.
void Graph::limit_depth(const std::vector<std::size_t>& order) {
    std::vector<int> depths(nodes_.size(), 0);
    for (const std::size_t index : order) {
        Node& node = nodes_[index];
        const bool is_data = node.data != nullptr;
        for (const std::size_t need : node.needs) {
            const bool same_kind = (nodes_[need].data != nullptr) == is_data;
            if (same_kind) depths[index] = std::max(depths[index], depths[need] + 1);
        }
        if (depths[index] <= (is_data ? kDeepestData : kDeepestLocal)) continue;
        node.broken = true;
        depths[index] = 0;
        diagnostics_.add(Diagnostic::error(
            is_data ? "Max datasource recursion depth exceeded."
                    : "Max local recursion depth exceeded.",
            fmt::format("{} stands at the end of a chain of references that is too long for "
                        "-use-sequential-evaluation. Leave the flag out.",
                        node.label),
            node.range()));
    }
}

void Graph::connect(std::size_t index, const hcl::Traversal& reference) {
    Node& node = nodes_[index];
    std::string wanted;
    if (reference.root == "local") {
        const auto name = step_name(reference, 0);
        if (name) wanted = "local." + *name;
    } else if (reference.root == "data") {
        const auto type = step_name(reference, 0);
        const auto name = step_name(reference, 1);
        if (type && name) wanted = fmt::format("data.{}.{}", *type, *name);
    } else {
        return;
    }
    if (wanted.empty()) {
        node.broken = true;
        diagnostics_.add(Diagnostic::error(
            kGraphError,
            fmt::format("{} uses {} without saying which one, so the order of evaluation cannot be "
                        "told. Write local.NAME or data.TYPE.NAME.",
                        node.label, reference.to_string()),
            reference.range(), node.range()));
        return;
    }
    const auto found = by_label_.find(wanted);
    if (found == by_label_.end()) {
        node.broken = true;
        return report_missing(node, wanted, reference.range());
    }
    auto& needs = node.needs;
    if (std::find(needs.begin(), needs.end(), found->second) == needs.end()) {
        needs.push_back(found->second);
    }
}

void Graph::report_missing(const Node& from, const std::string& wanted, const SourceRange& range) {
    std::vector<std::string> known;
    for (const auto& [label, index] : by_label_) known.push_back(label);
    diagnostics_.add(Diagnostic::error(
        kGraphError,
        fmt::format("could not get dependency \"{0}\" for \"{1}\", \"{0}\" missing in template.{2}",
                    wanted, from.label, did_you_mean(wanted, known)),
        range, from.range()));
}

// Depth first with a stack of its own, so that a long chain of locals cannot exhaust the thread's.
std::optional<std::vector<std::size_t>> Graph::order() {
    enum class State { New, Open, Done };
    struct Visit {
        std::size_t node;
        std::size_t next_need = 0;
    };
    bool circular = false;
    std::vector<std::size_t> order;
    std::vector<State> states(nodes_.size(), State::New);
    for (std::size_t start = 0; start < nodes_.size(); ++start) {
        if (states[start] != State::New) continue;
        std::vector<Visit> stack = {{start}};
        states[start] = State::Open;
        while (!stack.empty()) {
            Visit& visit = stack.back();
            const Node& node = nodes_[visit.node];
            if (visit.next_need == node.needs.size()) {
                states[visit.node] = State::Done;
                order.push_back(visit.node);
                stack.pop_back();
                continue;
            }
            const std::size_t need = node.needs[visit.next_need++];
            if (states[need] == State::New) {
                states[need] = State::Open;
                stack.push_back({need});
            } else if (states[need] == State::Open) {
                std::vector<std::size_t> path;
                for (const Visit& open : stack) path.push_back(open.node);
                report_circle(path, need);
                circular = true;
            }
        }
    }
    return circular ? std::nullopt : std::optional(order);
}

void Graph::report_circle(const std::vector<std::size_t>& path, std::size_t again) {
    std::vector<std::string> labels;
    for (auto at = std::find(path.begin(), path.end(), again); at != path.end(); ++at) {
        labels.push_back(nodes_[*at].label);
    }
    labels.push_back(nodes_[again].label);
    diagnostics_.add(Diagnostic::error(
        kGraphError,
        fmt::format("These values need each other in a circle: {}.", fmt::join(labels, " -> ")),
        nodes_[again].range()));
}

// The node's own needs are all that its expressions can name.
void Graph::evaluate(Node& node, const TemplateScope& template_scope,
                     const DataEvaluator& evaluate_data) {
    if (node.broken) return;
    hcl::Value::Entries locals;
    std::map<std::string, hcl::Value::Entries> data;
    for (const std::size_t need : node.needs) {
        const Node& other = nodes_[need];
        if (!other.unavailable.empty()) node.unavailable = other.unavailable;
        if (other.local != nullptr)
            locals.emplace(other.local->name, other.value);
        else
            data[other.data->type].emplace(other.data->name, other.value);
    }
    hcl::Value::Entries types;
    for (auto& [type, instances] : data) types.emplace(type, hcl::Value::object(instances));
    hcl::EvalScope scope = template_scope.outside_sources(nullptr);
    scope.set("local", hcl::Value::object(std::move(locals)));
    scope.set("data", hcl::Value::object(std::move(types)));

    const std::size_t errors = count_errors(diagnostics_);
    const auto value =
        node.local != nullptr
            ? std::optional(hcl::evaluate(*node.local->expression, scope, diagnostics_))
            : evaluate_data(*node.data, scope, diagnostics_);
    if (!value) node.unavailable = node.label;
    if (!value || count_errors(diagnostics_) > errors) return;
    node.value = *value;
    if (node.local != nullptr && node.local->sensitive) register_secrets(*value);
}

GraphValues Graph::values() const {
    GraphValues values;
    for (const Node& node : nodes_) {
        if (!node.unavailable.empty()) values.unavailable.emplace(node.label, node.unavailable);
        if (node.local != nullptr)
            values.locals.emplace(node.local->name, node.value);
        else
            values.data[node.data->type].emplace(node.data->name, node.value);
    }
    return values;
}

std::optional<std::string> step_name(const hcl::Traversal& reference, std::size_t index) {
    if (index >= reference.steps.size()) return std::nullopt;
    const hcl::TraversalStep& step = reference.steps[index];
    if (step.is_attribute()) return step.name();
    const hcl::Value& key = step.key();
    if (!key.type().is(hcl::TypeKind::String) || !key.is_known() || key.is_null()) {
        return std::nullopt;
    }
    return key.as_string();
}

}  // namespace
}  // namespace kiln
