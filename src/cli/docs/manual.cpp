#include <algorithm>

#include <fmt/format.h>

#include "cli/command/command.h"
#include "cli/docs/reference.h"

namespace kiln::docs {
namespace {

constexpr std::string_view head = R"(.\" Written by `kiln docs -manual`; do not edit.
.TH KILN 1 "" "kiln" "User Commands"
.SH NAME
kiln \- fire machine images from Packer templates
.SH SYNOPSIS
.B kiln
.I command
.RI [ flags ]
.RI [ arguments ]
.SH DESCRIPTION
kiln boots an installer ISO or a disk image under QEMU, types its boot command, serves its answer
files over HTTP, provisions the guest over SSH, seals its disk and turns it into QCOW2, VMDK or OVA.
It reads Packer's HCL2 and JSON templates.
.PP
Flags take one dash or two, a value after = or as the next argument, and stand before the arguments.
.B \-machine\-readable
may stand anywhere and prints lines for programs.
.SH COMMANDS
)";

constexpr std::string_view tail = R"(.SH ENVIRONMENT
.TP
.BI PKR_VAR_ name
A template's variable.
.TP
.B PACKER_CACHE_DIR
Where downloads are kept; otherwise
.IR $XDG_CACHE_HOME/kiln " or " ~/.cache/kiln .
.TP
.B KILN_STATE_DIR
Where logs, pictures and the records of runs are kept; otherwise
.IR $XDG_STATE_HOME/kiln " or " ~/.local/state/kiln .
.TP
.B PACKER_KEY_INTERVAL
The pause after each key of a boot command.
.TP
.B PACKER_NO_COLOR
Print no colours.
.SH EXIT STATUS
0 for success, 1 for any error, 3 when
.B fmt \-check
finds differences, 127 for no or an unknown command.
)";

std::string command_section(const CommandEntry& entry);
std::string escape(std::string_view text);

}  // namespace

std::string manual_page() {
    std::string out(head);
    for (const auto& entry : commands()) {
        if (!entry.hidden) out += command_section(entry);
    }
    return out + std::string(tail);
}

namespace {

std::string command_section(const CommandEntry& entry) {
    const auto command = entry.make();
    FlagSet flags{std::string(entry.name), std::string(entry.about)};
    command->declare(flags);
    std::string out = fmt::format(".SS {}\n", escape(flags.usage()));
    const std::string_view about = entry.about.empty() ? entry.synopsis : entry.about;
    out += escape(about) + "\n";
    for (const auto& positional : flags.positionals()) {
        out += fmt::format(".TP\n.I {}\n{}\n", escape(positional.name), escape(positional.doc));
    }
    std::vector<const Flag*> shown;
    for (const auto& flag : flags.flags()) {
        if (!flag.hidden) shown.push_back(&flag);
    }
    std::sort(shown.begin(), shown.end(),
              [](const Flag* a, const Flag* b) { return a->name < b->name; });
    for (const Flag* flag : shown) {
        const std::string value = flag->value_name.empty() ? "" : " " + flag->value_name;
        out += fmt::format(".TP\n.B {}\n{}\n", escape("-" + flag->name + value), escape(flag->doc));
    }
    return out;
}

// Dashes of flags are typed, and a line that begins with a dot or quote is no request.
std::string escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '-' || c == '\\') out += '\\';
        if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
        out += c;
    }
    return out;
}

}  // namespace
}  // namespace kiln::docs
