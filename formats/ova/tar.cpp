#include "formats/ova/tar.h"

#include <array>
#include <set>
#include <string>

#include "formats/bytes/bytes.h"
#include "formats/bytes/zero.h"

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxMembers = 256;
}

std::vector<TarMember> list_ova_members(const InputFile& file) {
    std::vector<TarMember> members;
    std::set<std::string> names;
    std::uint64_t position = 0;
    while (fits(position, kTarBlock, file.size())) {
        std::array<std::byte, kTarBlock> block;
        file.read(position, block);
        if (is_zero(block)) break;
        const auto entry = TarEntry::decode(block);
        if (!entry) {
            throw Error(fmt::format("{} is not an OVA that can be read", file.name()))
                .because(fmt::format("the entry at offset {} is no regular file", position));
        }
        position += kTarBlock;
        if (entry->name.empty() || entry->name.find('/') != std::string::npos ||
            !names.insert(entry->name).second || members.size() == kMaxMembers) {
            throw Error(fmt::format("{} is not an OVA that can be read", file.name()))
                .because(
                    fmt::format("the entry {} stands twice or is not a plain name", entry->name));
        }
        if (!fits(position, entry->size, file.size())) {
            throw Error(fmt::format("{} is cut off", file.name()))
                .because(
                    fmt::format("its member {} should have {} bytes", entry->name, entry->size));
        }
        members.push_back({*entry, position});
        position += round_up(entry->size, kTarBlock);
    }
    return members;
}

}  // namespace kiln::formats
