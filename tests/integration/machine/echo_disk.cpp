#include "echo_disk.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>

#include "base/process.h"

namespace kiln {
namespace {

constexpr std::size_t disk_size = 1 << 20;

// clang-format off
constexpr std::uint8_t code[] = {
    // Segments and stack.
    0xfa,                    // cli
    0x31, 0xc0,              // xor ax, ax
    0x8e, 0xd8, 0x8e, 0xc0,  // mov ds, ax; mov es, ax
    0x8e, 0xd0,              // mov ss, ax
    0xbc, 0x00, 0x7c,        // mov sp, 0x7c00
    0xfb, 0xfc,              // sti; cld
    // The power button is to be seen in the ACPI event register at port 0x600.
    0xba, 0x02, 0x06,        // mov dx, 0x602
    0xb8, 0x00, 0x01,        // mov ax, 0x100
    0xef,                    // out dx, ax
    // Print the message.
    0xbe, 0x50, 0x7c,        // mov si, message
    0xac,                    // next: lodsb
    0x84, 0xc0, 0x74, 0x08,  // test al, al; jz wait
    0xb4, 0x0e, 0x31, 0xdb,  // mov ah, 0x0e; xor bx, bx
    0xcd, 0x10, 0xeb, 0xf3,  // int 0x10; jmp next
    // Wait for a key or the power button.
    0xb4, 0x01, 0xcd, 0x16,  // wait: mov ah, 1; int 0x16
    0x75, 0x0c,              // jnz key
    0xba, 0x00, 0x06, 0xed,  // mov dx, 0x600; in ax, dx
    0xf6, 0xc4, 0x01,        // test ah, 1
    0x75, 0x13,              // jnz off
    0xf4, 0xeb, 0xee,        // hlt; jmp wait
    // Echo the key.
    0x30, 0xe4, 0xcd, 0x16,  // key: xor ah, ah; int 0x16
    0x3c, 0x1b, 0x74, 0x08,  // cmp al, 0x1b; je off
    0xb4, 0x0e, 0x31, 0xdb,  // mov ah, 0x0e; xor bx, bx
    0xcd, 0x10, 0xeb, 0xde,  // int 0x10; jmp wait
    // Power off: sleep state S5 into the ACPI control register.
    0xba, 0x04, 0x06,        // off: mov dx, 0x604
    0xb8, 0x00, 0x20,        // mov ax, 0x2000
    0xef, 0xeb, 0xf7,        // out dx, ax; jmp off
    'r', 'e', 'a', 'd', 'y', '>', 0,
};
// clang-format on
static_assert(sizeof code < 510);

}  // namespace

void write_echo_disk(const std::filesystem::path& path) {
    std::string disk(disk_size, '\0');
    std::ranges::copy(code, disk.begin());
    disk[510] = '\x55';
    disk[511] = '\xaa';
    std::ofstream file(path, std::ios::binary);
    file << disk;
    if (!file.flush()) throw Error("cannot write " + path.string());
}

void write_echo_qcow2(const std::filesystem::path& path) {
    const std::filesystem::path raw = path.string() + ".raw";
    write_echo_disk(raw);
    ProcessSpec convert;
    convert.program = "qemu-img";
    convert.arguments = {"convert", "-f", "raw", "-O", "qcow2", raw.string(), path.string()};
    const ProcessOutput result = run_process(convert, CancelToken(), std::chrono::seconds(30));
    if (!result.status.success()) throw Error("qemu-img convert failed").because(result.err);
    std::filesystem::remove(raw);
}

}  // namespace kiln
