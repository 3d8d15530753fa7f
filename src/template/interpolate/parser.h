#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "template/interpolate/value.h"

/// The tree of a `{{ }}` text. Every part knows the byte where it starts, for errors.
namespace kiln::interpolation {

struct Pipeline;

/// One word of a command: a constant, the dot, a variable, a function or a pipeline in parentheses,
/// with the fields that are taken of it (`$x.a.b`, `.a.b` is the dot with fields).
struct Operand {
    enum class Kind { Constant, Nil, Dot, Variable, Function, Parentheses };
    Kind kind = Kind::Dot;
    std::size_t offset = 0;
    Value constant;
    std::string name;  ///< of the variable or function
    std::vector<std::string> fields;
    std::shared_ptr<const Pipeline> inner;
};

struct Command {
    std::vector<Operand> operands;
};

/// `$a, $b := command | command`.
struct Pipeline {
    std::size_t offset = 0;
    std::vector<std::string> variables;
    bool assigns = false;  ///< `=` instead of `:=`
    std::vector<Command> commands;
};

struct Node {
    enum class Kind { Text, Action, If, Range, With, Break, Continue };
    Kind kind = Kind::Text;
    std::size_t offset = 0;
    std::string text;
    Pipeline pipeline;
    std::vector<Node> body;
    std::vector<Node> otherwise;
};

/// Reads a text. Unknown functions and variables are errors here already. Throws Error with the
/// place. Nesting is bounded.
std::vector<Node> parse(std::string_view text);

}  // namespace kiln::interpolation
