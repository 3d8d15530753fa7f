#include "post_processor/input_file.h"

#include <cerrno>
#include <chrono>

#include <fcntl.h>
#include <unistd.h>

namespace kiln {

InputFile::InputFile(std::filesystem::path path, const BuildContext& context,
                     std::string_view doing)
    : path_(std::move(path)), context_(context), file_(open_file(path_, O_RDONLY)) {
    if (fstat(file_.get(), &status_) != 0) {
        throw system_error(fmt::format("cannot read {}", path_.string()), errno);
    }
    if (!S_ISREG(status_.st_mode)) {
        throw Error(fmt::format("cannot read {}", path_.string())).because("it is no regular file");
    }
    posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    progress_.id = fmt::format("{} {}", doing, path_.string());
    progress_.label = progress_.id;
    progress_.total = size();
}

InputFile::~InputFile() {
    progress_.finished = true;
    context_.report.progress(progress_);
}

void InputFile::read(const std::function<void(std::string_view)>& take) {
    constexpr std::size_t piece = std::size_t{1} << 20;
    constexpr auto interval = std::chrono::milliseconds(100);
    std::string buffer(piece, '\0');
    auto told = std::chrono::steady_clock::time_point();
    while (true) {
        context_.cancel.throw_if_cancelled();
        const ssize_t count = ::read(file_.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw system_error(fmt::format("cannot read {}", path_.string()), errno);
        progress_.done += static_cast<std::uint64_t>(count);
        if (count == 0 || progress_.done > size()) break;
        take(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
        const auto now = std::chrono::steady_clock::now();
        if (now - told < interval) continue;
        told = now;
        context_.report.progress(progress_);
    }
    if (progress_.done != size()) {
        throw Error(fmt::format("{} changed its size while it was read", path_.string()));
    }
}

}  // namespace kiln
