#include "formats/volume/lvm.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "formats/bytes/bytes.h"
#include "formats/volume/lvm_text.h"

namespace kiln::formats {

namespace {

constexpr std::uint64_t kSector = 512;
constexpr std::size_t kMostSegments = 65536;    // of a logical volume
constexpr std::size_t kMostOfGroup = 1U << 18;  // segments of all of them
constexpr std::size_t kMostVolumes = 4096;

/// A physical volume of the group, found on this disk or not.
struct Member {
    bool here = false;
    std::uint64_t disk_offset = 0;  // of its first extent
    std::uint64_t extents = 0;
    std::vector<Volume::Segment> used;  // in extents, from 0
};

class GroupReader {
  public:
    GroupReader(const LvmNode& group, const std::vector<LvmPhysicalVolume>& found)
        : node_(group), found_(found) {}
    LvmGroup read();

  private:
    void read_members();
    void find_references();
    LvmLogicalVolume read_volume(const LvmNode& node);
    /// Throws Error with the reason why the volume is left alone.
    void add_segment(const LvmNode& segment, std::uint64_t& next_extent, LvmLogicalVolume& volume);
    void add_striped(const LvmNode& segment, std::uint64_t count, LvmLogicalVolume& volume);
    [[noreturn]] void malformed(std::string reason);
    void note_use(const LvmNode& segment);
    void find_free_extents();
    std::string obstacle() const;

    const LvmNode& node_;
    const std::vector<LvmPhysicalVolume>& found_;
    LvmGroup group_;
    std::uint64_t extent_size_ = 0;
    std::map<std::string_view, Member> members_;
    std::set<std::string_view> referenced_;  // logical volumes that others are made of
    std::size_t segments_ = 0;
    bool only_plain_ = true;  // all segments are linear or striped over physical volumes
};

std::string without_hyphens(std::string_view uuid);
void add(std::vector<Volume::Segment>& segments, Volume::Segment segment);

}  // namespace

std::vector<LvmGroup> read_lvm_groups(const std::vector<LvmPhysicalVolume>& physical_volumes) {
    // One tree at a time in memory: the copies are told apart by their text.
    std::vector<LvmGroup> groups;
    std::map<std::string, std::pair<std::size_t, const std::string*>> by_uuid;
    for (const LvmPhysicalVolume& physical : physical_volumes) {
        if (physical.label.text.empty()) continue;
        const LvmNode tree = parse_lvm_text(physical.label.text);
        const auto node = std::find_if(tree.children.begin(), tree.children.end(),
                                       [](const LvmNode& child) { return child.section; });
        if (node == tree.children.end() || !node->text("id")) {
            throw Error("the description of an LVM volume group cannot be read")
                .because("it names no group");
        }
        const std::string uuid(*node->text("id"));
        const auto known = by_uuid.find(uuid);
        if (known == by_uuid.end()) {
            by_uuid[uuid] = {groups.size(), &physical.label.text};
            groups.push_back(GroupReader(*node, physical_volumes).read());
        } else if (*known->second.second != physical.label.text) {
            LvmGroup& group = groups[known->second.first];
            group.left_alone = "its physical volumes tell different stories";
        }
    }
    for (LvmGroup& group : groups) {
        if (group.left_alone.empty()) continue;
        group.free_extents.clear();
        for (LvmLogicalVolume& volume : group.volumes) {
            volume.segments.clear();
            if (volume.left_alone.empty()) volume.left_alone = group.left_alone;
        }
    }
    return groups;
}

namespace {

LvmGroup GroupReader::read() {
    group_.name = node_.name;
    group_.uuid = *node_.text("id");
    constexpr std::uint64_t kLargestExtent = std::uint64_t{1} << 32;  // sectors
    const std::uint64_t sectors = node_.number("extent_size").value_or(0);
    if (sectors == 0 || sectors > kLargestExtent) {
        group_.left_alone = "its extent size is impossible";
        return std::move(group_);
    }
    extent_size_ = sectors * kSector;
    read_members();
    if (!group_.left_alone.empty()) return std::move(group_);
    group_.left_alone = obstacle();
    find_references();
    if (const LvmNode* volumes = node_.child("logical_volumes")) {
        for (const LvmNode& volume : volumes->children) {
            if (!volume.section) continue;
            if (group_.volumes.size() == kMostVolumes) {
                group_.left_alone = "it has too many logical volumes";
                break;
            }
            group_.volumes.push_back(read_volume(volume));
        }
    }
    find_free_extents();
    return std::move(group_);
}

std::string GroupReader::obstacle() const {
    if (node_.lists("status", "EXPORTED")) return "it is exported";
    if (!node_.lists("status", "WRITE")) return "it is read-only";
    if (const auto lock = node_.text("lock_type"); lock && *lock != "none") {
        return "it is shared by several machines";
    }
    return {};
}

void GroupReader::read_members() {
    const LvmNode* list = node_.child("physical_volumes");
    if (list == nullptr) return;
    for (const LvmNode& node : list->children) {
        if (!node.section) continue;
        Member member;
        member.extents = node.number("pe_count").value_or(0);
        const std::string uuid = without_hyphens(node.text("id").value_or(""));
        const std::uint64_t start = node.number("pe_start").value_or(0);
        const auto is_it = [&](const LvmPhysicalVolume& p) { return p.label.uuid == uuid; };
        const auto found = std::find_if(found_.begin(), found_.end(), is_it);
        if (found != found_.end()) {
            if (std::count_if(found_.begin(), found_.end(), is_it) > 1) {
                group_.left_alone = "one of its physical volumes is there twice";
            }
            if (start > found->length / kSector ||
                member.extents > (found->length - start * kSector) / extent_size_) {
                group_.left_alone = "one of its physical volumes is too small";
                return;
            }
            member.here = true;
            member.disk_offset = found->disk_offset + start * kSector;
            if (std::uint64_t total = member.extents * extent_size_; total != 0) {
                group_.size += total;
            }
        }
        if (!members_.emplace(node.name, std::move(member)).second) {
            group_.left_alone = "two of its physical volumes have one name";
        }
    }
}

// Snapshots name their origin, pools their data, mirrors their legs: whatever a segment names that
// is no physical volume is part of something else.
void GroupReader::find_references() {
    const LvmNode* volumes = node_.child("logical_volumes");
    if (volumes == nullptr) return;
    for (const LvmNode& volume : volumes->children) {
        for (const LvmNode& segment : volume.children) {
            if (!segment.section) continue;
            for (const LvmNode& key : segment.children) {
                for (const LvmNode::Value& value : key.values) {
                    const auto* text = std::get_if<std::string_view>(&value);
                    if (text != nullptr && volumes->child(*text) != nullptr) {
                        referenced_.insert(*text);
                        only_plain_ = false;
                    }
                }
            }
        }
    }
}

LvmLogicalVolume GroupReader::read_volume(const LvmNode& node) {
    LvmLogicalVolume volume;
    volume.name = node.name;
    std::uint64_t next_extent = 0;
    for (const LvmNode& segment : node.children) {
        if (!segment.section || !segment.name.starts_with("segment")) continue;
        try {
            add_segment(segment, next_extent, volume);
        } catch (const Error& error) {
            if (volume.left_alone.empty()) volume.left_alone = error.message();
        }
        const std::uint64_t count = segment.number("extent_count").value_or(0);
        if (count <= (std::uint64_t{1} << 62) / extent_size_) volume.size += count * extent_size_;
        note_use(segment);
    }
    if (volume.left_alone.empty()) {
        if (referenced_.contains(node.name))
            volume.left_alone = "others are made of it";
        else if (!node.lists("status", "VISIBLE"))
            volume.left_alone = "it is hidden";
        else if (node.lists("status", "LOCKED") || node.lists("status", "PVMOVE")) {
            volume.left_alone = "it is being moved";
        }
    }
    if (volume.left_alone.empty() && volume.segments.size() > kMostOfGroup - segments_) {
        volume.left_alone = "its group has too many segments";
    }
    if (!volume.left_alone.empty()) volume.segments = {};
    volume.segments.shrink_to_fit();
    segments_ += volume.segments.size();
    return volume;
}

void GroupReader::add_segment(const LvmNode& segment, std::uint64_t& next_extent,
                              LvmLogicalVolume& volume) {
    const std::string_view type = segment.text("type").value_or("");
    if (type != "striped" && type != "linear") {
        malformed(fmt::format("it is of type {}", type));
    }
    const std::uint64_t start = segment.number("start_extent").value_or(0);
    const std::uint64_t count = segment.number("extent_count").value_or(0);
    if (start != next_extent) malformed("its segments do not follow each other");
    if (count == 0 || count > (std::uint64_t{1} << 62) / extent_size_) {
        malformed("one of its segments has an impossible length");
    }
    next_extent += count;
    add_striped(segment, count, volume);
}

void GroupReader::add_striped(const LvmNode& segment, std::uint64_t count,
                              LvmLogicalVolume& volume) {
    const LvmNode* stripes = segment.child("stripes");
    const std::uint64_t stripe_count = segment.number("stripe_count").value_or(1);
    if (stripes == nullptr || stripe_count == 0 || stripes->values.size() != stripe_count * 2 ||
        count % stripe_count != 0) {
        malformed("its stripes cannot be understood");
    }
    std::vector<Volume::Segment> legs;
    for (std::size_t i = 0; i < stripe_count; ++i) {
        const auto* name = std::get_if<std::string_view>(&stripes->values[i * 2]);
        const auto* first = std::get_if<std::uint64_t>(&stripes->values[i * 2 + 1]);
        const auto member = name != nullptr ? members_.find(*name) : members_.end();
        if (member == members_.end() || first == nullptr) {
            malformed("its stripes cannot be understood");
        }
        if (!member->second.here) throw Error("part of it is on another disk");
        const std::uint64_t each = count / stripe_count;
        if (!fits(*first, each, member->second.extents)) {
            malformed("it lies beyond the end of its physical volume");
        }
        legs.push_back({member->second.disk_offset + *first * extent_size_, each * extent_size_});
    }
    if (legs.size() == 1) {
        add(volume.segments, legs.front());
        if (volume.segments.size() > kMostSegments) {
            throw Error(fmt::format("it lies in more than {} pieces", kMostSegments));
        }
        return;
    }
    const std::uint64_t sectors = segment.number("stripe_size").value_or(0);
    if (sectors == 0 || sectors > extent_size_ / kSector || extent_size_ / kSector % sectors != 0) {
        malformed("its stripe size is impossible");
    }
    const std::uint64_t stripe = sectors * kSector;
    const std::uint64_t rows = legs.front().length / stripe;
    if (rows > (kMostSegments - std::min(volume.segments.size(), kMostSegments)) / legs.size()) {
        throw Error(fmt::format("its stripes make more than {} pieces", kMostSegments));
    }
    for (std::uint64_t row = 0; row < rows; ++row) {
        for (const Volume::Segment& leg : legs) {
            add(volume.segments, {leg.disk_offset + row * stripe, stripe});
        }
    }
}

// What cannot be followed may use any extent.
void GroupReader::malformed(std::string reason) {
    only_plain_ = false;
    throw Error(std::move(reason));
}

// Whatever the type of a segment, `stripes` of physical volumes are in use by it. Others keep their
// extents in ways of their own, which `only_plain_` stands for.
void GroupReader::note_use(const LvmNode& segment) {
    const LvmNode* stripes = segment.child("stripes");
    const std::uint64_t stripe_count = segment.number("stripe_count").value_or(1);
    const std::uint64_t count = segment.number("extent_count").value_or(0);
    if (stripes == nullptr || stripe_count == 0) {
        only_plain_ = false;
        return;
    }
    for (std::size_t i = 0; i + 1 < stripes->values.size(); i += 2) {
        const auto* name = std::get_if<std::string_view>(&stripes->values[i]);
        const auto* first = std::get_if<std::uint64_t>(&stripes->values[i + 1]);
        const auto member = name != nullptr ? members_.find(*name) : members_.end();
        if (member == members_.end() || first == nullptr) {
            only_plain_ = false;
            return;
        }
        member->second.used.push_back({*first, divide_up(count, stripe_count)});
    }
}

void GroupReader::find_free_extents() {
    for (auto& named : members_) {
        Member& member = named.second;  // a lambda of clang 14 captures no structured binding
        std::sort(member.used.begin(), member.used.end(),
                  [](const Volume::Segment& a, const Volume::Segment& b) {
                      return a.disk_offset < b.disk_offset;
                  });
        std::uint64_t next = 0;
        const auto add_free = [&](std::uint64_t end) {
            if (!member.here || end <= next) return;
            const std::uint64_t length = (end - next) * extent_size_;
            group_.free += length;
            group_.free_extents.push_back({member.disk_offset + next * extent_size_, length});
        };
        for (const Volume::Segment& used : member.used) {
            if (used.disk_offset < next) {
                group_.left_alone = "two of its logical volumes use the same extents";
            }
            add_free(std::min(used.disk_offset, member.extents));
            if (!fits(used.disk_offset, used.length, member.extents)) {
                group_.left_alone = "a logical volume lies beyond its physical volume";
                return;
            }
            next = std::max(next, used.disk_offset + used.length);
        }
        add_free(member.extents);
    }
    if (!only_plain_) group_.free_extents.clear();
}

std::string without_hyphens(std::string_view uuid) {
    std::string plain(uuid);
    std::erase(plain, '-');
    return plain;
}

void add(std::vector<Volume::Segment>& segments, Volume::Segment segment) {
    if (!segments.empty() &&
        segments.back().disk_offset + segments.back().length == segment.disk_offset) {
        segments.back().length += segment.length;
    } else {
        segments.push_back(segment);
    }
}

}  // namespace
}  // namespace kiln::formats
