#include "builder/qemu/ovmf.h"

#include <array>

#include <fmt/format.h>

#include "base/error.h"

namespace kiln {
namespace fs = std::filesystem;

namespace {

struct Pair {
    const char* code;
    const char* variables;
};

// The 4 MiB builds first: current distributions carry nothing else.
constexpr std::array<Pair, 5> known_pairs = {{
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},
    {"/usr/share/qemu/edk2-x86_64-code.fd", "/usr/share/qemu/edk2-i386-vars.fd"},
}};

void require(const fs::path& file, std::string_view option);

}  // namespace

UefiFirmware find_uefi_firmware(const fs::path& code, const fs::path& variables) {
    if (!code.empty() && !variables.empty()) {
        require(code, "efi_firmware_code");
        require(variables, "efi_firmware_vars");
        return {code, variables};
    }
    for (const Pair& pair : known_pairs) {
        if (!code.empty() && code != pair.code) continue;
        if (!variables.empty() && variables != pair.variables) continue;
        if (fs::exists(pair.code) && fs::exists(pair.variables)) return {pair.code, pair.variables};
    }
    if (!code.empty() || !variables.empty()) {
        throw Error("efi_firmware_code and efi_firmware_vars belong together")
            .because("only one of them is set, and it is no firmware whose other half is known")
            .with_hint("Set both.");
    }
    throw Error("there is no UEFI firmware on this host")
        .with_hint("apt-get install ovmf, or set efi_firmware_code and efi_firmware_vars.");
}

namespace {

void require(const fs::path& file, std::string_view option) {
    if (fs::exists(file)) return;
    throw Error(fmt::format("{}: there is no file {}", option, file.string()))
        .with_hint("apt-get install ovmf puts UEFI firmware into /usr/share/OVMF.");
}

}  // namespace
}  // namespace kiln
