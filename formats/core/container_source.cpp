#include "formats/core/container_source.h"

namespace kiln::formats {

namespace {

class ContainerSource : public Source {
  public:
    ContainerSource(std::unique_ptr<Source> disk, std::string format,
                    std::vector<std::pair<std::string, std::string>> details)
        : disk_(std::move(disk)), format_(std::move(format)), details_(std::move(details)) {}

    std::uint64_t virtual_size() const override { return disk_->virtual_size(); }
    Extent next_extent(std::uint64_t offset, std::uint64_t limit) const override {
        return disk_->next_extent(offset, limit);
    }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        disk_->read(offset, out);
    }
    bool sequential() const override { return disk_->sequential(); }
    SourceInfo info() const override {
        SourceInfo info = disk_->info();
        info.format = format_;
        info.writer_options.clear();  // they are the disk's, not the container's
        info.details.insert(info.details.end(), details_.begin(), details_.end());
        return info;
    }

  private:
    std::unique_ptr<Source> disk_;
    std::string format_;
    std::vector<std::pair<std::string, std::string>> details_;
};

}  // namespace

std::unique_ptr<Source> make_container_source(
    std::unique_ptr<Source> disk, std::string format,
    std::vector<std::pair<std::string, std::string>> details) {
    return std::make_unique<ContainerSource>(std::move(disk), std::move(format),
                                             std::move(details));
}

}  // namespace kiln::formats
