#include "formats/volume/mount_check.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "formats/volume/layout.h"

namespace kiln::formats {

namespace {

constexpr std::size_t kMaxFstab = 65536;

class MountCheck {
  public:
    MountCheck(const Source& disk, const CancelToken& cancel) : disk_(disk), cancel_(cancel) {}
    MountReport run();

  private:
    void visit(const LayoutNode& node, const LayoutNode* parent);
    void judge(const LayoutNode& node, const LayoutNode* parent);
    void read_fstab(const LayoutNode& node, const std::string& what);
    void judge_fstab(const FstabEntry& entry, const std::string& what);
    bool is_there(const std::string& key, const std::string& value) const;
    std::string logical_volume(std::string_view device) const;

    // What a device may be named by.
    struct Name {
        std::string key;  // UUID, LABEL, PARTUUID, PARTLABEL, or MAPPER for vg-lv
        std::string value;
    };
    struct Fstab {
        std::string what;
        std::string text;
    };

    const Source& disk_;
    const CancelToken& cancel_;
    MountReport report_;
    std::vector<Name> names_;
    std::vector<std::string> groups_;
    std::vector<Fstab> fstabs_;
};

std::string problem_of(const FileSystemInfo& found);
std::string unescape(std::string_view word);
std::string_view next_word(std::string_view& line);
std::string mapper_name(std::string_view group, std::string_view volume);
bool same_name(const std::string& key, const std::string& a, const std::string& b);

}  // namespace

bool MountReport::mountable() const {
    const bool any =
        std::ranges::any_of(parts, [](const Part& part) { return !part.type.empty(); });
    return any && problems.empty() &&
           std::ranges::all_of(parts, [](const Part& part) { return part.problem.empty(); });
}

MountReport check_mounts(const Source& disk, const CancelToken& cancel) {
    return MountCheck(disk, cancel).run();
}

std::vector<FstabEntry> parse_fstab(std::string_view text) {
    std::vector<FstabEntry> entries;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string_view device = next_word(line);
        const std::string_view mount_point = next_word(line);
        const std::string_view type = next_word(line);
        if (device.starts_with('#') || type.empty()) continue;
        FstabEntry entry{unescape(device), unescape(mount_point), unescape(type)};
        std::string_view options = next_word(line);
        while (!options.empty()) {
            const std::size_t comma = std::min(options.find(','), options.size());
            const std::string_view option = options.substr(0, comma);
            entry.optional = entry.optional || option == "nofail" || option == "noauto";
            options.remove_prefix(std::min(comma + 1, options.size()));
        }
        entries.push_back(std::move(entry));
    }
    return entries;
}

namespace {

MountReport MountCheck::run() {
    visit(read_layout(disk_), nullptr);
    for (const Fstab& fstab : fstabs_) {
        for (const FstabEntry& entry : parse_fstab(fstab.text)) judge_fstab(entry, fstab.what);
    }
    return std::move(report_);
}

void MountCheck::visit(const LayoutNode& node, const LayoutNode* parent) {
    cancel_.throw_if_cancelled();
    judge(node, parent);
    for (const LayoutNode& child : node.children) visit(child, &node);
}

void MountCheck::judge(const LayoutNode& node, const LayoutNode* parent) {
    const std::string what = title_of(node, parent);
    if (node.kind == LayoutNode::Kind::Partition) {
        names_.push_back({"PARTUUID", node.uuid});
        names_.push_back({"PARTLABEL", node.name});
    }
    if (node.kind == LayoutNode::Kind::VolumeGroup) groups_.push_back(node.name);
    if (node.kind == LayoutNode::Kind::LogicalVolume && parent != nullptr) {
        names_.push_back({"MAPPER", mapper_name(parent->name, node.name)});
    }
    if (!node.note.empty()) report_.notes.push_back(fmt::format("{}: {}.", what, node.note));
    if (!node.file_system) {
        if (!node.content.empty() && node.content != "unknown") {
            report_.parts.push_back({what, node.content, "", node.uuid, "", "", false});
            // The volumes of LVM2 are looked at in their place.
            if (node.content != kPhysicalVolume) {
                report_.notes.push_back(
                    fmt::format("{}: {} is not looked into: cannot tell.", what, node.content));
            }
        }
        return;
    }
    const FileSystemInfo& found = *node.file_system;
    report_.parts.push_back(
        {what, found.type, found.label, found.uuid, node.os, problem_of(found)});
    names_.push_back({"UUID", found.uuid});
    names_.push_back({"LABEL", found.label});
    read_fstab(node, what);
}

void MountCheck::read_fstab(const LayoutNode& node, const std::string& what) try {
    if (node.segments.empty()) return;
    const Volume volume(disk_, node.segments);
    const auto file_system = open_file_system(volume);
    if (file_system == nullptr) return;
    if (auto text = file_system->read_file("/etc/fstab", kMaxFstab)) {
        fstabs_.push_back({what, std::move(*text)});
    }
} catch (const Error& error) {
    report_.notes.push_back(fmt::format("{}: /etc/fstab cannot be read: {}.", what, error.what()));
}

void MountCheck::judge_fstab(const FstabEntry& entry, const std::string& what) {
    std::string key;
    std::string value;
    const std::string& device = entry.device;
    constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kPrefixes = {{
        {"UUID=", "UUID"},
        {"LABEL=", "LABEL"},
        {"PARTUUID=", "PARTUUID"},
        {"PARTLABEL=", "PARTLABEL"},
        {"/dev/disk/by-uuid/", "UUID"},
        {"/dev/disk/by-label/", "LABEL"},
        {"/dev/disk/by-partuuid/", "PARTUUID"},
        {"/dev/disk/by-partlabel/", "PARTLABEL"},
        {"/dev/mapper/", "MAPPER"},
    }};
    for (const auto& [prefix, name] : kPrefixes) {
        if (!device.starts_with(prefix)) continue;
        key = name;
        value = device.substr(prefix.size());
        if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        break;
    }
    if (const std::string volume = logical_volume(device); !volume.empty()) {
        key = "MAPPER";
        value = volume;
    }
    if (key.empty()) {
        // Pseudo file systems and network ones have no device here; names of devices are the
        // machine's.
        constexpr std::string_view kDevice = "/dev/";
        if (device.starts_with(kDevice)) {
            report_.notes.push_back(
                fmt::format("{}: whether {} is {} depends on the machine.", what, device,
                            entry.mount_point == "none" ? "there" : entry.mount_point));
        }
        return;
    }
    if (is_there(key, value)) return;
    const std::string text =
        fmt::format("The fstab of {} wants {} for {}, which is not on the disk.", what, device,
                    entry.mount_point);
    (entry.optional ? report_.notes : report_.problems).push_back(text);
}

bool MountCheck::is_there(const std::string& key, const std::string& value) const {
    return std::ranges::any_of(names_, [&](const Name& name) {
        return name.key == key && !name.value.empty() && same_name(key, name.value, value);
    });
}

// The device-mapper name of /dev/GROUP/VOLUME, for a group that is on this disk.
std::string MountCheck::logical_volume(std::string_view device) const {
    for (const std::string& group : groups_) {
        const std::string prefix = fmt::format("/dev/{}/", group);
        if (!group.empty() && device.starts_with(prefix)) {
            return mapper_name(group, device.substr(prefix.size()));
        }
    }
    return "";
}

std::string problem_of(const FileSystemInfo& found) {
    if (found.unknown.empty()) return found.untouchable;
    return fmt::format("unknown {}: cannot tell", found.unknown);
}

// UUIDs are written in either case.
bool same_name(const std::string& key, const std::string& a, const std::string& b) {
    if (key != "UUID" && key != "PARTUUID") return a == b;
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// device-mapper's name of vg/lv: a hyphen within either is doubled.
std::string mapper_name(std::string_view group, std::string_view volume) {
    std::string name;
    const auto add = [&](std::string_view part) {
        for (const char c : part) name += c == '-' ? std::string("--") : std::string(1, c);
    };
    add(group);
    name += '-';
    add(volume);
    return name;
}

std::string_view next_word(std::string_view& line) {
    const std::size_t start = std::min(line.find_first_not_of(" \t\r"), line.size());
    line.remove_prefix(start);
    const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

// fstab(5): \040 is a space, and so on.
std::string unescape(std::string_view word) {
    const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
    std::string out;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] == '\\' && i + 3 < word.size() && is_octal(word[i + 1]) &&
            is_octal(word[i + 2]) && is_octal(word[i + 3])) {
            out += static_cast<char>((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 +
                                     (word[i + 3] - '0'));
            i += 3;
        } else {
            out += word[i];
        }
    }
    return out;
}

}  // namespace
}  // namespace kiln::formats
