#include "download/archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/size.h"

namespace kiln::download {
namespace {

enum class Container { None, Tar, Zip };
enum class Filter { None, Gzip, Xz, Bzip2, Zstd };

struct Form {
    std::string_view suffix;
    Container container;
    Filter filter;
};

/// Longer suffixes stand before those that they end with.
constexpr std::array<Form, 14> forms{{
    {".tar.gz", Container::Tar, Filter::Gzip},
    {".tar.xz", Container::Tar, Filter::Xz},
    {".tar.bz2", Container::Tar, Filter::Bzip2},
    {".tar.zst", Container::Tar, Filter::Zstd},
    {".tgz", Container::Tar, Filter::Gzip},
    {".txz", Container::Tar, Filter::Xz},
    {".tbz2", Container::Tar, Filter::Bzip2},
    {".tzst", Container::Tar, Filter::Zstd},
    {".tar", Container::Tar, Filter::None},
    {".zip", Container::Zip, Filter::None},
    {".gz", Container::None, Filter::Gzip},
    {".xz", Container::None, Filter::Xz},
    {".bz2", Container::None, Filter::Bzip2},
    {".zst", Container::None, Filter::Zstd},
}};

struct ReadCloser {
    void operator()(struct archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<struct archive, ReadCloser>;

const Form* find_form(std::string_view suffix);
Reader open_archive(const std::filesystem::path& path, const Form& form);
void require(int status, struct archive* reader, const std::filesystem::path& path);
Error archive_error(struct archive* reader, const std::filesystem::path& path);
/// The next member that is a file; false at the end.
bool next_file(struct archive* reader, const std::filesystem::path& path);

/// Writes blocks in place, leaving out those that hold only zeros.
class SparseWriter {
  public:
    SparseWriter(int fd, const std::filesystem::path& path, std::uint64_t reserve)
        : fd_(fd), path_(path), reserve_(reserve) {}
    void write(const char* data, std::size_t size, std::uint64_t offset);
    void finish() const;

  private:
    void write_block(const char* data, std::size_t size, std::uint64_t offset);
    void check_space();

    int fd_;
    const std::filesystem::path& path_;
    std::uint64_t reserve_;
    std::uint64_t end_ = 0;
    std::uint64_t until_check_ = 0;
};

}  // namespace

std::string archive_suffix(std::string_view name) {
    for (const Form& form : forms) {
        if (name.size() > form.suffix.size() && name.ends_with(form.suffix)) {
            return std::string(form.suffix);
        }
    }
    return {};
}

bool is_archive_suffix(std::string_view suffix) {
    return find_form(suffix) != nullptr;
}

void unpack(const std::filesystem::path& archive, std::string_view suffix,
            const std::filesystem::path& target, const CancelToken& cancel,
            const ProgressFunction& progress, std::uint64_t reserve) {
    const Form* form = find_form(suffix);
    if (form == nullptr) throw Error(fmt::format("kiln cannot unpack \"{}\" files", suffix));
    const Reader reader = open_archive(archive, *form);
    if (!next_file(reader.get(), archive)) {
        throw Error(fmt::format("{} holds no file", archive.string()));
    }
    const std::uint64_t total = std::filesystem::file_size(archive);
    AtomicFile out(target);
    SparseWriter writer(out.fd(), out.path(), reserve);
    while (true) {
        cancel.throw_if_cancelled();
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int status = archive_read_data_block(reader.get(), &data, &size, &offset);
        if (status == ARCHIVE_EOF) break;
        require(status, reader.get(), archive);
        if (offset < 0) throw Error(fmt::format("{} is damaged", archive.string()));
        writer.write(static_cast<const char*>(data), size, static_cast<std::uint64_t>(offset));
        if (progress) {
            const auto read = archive_filter_bytes(reader.get(), -1);
            progress(std::min(total, static_cast<std::uint64_t>(std::max<la_int64_t>(read, 0))),
                     total);
        }
    }
    writer.finish();
    if (next_file(reader.get(), archive)) {
        throw Error(fmt::format("{} holds more than one file", archive.string()))
            .with_hint("Unpack it yourself and name the file that is wanted.");
    }
    out.commit();
}

namespace {

const Form* find_form(std::string_view suffix) {
    const auto* form = std::find_if(forms.begin(), forms.end(), [&](const Form& candidate) {
        return candidate.suffix == suffix || candidate.suffix.substr(1) == suffix;
    });
    return form == forms.end() ? nullptr : form;
}

Reader open_archive(const std::filesystem::path& path, const Form& form) {
    Reader reader(archive_read_new());
    if (!reader) throw Error("cannot unpack: no memory");
    switch (form.filter) {
        case Filter::None:
            break;
        case Filter::Gzip:
            require(archive_read_support_filter_gzip(reader.get()), reader.get(), path);
            break;
        case Filter::Xz:
            require(archive_read_support_filter_xz(reader.get()), reader.get(), path);
            break;
        case Filter::Bzip2:
            require(archive_read_support_filter_bzip2(reader.get()), reader.get(), path);
            break;
        case Filter::Zstd:
            require(archive_read_support_filter_zstd(reader.get()), reader.get(), path);
            break;
    }
    switch (form.container) {
        case Container::None:
            require(archive_read_support_format_raw(reader.get()), reader.get(), path);
            break;
        case Container::Tar:
            require(archive_read_support_format_tar(reader.get()), reader.get(), path);
            break;
        case Container::Zip:
            require(archive_read_support_format_zip(reader.get()), reader.get(), path);
            break;
    }
    constexpr std::size_t block = 1 << 20;
    require(archive_read_open_filename(reader.get(), path.c_str(), block), reader.get(), path);
    // A filter that does not recognise its input steps aside, and the input itself would come out.
    const int filters = archive_filter_count(reader.get());
    if (form.filter != Filter::None && filters < 2) {
        throw Error(
            fmt::format("{} is not what its name says: no \"{}\" data", path.string(), form.suffix))
            .with_hint("`?archive=false` behind the URL uses the file as it is.");
    }
    return reader;
}

void require(int status, struct archive* reader, const std::filesystem::path& path) {
    if (status != ARCHIVE_OK) throw archive_error(reader, path);
}

Error archive_error(struct archive* reader, const std::filesystem::path& path) {
    const char* reason = archive_error_string(reader);
    return Error(fmt::format("cannot unpack {}", path.string()))
        .because(reason == nullptr ? "the file is damaged" : reason);
}

bool next_file(struct archive* reader, const std::filesystem::path& path) {
    constexpr int member_limit = 10'000;
    for (int i = 0; i < member_limit; ++i) {
        archive_entry* entry = nullptr;
        const int status = archive_read_next_header(reader, &entry);
        if (status == ARCHIVE_EOF) return false;
        // A warning is about a name that cannot be converted, and no name is used.
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN) throw archive_error(reader, path);
        if (archive_entry_hardlink(entry) != nullptr) {
            throw Error(fmt::format("{} holds a link, not a file", path.string()));
        }
        const auto type = archive_entry_filetype(entry);
        if (type == AE_IFREG) return true;
        if (type != AE_IFDIR)
            throw Error(fmt::format("{} holds a link or device, not a file", path.string()));
    }
    throw Error(fmt::format("{} holds too many members", path.string()));
}

void SparseWriter::write(const char* data, std::size_t size, std::uint64_t offset) {
    constexpr std::uint64_t largest = std::numeric_limits<off_t>::max();
    if (offset > largest || size > largest - offset) {
        throw Error(fmt::format("cannot write {}: the file would be too large", path_.string()));
    }
    constexpr std::size_t block = 64 << 10;
    for (std::size_t done = 0; done < size; done += block) {
        write_block(data + done, std::min(block, size - done), offset + done);
    }
    end_ = std::max(end_, offset + size);
}

void SparseWriter::finish() const {
    if (ftruncate(fd_, static_cast<off_t>(end_)) != 0) {
        throw system_error(fmt::format("cannot write {}", path_.string()), errno);
    }
}

void SparseWriter::write_block(const char* data, std::size_t size, std::uint64_t offset) {
    const bool all_zero = data[0] == 0 && std::memcmp(data, data + 1, size - 1) == 0;
    if (all_zero) return;
    if (until_check_ < size) check_space();
    until_check_ -= size;
    while (size > 0) {
        const ssize_t written = pwrite(fd_, data, size, static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) throw system_error(fmt::format("cannot write {}", path_.string()), errno);
        data += written;
        size -= static_cast<std::size_t>(written);
        offset += static_cast<std::uint64_t>(written);
    }
}

void SparseWriter::check_space() {
    constexpr std::uint64_t step = 64 << 20;
    struct statvfs info {};
    if (fstatvfs(fd_, &info) != 0) {
        throw system_error(fmt::format("cannot look at the file system of {}", path_.string()),
                           errno);
    }
    const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
    if (free < reserve_ + step) {
        throw Error(fmt::format("the unpacked file does not fit: {} are free beside {}",
                                format_size(free), path_.string()))
            .with_hint("Make room, or set PACKER_CACHE_DIR to a larger file system.");
    }
    until_check_ = step;
}

}  // namespace
}  // namespace kiln::download
