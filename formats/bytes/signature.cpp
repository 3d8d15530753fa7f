#include "formats/bytes/signature.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "formats/bytes/bytes.h"

namespace kiln::formats {

namespace {

using namespace std::string_view_literals;
constexpr std::array kUnreadable = {
    Signature{0, "LUKS\xba\xbe"sv, "an encrypted volume (LUKS)"},
    Signature{0, "QED\0"sv, "a QED image"},
};

}  // namespace

bool Signature::matches(std::span<const std::byte> head) const {
    return fits(position, bytes.size(), head.size()) &&
           std::memcmp(head.data() + position, bytes.data(), bytes.size()) == 0;
}

std::string_view find_signature(std::span<const Signature> table, std::span<const std::byte> head) {
    const auto found = std::ranges::find_if(
        table, [&](const Signature& signature) { return signature.matches(head); });
    return found == table.end() ? std::string_view() : found->words;
}

std::string_view unreadable_kind(std::span<const std::byte> head) {
    return find_signature(kUnreadable, head);
}

}  // namespace kiln::formats
