#include "base/error.h"
#include "boot/boot_command.h"
#include "tests/fuzz/harness.h"

/// Boot commands: reads arbitrary bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace kiln;
    const std::string_view text = fuzz::text_of(data, size);
    const auto warnings = boot::boot_command_warnings(text);
    try {
        boot::parse_boot_command(text);
    } catch (const Error&) {
        fuzz::require(warnings.empty(), "a command that does not parse has no warnings");
    }
    return 0;
}
