#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "hcl/function/builtin.h"

/// Functions over network addresses.
namespace kiln::hcl {
namespace {

__extension__ using Bits = unsigned __int128;

/// An address range as written: `10.0.0.0/8`.
struct Prefix {
    Bits address = 0;  ///< right-aligned in `width` bits
    int width = 32;    ///< 32 or 128
    int length = 0;
};

Prefix parse_prefix(const Arguments& arguments);
std::string address_text(Bits address, int width);
std::string prefix_text(const Prefix& prefix);
Bits mask_of(int width, int length);
/// The subnet `number` of those with `new_bits` more bits.
Prefix subnet(const Prefix& prefix, std::int64_t new_bits, std::int64_t number);
int read_new_bits(const Arguments& arguments, std::size_t index);
Value host(const Arguments& arguments);
Value subnets(const Arguments& arguments);

}  // namespace

void add_network_functions(FunctionTable& table) {
    const Parameter prefix = string_parameter("prefix");
    table.add("cidrhost", fixed({prefix, number_parameter("hostnum")}, Type::string(), host));
    table.add(
        "cidrnetmask", fixed({prefix}, Type::string(), [](const Arguments& a) {
            const Prefix range = parse_prefix(a);
            return Value::string(address_text(mask_of(range.width, range.length), range.width));
        }));
    table.add("cidrsubnet",
              fixed({prefix, number_parameter("newbits"), number_parameter("netnum")},
                    Type::string(), [](const Arguments& a) {
                        return Value::string(prefix_text(
                            subnet(parse_prefix(a), read_new_bits(a, 1), whole_number(a, 2))));
                    }));
    table.add("cidrsubnets", fixed_variadic({prefix}, number_parameter("newbits"),
                                            Type::list(Type::string()), subnets));
}

namespace {

Prefix parse_prefix(const Arguments& arguments) {
    const std::string& text = arguments[0].as_string();
    const auto invalid = [&] {
        throw Error(fmt::format("invalid CIDR expression: invalid CIDR address: {}", text));
    };
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) invalid();
    const std::string address = text.substr(0, slash);
    const std::string_view length = std::string_view(text).substr(slash + 1);
    Prefix prefix;
    std::array<unsigned char, 16> bytes{};
    if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) {
        prefix.width = 32;
    } else if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) {
        prefix.width = 128;
    } else {
        invalid();
    }
    const bool digits = !length.empty() && length.size() <= 3 &&
                        length.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) invalid();
    prefix.length = std::stoi(std::string(length));
    if (prefix.length > prefix.width) invalid();
    for (int i = 0; i < prefix.width / 8; ++i) {
        prefix.address = (prefix.address << 8) | bytes[static_cast<std::size_t>(i)];
    }
    prefix.address &= mask_of(prefix.width, prefix.length);
    return prefix;
}

std::string address_text(Bits address, int width) {
    std::array<unsigned char, 16> bytes{};
    for (int i = width / 8; i-- > 0; address >>= 8) {
        bytes[static_cast<std::size_t>(i)] = static_cast<unsigned char>(address & 0xFF);
    }
    if (width == 32) return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
    // The longest run of two or more zero groups is left out. (The C library would write the last
    // groups of ::2 as an IPv4 address.)
    std::array<unsigned, 8> groups{};
    for (std::size_t i = 0; i < 8; ++i) groups[i] = bytes[2 * i] * 256U + bytes[2 * i + 1];
    std::size_t gap = 8;
    std::size_t gap_length = 1;
    for (std::size_t i = 0; i < 8;) {
        std::size_t end = i;
        while (end < 8 && groups[end] == 0) ++end;
        if (end - i > gap_length) {
            gap = i;
            gap_length = end - i;
        }
        i = end + 1;
    }
    std::string text;
    for (std::size_t i = 0; i < 8;) {
        if (i == gap) {
            text += "::";
            i += gap_length;
            continue;
        }
        if (!text.empty() && !text.ends_with(':')) text += ':';
        text += fmt::format("{:x}", groups[i++]);
    }
    return text;
}

std::string prefix_text(const Prefix& prefix) {
    return fmt::format("{}/{}", address_text(prefix.address, prefix.width), prefix.length);
}

/// The highest `length` of `width` bits set.
Bits mask_of(int width, int length) {
    if (length == 0) return 0;
    const Bits all = width == 128 ? ~Bits{0} : (Bits{1} << width) - 1;
    return all & ~(length == width ? Bits{0} : (Bits{1} << (width - length)) - 1);
}

int read_new_bits(const Arguments& arguments, std::size_t index) {
    const std::int64_t bits = whole_number(arguments, index);
    if (bits > 32) {
        throw ArgumentError(index, "may not extend prefix by more than 32 bits");
    }
    if (bits < 0) throw ArgumentError(index, "must not be negative");
    return static_cast<int>(bits);
}

Prefix subnet(const Prefix& prefix, std::int64_t new_bits, std::int64_t number) {
    Prefix inner = prefix;
    inner.length += static_cast<int>(new_bits);
    if (inner.length > prefix.width) {
        throw Error(fmt::format("insufficient address space to extend prefix of {} by {}",
                                prefix.length, new_bits));
    }
    const std::int64_t count = std::int64_t{1} << new_bits;
    if (number < -count || number >= count) {
        throw Error(fmt::format("prefix extension of {} does not accommodate a subnet numbered {}",
                                new_bits, number));
    }
    const Bits index = static_cast<Bits>(number < 0 ? number + count : number);
    if (inner.length > 0) inner.address |= index << (prefix.width - inner.length);
    return inner;
}

Value host(const Arguments& arguments) {
    const Prefix prefix = parse_prefix(arguments);
    const std::int64_t number = whole_number(arguments, 1);
    const int host_bits = prefix.width - prefix.length;
    const auto distance = static_cast<Bits>(number < 0 ? -(number + 1) : number);
    if (host_bits < 63 && distance >= (Bits{1} << host_bits)) {
        throw Error(fmt::format("prefix of {} does not accommodate a host numbered {}",
                                prefix.length, number));
    }
    const Bits last = ~mask_of(prefix.width, prefix.length);
    const Bits offset = number < 0 ? last - distance : distance;
    const Bits inside = host_bits == 128 ? ~Bits{0} : (Bits{1} << host_bits) - 1;
    return Value::string(address_text(prefix.address | (offset & inside), prefix.width));
}

Value subnets(const Arguments& arguments) {
    const Prefix prefix = parse_prefix(arguments);
    Value::Elements found;
    // The first address behind the subnets so far, counted from the start of the range.
    Bits next = 0;
    bool full = false;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const int bits = read_new_bits(arguments, i);
        if (bits < 1) throw ArgumentError(i, "must extend prefix by at least one bit");
        if (prefix.length + bits > prefix.width) {
            throw ArgumentError(i, fmt::format("would extend prefix to {} bits, which is too long "
                                               "for the address",
                                               prefix.length + bits));
        }
        const int host_bits = prefix.width - prefix.length - bits;
        const Bits size = Bits{1} << host_bits;
        next = (next + size - 1) / size * size;
        const Bits room = Bits{1} << bits;
        if (full || next / size >= room) {
            throw ArgumentError(i,
                                "not enough remaining address space for a subnet with this "
                                "prefix");
        }
        Prefix inner = prefix;
        inner.length += bits;
        inner.address |= next;
        found.push_back(Value::string(prefix_text(inner)));
        next += size;
        full = next == 0;  // the whole address space is used up
    }
    return Value::list(Type::string(), std::move(found));
}

}  // namespace
}  // namespace kiln::hcl
