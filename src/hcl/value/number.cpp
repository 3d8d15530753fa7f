#include "hcl/value/number.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include <mpfr.h>

#include "base/error.h"

namespace kiln::hcl {

/// One MPFR number, which rounds exactly as section 7 asks: every operation to the precision of
/// its result, to nearest, ties to even.
struct Number::Rep {
    explicit Rep(mpfr_prec_t precision) { mpfr_init2(value, precision); }
    ~Rep() { mpfr_clear(value); }
    Rep(const Rep&) = delete;
    Rep& operator=(const Rep&) = delete;

    mpfr_t value;
};

namespace {

constexpr mpfr_prec_t kTextPrecision = 512;
constexpr mpfr_prec_t kIntegerPrecision = 64;
constexpr mpfr_prec_t kMachinePrecision = 53;
constexpr long kMaxTextDigits = 1'000'000;
/// Larger exponents are beyond all use, and their text would not fit anywhere.
constexpr std::size_t kMaxExponentDigits = 9;

struct Decimal {
    bool negative = false;
    std::string digits;  ///< without leading or trailing zeros
    long point = 0;      ///< the value is 0.digits * 10^point
};

bool is_number_text(std::string_view text);
Decimal to_decimal(const mpfr_t value);
/// The nearest decimal of `count` digits.
Decimal round_to_digits(const mpfr_t value, std::size_t count);
std::string plain(const Decimal& decimal);
std::string shortest_double(double value);
int digit_value(char c, int base);

}  // namespace

Number::Number() : Number(from_int(0)) {}

Number Number::from_int(std::int64_t value) {
    auto rep = std::make_shared<Rep>(kIntegerPrecision);
    mpfr_set_si(rep->value, value, MPFR_RNDN);
    return Number(std::move(rep));
}

Number Number::from_unsigned(std::uint64_t value) {
    auto rep = std::make_shared<Rep>(kIntegerPrecision);
    mpfr_set_ui(rep->value, value, MPFR_RNDN);
    return Number(std::move(rep));
}

std::optional<Number> Number::from_double(double value) {
    if (std::isnan(value)) return std::nullopt;
    auto rep = std::make_shared<Rep>(kMachinePrecision);
    mpfr_set_d(rep->value, value, MPFR_RNDN);
    return Number(std::move(rep));
}

Number Number::infinity(bool negative) {
    auto rep = std::make_shared<Rep>(kIntegerPrecision);
    mpfr_set_inf(rep->value, negative ? -1 : 1);
    return Number(std::move(rep));
}

std::optional<Number> Number::parse(std::string_view text) {
    std::string_view unsigned_text = text;
    if (text.starts_with('-') || text.starts_with('+')) unsigned_text.remove_prefix(1);
    if (unsigned_text == "Inf" || unsigned_text == "inf") return infinity(text.starts_with('-'));
    if (!is_number_text(unsigned_text)) return std::nullopt;
    auto rep = std::make_shared<Rep>(kTextPrecision);
    const std::string terminated(text.starts_with('+') ? unsigned_text : text);
    if (mpfr_set_str(rep->value, terminated.c_str(), 10, MPFR_RNDN) != 0) return std::nullopt;
    return Number(std::move(rep));
}

std::optional<Number> Number::parse_integer(std::string_view text, int base) {
    std::string_view digits = text;
    if (text.starts_with('-') || text.starts_with('+')) digits.remove_prefix(1);
    if (digits.empty()) return std::nullopt;
    mpz_t integer;
    mpz_init(integer);
    bool good = true;
    std::string folded;
    for (const char c : digits) {
        const int value = digit_value(c, base);
        good = good && value >= 0;
        if (!good) break;
        // The library reads bases above 36 with upper case first, we with lower case first.
        if (base <= 36) {
            folded += c;
        } else {
            folded += c >= 'a' && c <= 'z'   ? static_cast<char>(c - 'a' + 'A')
                      : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a')
                                             : c;
        }
    }
    good = good && mpz_set_str(integer, folded.c_str(), base) == 0;
    std::shared_ptr<Rep> rep;
    if (good) {
        const auto bits = static_cast<mpfr_prec_t>(mpz_sizeinbase(integer, 2));
        rep = std::make_shared<Rep>(std::max(kIntegerPrecision, bits));
        mpfr_set_z(rep->value, integer, MPFR_RNDN);
        if (text.starts_with('-')) mpfr_neg(rep->value, rep->value, MPFR_RNDN);
    }
    mpz_clear(integer);
    if (!rep) return std::nullopt;
    return Number(std::move(rep));
}

bool Number::is_zero() const {
    return mpfr_zero_p(rep_->value) != 0;
}
bool Number::is_negative() const {
    return mpfr_signbit(rep_->value) != 0;
}
bool Number::is_infinite() const {
    return mpfr_inf_p(rep_->value) != 0;
}
bool Number::is_integer() const {
    return mpfr_integer_p(rep_->value) != 0;
}
int Number::sign() const {
    const int sign = mpfr_sgn(rep_->value);
    return (sign > 0) - (sign < 0);
}

std::optional<std::int64_t> Number::to_int64() const {
    if (!is_integer() || mpfr_fits_slong_p(rep_->value, MPFR_RNDN) == 0) return std::nullopt;
    return mpfr_get_si(rep_->value, MPFR_RNDN);
}

std::optional<std::uint64_t> Number::to_uint64() const {
    if (!is_integer() || mpfr_fits_ulong_p(rep_->value, MPFR_RNDN) == 0) return std::nullopt;
    return mpfr_get_ui(rep_->value, MPFR_RNDN);
}

double Number::to_double() const {
    return mpfr_get_d(rep_->value, MPFR_RNDN);
}

std::string Number::to_text() const {
    if (is_infinite()) return is_negative() ? "-Inf" : "+Inf";
    if (is_zero()) return is_negative() ? "-0" : "0";
    if (const auto integer = to_int64()) return std::to_string(*integer);
    const long exponent = std::labs(static_cast<long>(mpfr_get_exp(rep_->value)));
    if (exponent > kMaxTextDigits * 3) {
        throw Error("the number is too large to be written in digits");
    }
    return plain(to_decimal(rep_->value));
}

std::string Number::to_console_text() const {
    if (is_infinite()) return is_negative() ? "-Inf" : "+Inf";
    if (const auto integer = to_int64()) return std::to_string(*integer);
    return shortest_double(to_double());
}

std::string Number::to_short_text() const {
    if (is_infinite()) return is_negative() ? "-Inf" : "+Inf";
    if (is_zero()) return is_negative() ? "-0" : "0";
    const Decimal decimal = round_to_digits(rep_->value, 10);
    const long exponent = decimal.point - 1;
    if (exponent >= -4 && exponent < 10) return plain(decimal);
    std::string out = decimal.negative ? "-" : "";
    out += decimal.digits[0];
    if (decimal.digits.size() > 1) out += "." + decimal.digits.substr(1);
    return out + fmt::format("e{}{:02}", exponent < 0 ? '-' : '+', std::labs(exponent));
}

std::string Number::to_base(int base) const {
    if (!is_integer() || mpfr_get_exp(rep_->value) > kMaxTextDigits) {
        throw Error("an integer of usual size is required");
    }
    mpz_t integer;
    mpz_init(integer);
    mpfr_get_z(integer, rep_->value, MPFR_RNDN);
    std::string out(mpz_sizeinbase(integer, base) + 2, '\0');
    mpz_get_str(out.data(), base, integer);
    mpz_clear(integer);
    out.resize(std::strlen(out.c_str()));
    return out;
}

std::string Number::to_format(char verb, std::optional<int> precision) const {
    if (is_infinite()) return is_negative() ? "-Inf" : "+Inf";
    const int digits = precision.value_or(verb == 'g' || verb == 'G' ? 0 : 6);
    if (!precision && (verb == 'g' || verb == 'G')) {
        std::string text = shortest_double(to_double());
        if (verb == 'G') std::transform(text.begin(), text.end(), text.begin(), ::toupper);
        return text;
    }
    if (mpfr_get_exp(rep_->value) > kMaxTextDigits) throw Error("the number is too large");
    const std::string format = std::string("%.*R") + verb;
    char* text = nullptr;
    if (mpfr_asprintf(&text, format.c_str(), digits, rep_->value) < 0) {
        throw Error("the number cannot be formatted");
    }
    std::string out(text);
    mpfr_free_str(text);
    return out;
}

Number Number::negated() const {
    auto rep = std::make_shared<Rep>(mpfr_get_prec(rep_->value));
    mpfr_neg(rep->value, rep_->value, MPFR_RNDN);
    return Number(std::move(rep));
}

Number Number::absolute() const {
    return is_negative() ? negated() : *this;
}

Number Number::ceiling() const {
    auto rep = std::make_shared<Rep>(mpfr_get_prec(rep_->value));
    mpfr_ceil(rep->value, rep_->value);
    return Number(std::move(rep));
}

Number Number::floored() const {
    auto rep = std::make_shared<Rep>(mpfr_get_prec(rep_->value));
    mpfr_floor(rep->value, rep_->value);
    return Number(std::move(rep));
}

Number Number::truncated() const {
    auto rep = std::make_shared<Rep>(mpfr_get_prec(rep_->value));
    mpfr_trunc(rep->value, rep_->value);
    return Number(std::move(rep));
}

std::optional<Number> add(const Number& a, const Number& b) {
    const auto precision = std::max(mpfr_get_prec(a.rep_->value), mpfr_get_prec(b.rep_->value));
    auto rep = std::make_shared<Number::Rep>(precision);
    mpfr_add(rep->value, a.rep_->value, b.rep_->value, MPFR_RNDN);
    if (mpfr_nan_p(rep->value)) return std::nullopt;
    return Number(std::move(rep));
}

std::optional<Number> subtract(const Number& a, const Number& b) {
    return add(a, b.negated());
}

std::optional<Number> multiply(const Number& a, const Number& b) {
    auto product = std::make_shared<Number::Rep>(kTextPrecision);
    mpfr_mul(product->value, a.rep_->value, b.rep_->value, MPFR_RNDN);
    if (mpfr_nan_p(product->value)) return std::nullopt;
    const auto needed = mpfr_regular_p(product->value) ? mpfr_min_prec(product->value) : 1;
    const auto precision =
        std::max({needed, mpfr_get_prec(a.rep_->value), mpfr_get_prec(b.rep_->value)});
    mpfr_prec_round(product->value, precision, MPFR_RNDN);
    return Number(std::move(product));
}

std::optional<Number> divide(const Number& a, const Number& b) {
    const auto precision = std::max(mpfr_get_prec(a.rep_->value), mpfr_get_prec(b.rep_->value));
    auto rep = std::make_shared<Number::Rep>(precision);
    if (b.is_zero() && !a.is_zero()) {
        mpfr_set_inf(rep->value, a.is_negative() ? -1 : 1);
    } else {
        mpfr_div(rep->value, a.rep_->value, b.rep_->value, MPFR_RNDN);
    }
    if (mpfr_nan_p(rep->value)) return std::nullopt;
    return Number(std::move(rep));
}

std::optional<Number> modulo(const Number& a, const Number& b) {
    if (b.is_zero()) return a;
    const auto quotient = divide(a, b);
    if (!quotient) return std::nullopt;
    const auto back = multiply(b, quotient->truncated());
    if (!back) return std::nullopt;
    return subtract(a, *back);
}

int compare(const Number& a, const Number& b) {
    return mpfr_cmp(a.rep_->value, b.rep_->value);
}

namespace {

/// Digits with an optional dot (a digit on at least one side) and an optional exponent.
bool is_number_text(std::string_view text) {
    std::size_t at = 0;
    const auto digits = [&] {
        const std::size_t start = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
        return at - start;
    };
    std::size_t mantissa = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        mantissa += digits();
    }
    if (mantissa == 0) return false;
    if (at == text.size()) return true;
    if (text[at] != 'e' && text[at] != 'E') return false;
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits();
    return exponent > 0 && exponent <= kMaxExponentDigits && at == text.size();
}

Decimal round_to_digits(const mpfr_t value, std::size_t count) {
    mpfr_exp_t point = 0;
    char* text = mpfr_get_str(nullptr, &point, 10, count, value, MPFR_RNDN);
    Decimal decimal;
    std::string_view digits = text;
    decimal.negative = digits.starts_with('-');
    if (decimal.negative) digits.remove_prefix(1);
    const std::size_t last = digits.find_last_not_of('0');
    decimal.digits = last == std::string_view::npos ? "0" : std::string(digits.substr(0, last + 1));
    decimal.point = point;
    mpfr_free_str(text);
    return decimal;
}

/// The shortest digits that read back as the same value at its precision. More digits come ever
/// nearer to the value, so the shortest number of them is found by halving.
Decimal to_decimal(const mpfr_t value) {
    mpfr_t back;
    mpfr_init2(back, mpfr_get_prec(value));
    const auto reads_back = [&](std::size_t count) {
        const Decimal decimal = round_to_digits(value, count);
        const std::string text =
            fmt::format("{}0.{}e{}", decimal.negative ? "-" : "", decimal.digits, decimal.point);
        mpfr_set_str(back, text.c_str(), 10, MPFR_RNDN);
        return mpfr_equal_p(back, value) != 0;
    };
    std::size_t low = 1;
    std::size_t high = mpfr_get_str_ndigits(10, mpfr_get_prec(value));
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (reads_back(middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    mpfr_clear(back);
    return round_to_digits(value, low);
}

std::string plain(const Decimal& decimal) {
    std::string out = decimal.negative ? "-" : "";
    const auto size = static_cast<long>(decimal.digits.size());
    if (decimal.point <= 0) {
        out += "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + decimal.digits;
    } else if (decimal.point >= size) {
        out += decimal.digits + std::string(static_cast<std::size_t>(decimal.point - size), '0');
    } else {
        const auto point = static_cast<std::size_t>(decimal.point);
        out += decimal.digits.substr(0, point) + "." + decimal.digits.substr(point);
    }
    return out;
}

/// The shortest digits of a machine float, with an exponent when it is below -4 or above 5.
std::string shortest_double(double value) {
    if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
    if (value == 0) return std::signbit(value) ? "-0" : "0";
    std::string text;
    int precision = 0;
    for (; precision <= 17; ++precision) {
        text = fmt::format("{:.{}e}", value, precision);
        if (std::strtod(text.c_str(), nullptr) == value) break;
    }
    const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
    if (exponent < -4 || exponent >= 6) return text;
    return fmt::format("{:.{}f}", value, std::max(0, precision - exponent));
}

int digit_value(char c, int base) {
    int value = -1;
    if (c >= '0' && c <= '9') {
        value = c - '0';
    } else if (c >= 'a' && c <= 'z') {
        value = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'Z') {
        value = base <= 36 ? c - 'A' + 10 : c - 'A' + 36;
    }
    return value < base ? value : -1;
}

}  // namespace
}  // namespace kiln::hcl
