#include "template/interpolate/eval.h"

#include <fmt/format.h>

#include "base/suggest.h"
#include "template/interpolate/functions.h"
#include "template/interpolate/lexer.h"

namespace kiln::interpolation {
namespace {

constexpr std::size_t kMostSteps = 1000000;
constexpr std::size_t kLongestOutput = std::size_t{16} << 20;

enum class Flow { On, Break, Continue };

class Renderer {
  public:
    Renderer(std::string_view text, const InterpolateContext& context)
        : text_(text), context_(context) {
        Value::Map fields;
        for (const auto& [name, value] : context.fields) fields.emplace(name, Value::from(value));
        root_ = Value(std::move(fields));
    }

    std::string run(const std::vector<Node>& nodes) {
        variables_.push_back({"$", root_});
        walk(nodes, root_);
        return std::move(out_);
    }

  private:
    struct Variable {
        std::string name;
        Value value;
    };

    [[noreturn]] void fail(std::size_t offset, const std::string& message) const {
        throw error_at(text_, offset, message);
    }

    void emit(std::string_view text, std::size_t offset) {
        if (out_.size() + text.size() > kLongestOutput) fail(offset, "the text gets too long");
        out_ += text;
    }

    Flow walk(const std::vector<Node>& nodes, const Value& dot) {
        const std::size_t visible = variables_.size();
        Flow flow = Flow::On;
        for (const Node& node : nodes) {
            flow = walk(node, dot);
            if (flow != Flow::On) break;
        }
        variables_.resize(visible);
        return flow;
    }

    Flow walk(const Node& node, const Value& dot) {
        if (++steps_ > kMostSteps) fail(node.offset, "the text takes too many steps");
        switch (node.kind) {
            case Node::Kind::Text:
                emit(node.text, node.offset);
                return Flow::On;
            case Node::Kind::Action: {
                const Value value = evaluate(node.pipeline, dot);
                if (node.pipeline.variables.empty()) emit(print_value(value), node.offset);
                return Flow::On;
            }
            case Node::Kind::Break:
                return Flow::Break;
            case Node::Kind::Continue:
                return Flow::Continue;
            case Node::Kind::Range:
                return walk_range(node, dot);
            case Node::Kind::If:
            case Node::Kind::With:
                break;
        }
        const std::size_t visible = variables_.size();
        const Value value = evaluate(node.pipeline, dot);
        Flow flow = Flow::On;
        if (value.truth())
            flow = walk(node.body, node.kind == Node::Kind::With ? value : dot);
        else
            flow = walk(node.otherwise, dot);
        variables_.resize(visible);
        return flow;
    }

    Flow walk_range(const Node& node, const Value& dot) {
        const std::size_t visible = variables_.size();
        Pipeline plain = node.pipeline;
        plain.variables.clear();
        const Value over = evaluate(plain, dot);
        if (!node.pipeline.assigns) {
            for (const auto& name : node.pipeline.variables) variables_.push_back({name, {}});
        }
        bool any = false;
        Flow flow = Flow::On;
        const auto once = [&](const Value& key, const Value& value) {
            if (++steps_ > kMostSteps) fail(node.offset, "the text takes too many steps");
            any = true;
            set_range_variables(node.pipeline.variables, key, value);
            flow = walk(node.body, value);
            return flow != Flow::Break;
        };
        each(node, over, once);
        if (!any) {
            variables_.resize(visible);
            return walk(node.otherwise, dot);
        }
        variables_.resize(visible);
        return Flow::On;
    }

    template <class Once>
    void each(const Node& node, const Value& over, const Once& once) {
        if (const auto* list = over.as_list()) {
            for (std::size_t i = 0; i < list->size(); ++i) {
                if (!once(Value(static_cast<std::int64_t>(i)), (*list)[i])) return;
            }
        } else if (const auto* map = over.as_map()) {
            for (const auto& [key, value] : *map) {
                if (!once(Value(key), value)) return;
            }
        } else if (const auto* count = over.as_int()) {
            if (node.pipeline.variables.size() > 1) {
                fail(node.offset, "a range over a number has one variable");
            }
            for (std::int64_t i = 0; i < *count; ++i) {
                if (!once(Value(i), Value(i))) return;
            }
        } else if (!over.is_nothing()) {
            fail(node.offset, fmt::format("a range cannot go over a {}", over.type_name()));
        }
    }

    void set_range_variables(const std::vector<std::string>& names, const Value& key,
                             const Value& value) {
        if (names.size() == 1) set_variable(names[0], value);
        if (names.size() == 2) {
            set_variable(names[0], key);
            set_variable(names[1], value);
        }
    }

    void set_variable(const std::string& name, const Value& value) {
        for (auto variable = variables_.rbegin(); variable != variables_.rend(); ++variable) {
            if (variable->name != name) continue;
            variable->value = value;
            return;
        }
    }

    const Value& variable(const Operand& operand) const {
        for (auto known = variables_.rbegin(); known != variables_.rend(); ++known) {
            if (known->name == operand.name) return known->value;
        }
        fail(operand.offset, fmt::format("the variable {} is not declared here", operand.name));
    }

    Value evaluate(const Pipeline& pipeline, const Value& dot) {
        Value value;
        const Value* piped = nullptr;
        for (const Command& command : pipeline.commands) {
            value = evaluate(command, dot, piped);
            piped = &value;
        }
        for (const auto& name : pipeline.variables) {
            if (pipeline.assigns)
                set_variable(name, value);
            else
                variables_.push_back({name, value});
        }
        return value;
    }

    Value evaluate(const Command& command, const Value& dot, const Value* piped) {
        if (++steps_ > kMostSteps) {
            fail(command.operands.front().offset, "the text takes too many steps");
        }
        const Operand& head = command.operands.front();
        if (head.kind == Operand::Kind::Function && head.fields.empty()) {
            return call(head, command, dot, piped);
        }
        if (command.operands.size() > 1 || piped != nullptr) {
            fail(head.offset, "only a function takes arguments, and this is none");
        }
        if (head.kind == Operand::Kind::Nil) fail(head.offset, "nil is not a command");
        return evaluate(head, dot);
    }

    Value evaluate(const Operand& operand, const Value& dot) {
        Value value;
        switch (operand.kind) {
            case Operand::Kind::Constant:
                return operand.constant;
            case Operand::Kind::Nil:
                return {};
            case Operand::Kind::Dot:
                value = dot;
                break;
            case Operand::Kind::Variable:
                value = variable(operand);
                break;
            case Operand::Kind::Function:
                value = call(operand, Command{{operand}}, dot, nullptr);
                break;
            case Operand::Kind::Parentheses:
                value = evaluate(*operand.inner, dot);
                break;
        }
        const bool of_root = operand.fields.empty() ? false : is_root(operand, dot);
        for (std::size_t i = 0; i < operand.fields.size(); ++i) {
            if (i == 0 && of_root) check_field(operand);
            value = take_field(operand, value, operand.fields[i]);
        }
        return value;
    }

    Value take_field(const Operand& operand, const Value& value, const std::string& name) const {
        try {
            return field_of(value, name);
        } catch (const Error& error) {
            fail(operand.offset, error.message());
        }
    }

    // Whether the operand's fields are those of the place where the text is rendered.
    bool is_root(const Operand& operand, const Value& dot) const {
        const bool dollar = operand.kind == Operand::Kind::Variable && operand.name == "$";
        const bool root_dot = operand.kind == Operand::Kind::Dot && dot.as_map() == root_.as_map();
        return dollar || root_dot;
    }

    void check_field(const Operand& operand) const {
        const std::string& name = operand.fields.front();
        if (!context_.strict_fields || context_.fields.contains(name)) return;
        std::vector<std::string> known;
        for (const auto& [field, value] : context_.fields) known.push_back(field);
        fail(operand.offset,
             fmt::format("there is no field \"{}\" here.{}", name, did_you_mean(name, known)));
    }

    Value call(const Operand& head, const Command& command, const Value& dot, const Value* piped) {
        const Function& function = *find_function(head.name);
        const std::size_t count = command.operands.size() - 1 + (piped == nullptr ? 0 : 1);
        check_count(head, function, count);
        const bool stops_at_true = head.name == "or";
        const bool lazy = stops_at_true || head.name == "and";
        Arguments arguments;
        arguments.reserve(count);
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            arguments.push_back(evaluate(command.operands[i], dot));
            if (lazy && arguments.back().truth() == stops_at_true) return arguments.back();
        }
        if (piped != nullptr) arguments.push_back(*piped);
        check_length(head, arguments);
        try {
            return function.call(arguments, context_);
        } catch (const Error& error) {
            fail(head.offset, fmt::format("{}: {}", head.name, error.message()));
        }
    }

    void check_count(const Operand& head, const Function& function, std::size_t count) const {
        if (count >= function.least_arguments && count <= function.most_arguments) return;
        const bool few = count < function.least_arguments;
        const std::size_t limit = few ? function.least_arguments : function.most_arguments;
        const bool exact = function.least_arguments == function.most_arguments;
        fail(head.offset, fmt::format("{} takes {}{} argument{}, not {}", head.name,
                                      exact ? ""
                                      : few ? "at least "
                                            : "at most ",
                                      limit, limit == 1 ? "" : "s", count));
    }

    // Texts that a loop makes longer and longer are stopped here.
    void check_length(const Operand& head, const Arguments& arguments) const {
        std::size_t length = 0;
        for (const Value& value : arguments) {
            if (const std::string* text = value.as_string()) length += text->size();
        }
        if (length > kLongestOutput) fail(head.offset, "the text gets too long");
    }

    std::string_view text_;
    const InterpolateContext& context_;
    Value root_;
    std::vector<Variable> variables_;
    std::size_t steps_ = 0;
    std::string out_;
};

}  // namespace

std::string render(std::string_view text, const std::vector<Node>& nodes,
                   const InterpolateContext& context) {
    return Renderer(text, context).run(nodes);
}

}  // namespace kiln::interpolation
