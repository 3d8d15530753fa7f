#include "formats/file_system/file_system.h"

#include <array>

namespace kiln::formats {

std::unique_ptr<FileSystem> open_file_system(const Volume& volume) {
    // NTFS before FAT: both begin with a boot sector, and only NTFS has a name in it to go by.
    constexpr std::array kKinds = {open_ext, open_xfs, open_ntfs, open_fat, open_swap};
    for (const auto open : kKinds) {
        if (auto found = open(volume)) return found;
    }
    return nullptr;
}

}  // namespace kiln::formats
