#include "formats/volume/layout.h"

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/volume/lvm.h"
#include "formats/volume/partition_table.h"
#include "formats/volume/signature.h"

namespace kiln::formats {

namespace {

using Kind = LayoutNode::Kind;

constexpr std::string_view kUnknown = "unknown";

class LayoutReader {
  public:
    explicit LayoutReader(const Source& disk) : disk_(disk) {}
    LayoutNode read();

  private:
    LayoutNode read_partition(const Partition& partition);
    /// Looks at what the segments hold: a file system, a member of something, or unknown.
    void read_content(LayoutNode& node);
    void read_file_system(LayoutNode& node, const Volume& volume);
    bool is_physical_volume(LayoutNode& node, const Volume& volume);
    void add_volume_groups(LayoutNode& root);
    LayoutNode read_group(LvmGroup group);

    const Source& disk_;
    std::vector<LvmPhysicalVolume> physical_volumes_;
};

void add_gaps(LayoutNode& root);
/// Leaves alone whatever shares bytes of the disk with something else.
void find_overlaps(LayoutNode& root, const PartitionTable& table);
std::string operating_system(const FileSystem& file_system);
void add_note(LayoutNode& node, std::string_view note);
void for_each_leaf(LayoutNode& node, const std::function<void(LayoutNode&)>& visit);
struct Claim;
void mark_overlaps(std::vector<Claim>& claims);

}  // namespace

std::string_view kind_name(LayoutNode::Kind kind) {
    switch (kind) {
        case Kind::Disk:
            return "disk";
        case Kind::Partition:
            return "partition";
        case Kind::Extended:
            return "extended partition";
        case Kind::Gap:
            return "gap";
        case Kind::VolumeGroup:
            return "volume group";
        case Kind::LogicalVolume:
            return "logical volume";
    }
    return "";
}

std::string title_of(const LayoutNode& node, const LayoutNode* parent) {
    const std::string kind(kind_name(node.kind));
    if (node.number != 0) return fmt::format("{} {}", kind, node.number);
    if (node.kind == Kind::LogicalVolume && parent != nullptr) {
        return fmt::format("{} {}/{}", kind, parent->name, node.name);
    }
    return node.name.empty() ? kind : kind + " " + node.name;
}

LayoutNode read_layout(const Source& disk) {
    if (disk.sequential()) {
        throw Error("the layout of a stream cannot be read")
            .because("it would have to go back and forth")
            .with_hint("Convert it to a file first.");
    }
    return LayoutReader(disk).read();
}

std::string describe_offset(const Source& disk, const LayoutNode& layout, std::uint64_t offset) {
    std::string answer = layout.children.empty() ? "disk" : "between partitions";
    std::uint64_t smallest = ~std::uint64_t{0};
    const auto look = [&](const LayoutNode& node, const LayoutNode* parent) {
        std::uint64_t before = 0;
        for (const Volume::Segment& segment : node.segments) {
            const bool here =
                offset >= segment.disk_offset && offset - segment.disk_offset < segment.length;
            if (here && node.length < smallest) {
                smallest = node.length;
                answer = title_of(node, parent);
                if (!node.file_system) return;
                try {
                    const Volume volume(disk, node.segments);
                    const auto file_system = open_file_system(volume);
                    if (!file_system) return;
                    const auto owner = file_system->owner_of(before + offset - segment.disk_offset);
                    if (owner) answer += ": " + *owner;
                } catch (const Error&) {
                    // Damage hides the name only.
                }
                return;
            }
            before += segment.length;
        }
    };
    look(layout, nullptr);
    for (const LayoutNode& child : layout.children) {
        look(child, nullptr);
        for (const LayoutNode& inner : child.children) look(inner, &child);
    }
    return answer;
}

namespace {

LayoutNode LayoutReader::read() {
    const PartitionTable table = read_partition_table(disk_);
    LayoutNode root;
    root.length = disk_.virtual_size();
    root.uuid = table.id;
    root.note = table.note;
    if (table.kind == PartitionTable::Kind::None) {
        root.segments = {{0, root.length}};
        read_content(root);
        if (!table.doubt.empty()) root.left_alone = table.doubt;
        add_volume_groups(root);
        find_overlaps(root, table);
        return root;
    }
    root.type = table.kind == PartitionTable::Kind::Gpt ? "gpt" : "mbr";
    // A disk that bears both a table and a file system is understood by nobody in the same way.
    LayoutNode whole;
    whole.segments = {{0, root.length}};
    read_content(whole);
    std::string doubt = table.doubt;
    if (whole.file_system || (!whole.content.empty() && whole.content != kUnknown)) {
        doubt = fmt::format("the disk as a whole bears the signs of {}",
                            whole.file_system ? whole.file_system->type : whole.content);
    }
    if (!doubt.empty()) {
        add_note(root, doubt);
        root.left_alone = doubt;
    }
    physical_volumes_.clear();
    for (const Partition& partition : table.partitions) {
        root.children.push_back(read_partition(partition));
    }
    add_volume_groups(root);
    find_overlaps(root, table);
    add_gaps(root);
    return root;
}

LayoutNode LayoutReader::read_partition(const Partition& partition) {
    LayoutNode node;
    node.kind = partition.container ? Kind::Extended : Kind::Partition;
    node.number = partition.number;
    node.name = partition.name;
    node.offset = partition.offset;
    node.length = partition.length;
    node.type = partition.type;
    node.type_id = partition.type_id;
    node.uuid = partition.guid;
    node.flags = partition.flags;
    if (!partition.inside) {
        node.left_alone = "it lies where no partition can";
        add_note(node, node.left_alone);
    }
    if (partition.container || node.length == 0 ||
        !fits(node.offset, node.length, disk_.virtual_size())) {
        return node;
    }
    node.segments = {{node.offset, node.length}};
    read_content(node);
    constexpr std::string_view kDynamicMbr = "0x42";
    if (node.type_id == kDynamicMbr || node.type.starts_with("Microsoft LDM")) {
        node.left_alone = "it belongs to a dynamic disk";
    }
    return node;
}

void LayoutReader::read_content(LayoutNode& node) try {
    const Volume volume(disk_, node.segments);
    node.content = untouched_content(volume);
    if (!node.content.empty()) {
        node.left_alone = "its content is not read: " + node.content;
        return;
    }
    if (is_physical_volume(node, volume)) return;
    read_file_system(node, volume);
} catch (const Error& error) {
    node.left_alone = error.what();
    add_note(node, error.what());
    if (!node.file_system && node.content.empty()) node.content = kUnknown;
}

void LayoutReader::read_file_system(LayoutNode& node, const Volume& volume) {
    const auto file_system = open_file_system(volume);
    if (!file_system) {
        node.content = kUnknown;
        return;
    }
    node.file_system = file_system->info();
    try {
        node.os = operating_system(*file_system);
    } catch (const Error& error) {
        add_note(node, error.what());
    }
}

bool LayoutReader::is_physical_volume(LayoutNode& node, const Volume& volume) {
    constexpr std::size_t kMost = 64;
    constexpr std::size_t kMostText = std::size_t{4} << 20;
    auto label = read_lvm_label(volume);
    if (!label) return false;
    node.content = kPhysicalVolume;
    if (const auto file_system = open_file_system(volume)) {
        node.left_alone =
            fmt::format("it bears the signs of LVM2 and of {}", file_system->info().type);
        add_note(node, node.left_alone);
        return true;
    }
    if (node.kind == Kind::LogicalVolume) return true;
    std::size_t text = label->text.size();
    for (const LvmPhysicalVolume& other : physical_volumes_) text += other.label.text.size();
    if (physical_volumes_.size() == kMost || text > kMostText) {
        throw Error("the disk has too many physical volumes");
    }
    physical_volumes_.push_back(
        {node.segments.front().disk_offset, node.segments.front().length, std::move(*label)});
    return true;
}

void LayoutReader::add_volume_groups(LayoutNode& root) try {
    for (LvmGroup& group : read_lvm_groups(physical_volumes_)) {
        root.children.push_back(read_group(std::move(group)));
    }
    physical_volumes_.clear();
} catch (const Error& error) {
    add_note(root, error.what());
}

LayoutNode LayoutReader::read_group(LvmGroup group) {
    LayoutNode node;
    node.kind = Kind::VolumeGroup;
    node.name = group.name;
    node.uuid = group.uuid;
    node.length = group.size;
    node.left_alone = group.left_alone;
    node.free_extents = std::move(group.free_extents);
    for (LvmLogicalVolume& volume : group.volumes) {
        LayoutNode child;
        child.kind = Kind::LogicalVolume;
        child.name = volume.name;
        child.length = volume.size;
        child.left_alone = volume.left_alone;
        child.segments = std::move(volume.segments);
        if (!child.segments.empty()) {
            child.offset = child.segments.front().disk_offset;
            read_content(child);
            // A group within a group is not looked into.
            if (child.content == kPhysicalVolume) child.left_alone = "it is a physical volume";
        }
        node.children.push_back(std::move(child));
    }
    return node;
}

void add_gaps(LayoutNode& root) {
    constexpr std::uint64_t kSmallest = 1024 * 1024;
    std::vector<Volume::Segment> taken;
    for (const LayoutNode& child : root.children) {
        if (child.kind != Kind::Partition && child.kind != Kind::Extended) continue;
        taken.push_back({child.offset, child.length});
    }
    std::sort(taken.begin(), taken.end(),
              [](const auto& a, const auto& b) { return a.disk_offset < b.disk_offset; });
    taken.push_back({root.length, 0});
    std::uint64_t next = 0;
    for (const Volume::Segment& segment : taken) {
        if (segment.disk_offset > next && segment.disk_offset - next > kSmallest) {
            LayoutNode gap;
            gap.kind = Kind::Gap;
            gap.offset = next;
            gap.length = segment.disk_offset - next;
            root.children.push_back(std::move(gap));
        }
        if (segment.length <= ~std::uint64_t{0} - segment.disk_offset) {
            next = std::max(next, segment.disk_offset + segment.length);
        }
    }
    const auto in_order = [](const LayoutNode& a, const LayoutNode& b) {
        const bool a_group = a.kind == Kind::VolumeGroup;
        const bool b_group = b.kind == Kind::VolumeGroup;
        return a_group != b_group ? b_group : !a_group && a.offset < b.offset;
    };
    std::stable_sort(root.children.begin(), root.children.end(), in_order);
}

// A claim is a stretch of the disk and who says it is his; nobody stands for a table.
struct Claim {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    LayoutNode* owner = nullptr;
};

void find_overlaps(LayoutNode& root, const PartitionTable& table) {
    // Partitions against each other and the tables, then logical volumes against each other: what
    // a physical volume holds lies within it.
    std::vector<Claim> outer;
    std::vector<Claim> inner;
    const auto claim = [](std::vector<Claim>& claims, std::uint64_t offset, std::uint64_t length,
                          LayoutNode* owner) {
        if (length != 0) claims.push_back({offset, offset + length, owner});
    };
    for_each_leaf(root, [&](LayoutNode& node) {
        auto& claims = node.kind == Kind::LogicalVolume ? inner : outer;
        for (const auto& part : node.segments) claim(claims, part.disk_offset, part.length, &node);
        for (const auto& part : node.free_extents) {
            claim(inner, part.disk_offset, part.length, &node);
        }
    });
    for (const TableRange& range : table.tables) claim(outer, range.offset, range.length, nullptr);
    for (const Partition& hybrid : table.hybrid) {
        const auto is_same = [&](const Partition& partition) {
            return partition.offset == hybrid.offset && partition.length == hybrid.length;
        };
        if (!std::any_of(table.partitions.begin(), table.partitions.end(), is_same)) {
            claim(outer, hybrid.offset, hybrid.length, nullptr);
        }
    }
    mark_overlaps(outer);
    mark_overlaps(inner);
    bool physical_overlap = false;
    for_each_leaf(root, [&](const LayoutNode& node) {
        physical_overlap =
            physical_overlap || (node.kind != Kind::LogicalVolume &&
                                 node.content == kPhysicalVolume && !node.left_alone.empty());
    });
    if (!physical_overlap) return;
    for_each_leaf(root, [&](LayoutNode& node) {
        if (node.kind != Kind::LogicalVolume && node.kind != Kind::VolumeGroup) return;
        if (node.left_alone.empty()) node.left_alone = "a physical volume is left alone";
    });
}

void mark_overlaps(std::vector<Claim>& claims) {
    std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
        return a.start != b.start ? a.start < b.start : a.end < b.end;
    });
    const auto mark = [](LayoutNode* node) {
        if (node == nullptr || !node->left_alone.empty()) return;
        node->left_alone = "it overlaps with something else";
        add_note(*node, node->left_alone);
    };
    // The claim that reaches furthest so far meets every later one that begins before its end.
    const Claim* furthest = nullptr;
    for (const Claim& next : claims) {
        if (furthest != nullptr && next.start < furthest->end) {
            mark(furthest->owner);
            mark(next.owner);
        }
        if (furthest == nullptr || next.end > furthest->end) furthest = &next;
    }
}

void for_each_leaf(LayoutNode& node, const std::function<void(LayoutNode&)>& visit) {
    visit(node);
    for (LayoutNode& child : node.children) for_each_leaf(child, visit);
}

std::string operating_system(const FileSystem& file_system) {
    constexpr std::size_t kLongest = 64 * 1024;
    constexpr std::string_view kKey = "PRETTY_NAME=";
    auto text = file_system.read_file("/etc/os-release", kLongest);
    if (!text) text = file_system.read_file("/usr/lib/os-release", kLongest);
    if (!text) return file_system.system_by_names();
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!line.starts_with(kKey)) continue;
        line.remove_prefix(kKey.size());
        if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') &&
            line.back() == line.front()) {
            line = line.substr(1, line.size() - 2);
        }
        constexpr std::size_t kLongestName = 200;
        return std::string(line.substr(0, kLongestName));
    }
    return {};
}

void add_note(LayoutNode& node, std::string_view note) {
    if (!node.note.empty()) node.note += "; ";
    node.note += note;
}

}  // namespace
}  // namespace kiln::formats
