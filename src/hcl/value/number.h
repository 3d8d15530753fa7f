#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kiln::hcl {

/// A binary floating-point number with a precision of its own, infinities and negative zero, but no
/// not-a-number: operations that would give one return nothing. Numbers read from text have a
/// 512-bit mantissa, integers 64 bits, machine floats 53. Rounding is to nearest, ties to even.
/// Immutable, cheap to copy, safe to share between threads.
class Number {
  public:
    /// Zero, of integer precision.
    Number();
    static Number from_int(std::int64_t value);
    static Number from_unsigned(std::uint64_t value);
    /// Nothing for not-a-number.
    static std::optional<Number> from_double(double value);
    /// Optional sign, digits with an optional dot, optional exponent, or `Inf`. Nothing else: no
    /// spaces, no `_`, no hexadecimal.
    static std::optional<Number> parse(std::string_view text);
    /// Digits of base 2 to 62 with an optional sign; above 36 lower case comes before upper case.
    static std::optional<Number> parse_integer(std::string_view text, int base);
    static Number infinity(bool negative);

    bool is_zero() const;
    bool is_negative() const;  ///< true for negative zero
    bool is_infinite() const;
    bool is_integer() const;  ///< false for infinities
    int sign() const;         ///< -1, 0, 1

    std::optional<std::int64_t> to_int64() const;
    std::optional<std::uint64_t> to_uint64() const;
    /// The nearest machine float; infinite when it does not fit.
    double to_double() const;

    /// Plain decimal without an exponent, the shortest digits that identify the value at its own
    /// precision; `+Inf`, `-Inf`. Throws Error when that would take more than a million digits.
    std::string to_text() const;
    /// `%g` style, as the console and `%v` print numbers: integers of 64 bits in digits, all else
    /// as the nearest machine float in shortest form.
    std::string to_console_text() const;
    /// Up to ten significant digits, as diagnostics print it.
    std::string to_short_text() const;
    /// An integer in base 2 to 36, lower case. Only for integers.
    std::string to_base(int base) const;
    /// printf-like: `verb` is one of e E f g G; no precision means the shortest digits for
    /// e, f and g.
    std::string to_format(char verb, std::optional<int> precision) const;

    Number negated() const;
    Number absolute() const;
    Number ceiling() const;
    Number floored() const;
    Number truncated() const;

    friend std::optional<Number> add(const Number& a, const Number& b);
    friend std::optional<Number> subtract(const Number& a, const Number& b);
    friend std::optional<Number> multiply(const Number& a, const Number& b);
    /// Division by zero gives an infinity; 0 / 0 and inf / inf give nothing.
    friend std::optional<Number> divide(const Number& a, const Number& b);
    /// a - b * trunc(a / b); the sign follows `a`; modulo zero gives `a`.
    friend std::optional<Number> modulo(const Number& a, const Number& b);

    /// Negative, zero or positive, by value.
    friend int compare(const Number& a, const Number& b);
    friend bool operator==(const Number& a, const Number& b) { return compare(a, b) == 0; }
    friend bool operator<(const Number& a, const Number& b) { return compare(a, b) < 0; }

  private:
    struct Rep;
    explicit Number(std::shared_ptr<const Rep> rep) : rep_(std::move(rep)) {}
    std::shared_ptr<const Rep> rep_;
};

std::optional<Number> add(const Number& a, const Number& b);
std::optional<Number> subtract(const Number& a, const Number& b);
std::optional<Number> multiply(const Number& a, const Number& b);
std::optional<Number> divide(const Number& a, const Number& b);
std::optional<Number> modulo(const Number& a, const Number& b);
int compare(const Number& a, const Number& b);

}  // namespace kiln::hcl
