#include "formats/qcow2/qcow2_format.h"

#include <array>

#include "formats/bytes/bytes.h"
#include "formats/core/output_options.h"
#include "formats/engine/converter.h"
#include "formats/outputs.h"
#include "formats/qcow2/qcow2_check.h"
#include "formats/qcow2/qcow2_sink.h"
#include "formats/qcow2/qcow2_source.h"

namespace kiln::formats {

namespace {

bool recognizes(const InputFile& file) {
    std::array<std::byte, 4> magic{};
    if (file.size() < magic.size()) return false;
    file.read(0, magic);
    return load_be<std::uint32_t>(magic, 0) == Qcow2Header::kMagic;
}

void check(const InputFile& file, CheckReport& report, const OpenOptions&,
           const ConvertOptions& work) {
    check_qcow2(file, report, work.cancel);
}

std::unique_ptr<Sink> qcow2_sink(const OutputSpec& spec, OutputOptions& options) {
    using Compression = Qcow2SinkOptions::Compression;
    Qcow2SinkOptions qcow2;
    qcow2.version = options.choice<unsigned>("compat", 3, {{"0.10", 2}, {"1.1", 3}});
    // Larger clusters than the format allows are refused with the others in the sink.
    qcow2.cluster_size = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(options.size("cluster_size", qcow2.cluster_size), 1U << 31));
    qcow2.lazy_refcounts = options.flag("lazy_refcounts", false);
    qcow2.extended_l2 = options.flag("extended_l2", false);
    if (!options.choice<bool>(
            "preallocation", true,
            {{"off", true}, {"metadata", false}, {"falloc", false}, {"full", false}})) {
        throw Error("a qcow2 cannot be preallocated here")
            .because("it is written compact: what is zero gets no place in the file")
            .with_hint("Leave preallocation away, or write raw with preallocation=falloc.");
    }
    const auto type =
        options.choice<Compression>("compression_type", Compression::None,
                                    {{"zlib", Compression::Zlib}, {"zstd", Compression::Zstd}});
    const bool compress = options.flag("compress", type != Compression::None);
    if (compress) {
        qcow2.compression = type == Compression::None ? Compression::Zlib : type;
    }
    qcow2.window = options.choice<DeflateWindow>(
        "window", DeflateWindow::Strict,
        {{"4k", DeflateWindow::Strict}, {"32k", DeflateWindow::Wide}});
    qcow2.speed = spec.speed;
    qcow2.sha256 = spec.sha256;
    qcow2.digests = spec.digests;
    return make_qcow2_sink(spec.path, qcow2);
}

using namespace std::string_view_literals;
constexpr std::array kExtensions = {"qcow2"sv, "qcow"sv};

}  // namespace

const Format kQcow2Format = {
    .name = "qcow2",
    .title = "QEMU copy-on-write",
    .extensions = kExtensions,
    .options =
        "cluster_size=SIZE\n"
        "compat=0.10|1.1\n"
        "lazy_refcounts=on|off\n"
        "extended_l2=on|off\n"
        "preallocation=off\n"
        "compression_type=zlib|zstd\n"
        "compress=on|off\n"
        "window=4k|32k",
    .recognizes = recognizes,
    .open = open_qcow2,
    .check = check,
    .make_sink = qcow2_sink,
};

}  // namespace kiln::formats
