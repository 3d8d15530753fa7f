#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.h"
#include "hcl/json/node.h"
#include "hcl/value/value.h"

/// The syntax tree. Nodes are values without behaviour; all are immutable after parsing and may be
/// shared between threads. Every node has the range of source text that it was read from.
namespace kiln::hcl {

struct Expression;
/// Expressions are shared, so that bodies can be copied and rearranged (dynamic blocks) cheaply.
using ExpressionPtr = std::shared_ptr<const Expression>;

/// One step of a traversal: `.name` or `[key]` with a literal key.
struct TraversalStep {
    /// The attribute name, or the index key (a string or number value).
    std::variant<std::string, Value> step;
    SourceRange range;

    bool is_attribute() const { return std::holds_alternative<std::string>(step); }
    const std::string& name() const { return std::get<std::string>(step); }
    const Value& key() const { return std::get<Value>(step); }
};

/// A reference that can be read without evaluating: `var.list[0].name`.
struct Traversal {
    std::string root;
    SourceRange root_range;
    std::vector<TraversalStep> steps;

    SourceRange range() const;
    /// `a.b["k"][0]`, as diagnostics write it.
    std::string to_string() const;
};

struct Literal {
    Value value;
};
/// A quoted string or heredoc of several parts; always a string.
struct Template {
    std::vector<ExpressionPtr> parts;
};
/// A quoted template that is exactly one interpolation: the value itself, of any type.
struct TemplateWrap {
    ExpressionPtr inner;
};
/// The text of a `%{ for }` directive: the tuple that `inner` gives, joined to one string.
struct TemplateJoin {
    ExpressionPtr inner;
};
/// A reference to a variable and what follows it.
struct ScopeTraversal {
    Traversal traversal;
};
/// Literal steps applied to an expression that is not a plain reference.
struct RelativeTraversal {
    ExpressionPtr source;
    std::vector<TraversalStep> steps;
};
struct Index {
    ExpressionPtr collection;
    ExpressionPtr key;
    SourceRange bracket_range;
    /// Stands for `collection.0` and not `collection[0]`.
    bool legacy = false;
};
/// `source[*]…` or `source.*…`. `each` is the rest of the chain; in it, SplatItem stands for the
/// element.
struct Splat {
    ExpressionPtr source;
    ExpressionPtr each;
    SourceRange marker_range;
};
struct SplatItem {};
struct FunctionCall {
    std::string name;  ///< with its namespace: `a::b`
    SourceRange name_range;
    std::vector<ExpressionPtr> arguments;
    bool expand_final = false;  ///< `f(xs...)`
    SourceRange open_range;
    SourceRange close_range;
};
struct Conditional {
    ExpressionPtr condition;
    ExpressionPtr if_true;
    ExpressionPtr if_false;
};
enum class BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo
};
struct Binary {
    BinaryOperator op;
    ExpressionPtr left;
    ExpressionPtr right;
};
enum class UnaryOperator { Negate, Not };
struct Unary {
    UnaryOperator op;
    ExpressionPtr operand;
    SourceRange symbol_range;
};
struct TupleConstructor {
    std::vector<ExpressionPtr> elements;
};
struct ObjectConstructor {
    struct Item {
        ExpressionPtr key;  ///< usually an ObjectKey
        ExpressionPtr value;
    };
    std::vector<Item> items;
    SourceRange open_range;
    /// The same key twice is an error (in JSON); else the later item wins.
    bool unique_keys = false;
};
/// A key as written in an object: a bare identifier in it is a name and not a reference.
struct ObjectKey {
    ExpressionPtr inner;
};
struct ForExpression {
    std::string key_name;  ///< empty when only the value is named
    std::string value_name;
    ExpressionPtr collection;
    ExpressionPtr key;  ///< none in the tuple form
    ExpressionPtr value;
    ExpressionPtr condition;  ///< may be none
    bool group = false;       ///< `...` after the value
    SourceRange open_range;
};
struct Parentheses {
    ExpressionPtr inner;
};
/// Names that an expression inside the content of an expanded dynamic block may use: the iterators.
using BindingsPtr = std::shared_ptr<const std::map<std::string, Value>>;
/// An expression inside the content of an expanded dynamic block: `inner`, where the iterator names
/// have these values.
struct Scoped {
    ExpressionPtr inner;
    BindingsPtr bindings;
};
/// A string of JSON syntax. It is a template, or its characters as they are in a scope without any
/// names (descriptions, variable files), or native syntax where a type, a reference or a call is
/// read from it (eval/references.h).
struct JsonString {
    json::DocumentPtr document;
    const json::Node* node = nullptr;
    ExpressionPtr parsed;  ///< the template
    /// What is wrong with the template; none when it is good.
    std::shared_ptr<const Diagnostics> errors;
};

struct Expression {
    using Node = std::variant<Literal, Template, TemplateWrap, TemplateJoin, ScopeTraversal,
                              RelativeTraversal, Index, Splat, SplatItem, FunctionCall, Conditional,
                              Binary, Unary, TupleConstructor, ObjectConstructor, ObjectKey,
                              ForExpression, Parentheses, Scoped, JsonString>;

    Node node;
    SourceRange range;
    /// Height of the tree below; bounded by the parser.
    int depth = 1;

    template <typename T>
    const T* as() const {
        return std::get_if<T>(&node);
    }
};

struct Attribute {
    std::string name;
    ExpressionPtr expression;
    SourceRange range;
    SourceRange name_range;
    SourceRange equals_range;
};

struct Block;

/// A property of a JSON body that no schema has named yet: only a schema tells attributes from
/// blocks (eval/json_body.h).
struct OpenProperty {
    json::DocumentPtr document;
    const json::Property* property = nullptr;
    BindingsPtr bindings;  ///< the iterators of the dynamic blocks around it; may be none
    bool unknown = false;  ///< stands in the content of a dynamic block over an unknown collection

    const std::string& name() const { return property->name.text; }
};

/// The content of a file or block: attributes by name, blocks in source order. A body of JSON
/// syntax has `properties` instead, which become the one or the other when it is read with a
/// schema. So use eval/body.h and eval/dynamic.h, which know both, and not the members.
struct Body {
    std::map<std::string, Attribute> attributes;
    std::vector<Block> blocks;
    SourceRange range;
    SourceRange end_range;  ///< the last byte's end, for "something is missing here"
    /// Stands for content that is not known yet (a dynamic block over an unknown collection):
    /// attributes that are not there may come later, so a missing one is no error.
    bool unknown = false;
    std::vector<OpenProperty> properties;
    enum class Source { Native, JsonObject, JsonArray } source = Source::Native;

    const Attribute* find(const std::string& name) const;
};

struct Label {
    std::string text;
    SourceRange range;
};

struct Block {
    std::string type;
    std::vector<Label> labels;
    Body body;
    SourceRange type_range;
    SourceRange open_brace_range;
    SourceRange close_brace_range;

    /// Type and labels: what to point at when the block as a whole is wrong.
    SourceRange header_range() const;
    /// Type name to closing brace.
    SourceRange range() const;
    /// `source "null" "x"`, as diagnostics print it.
    std::string header() const;
};

}  // namespace kiln::hcl
