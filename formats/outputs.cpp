#include "formats/outputs.h"

#include <array>
#include <charconv>

#include "base/error.h"
#include "base/suggest.h"
#include "formats/ova/ova_writer.h"
#include "formats/qcow2/qcow2_sink.h"
#include "formats/raw/raw_sink.h"
#include "formats/vmdk/stream_optimized_sink.h"

namespace kiln::formats {

namespace {

constexpr std::array<std::pair<Format, std::string_view>, 4> kFormats = {{
    {Format::Raw, "raw"},
    {Format::Qcow2, "qcow2"},
    {Format::Vmdk, "vmdk"},
    {Format::Ova, "ova"},
}};

// Takes options out by name; what is left at the end is unknown. A reader remembers the names it
// was asked for, so that a mistyped one can be answered with what was meant.
class Options {
  public:
    explicit Options(const OutputSpec& spec)
        : format_(format_name(spec.format)), left_(spec.options) {}

    std::optional<std::string> text(const std::string& name);
    template <typename T>
    T choice(const std::string& name, T otherwise,
             std::initializer_list<std::pair<std::string_view, T>> values);
    bool flag(const std::string& name, bool otherwise) {
        return choice<bool>(name, otherwise, {{"on", true}, {"off", false}});
    }
    std::uint64_t number(const std::string& name, std::uint64_t otherwise);
    std::uint64_t size(const std::string& name, std::uint64_t otherwise);
    void finish() const;

  private:
    [[noreturn]] void refuse(const std::string& name, const std::string& value,
                             const std::string& takes) const;

    std::string format_;
    std::map<std::string, std::string> left_;
    std::vector<std::string> known_;
};

std::unique_ptr<Sink> raw_sink(const OutputSpec& spec);
std::unique_ptr<Sink> qcow2_sink(const OutputSpec& spec);
std::unique_ptr<Sink> vmdk_sink(const OutputSpec& spec);
std::unique_ptr<Sink> ova_sink(const OutputSpec& spec);
OvfMachine ova_machine(Options& options);
std::string network_adapter(Options& options);

}  // namespace

std::unique_ptr<Sink> make_sink(const OutputSpec& spec) {
    switch (spec.format) {
        case Format::Raw:
            return raw_sink(spec);
        case Format::Qcow2:
            return qcow2_sink(spec);
        case Format::Vmdk:
            return vmdk_sink(spec);
        case Format::Ova:
            return ova_sink(spec);
    }
    throw Error("no such output format");
}

std::optional<Format> format_from_name(std::string_view name) {
    for (const auto& [format, known] : kFormats) {
        if (known == name) return format;
    }
    return std::nullopt;
}

std::string_view format_name(Format format) {
    return kFormats[static_cast<std::size_t>(format)].second;
}

namespace {

std::unique_ptr<Sink> raw_sink(const OutputSpec& spec) {
    Options options(spec);
    RawSinkOptions raw;
    raw.preallocate =
        options.choice<bool>("preallocation", false, {{"off", false}, {"falloc", true}});
    raw.sha256 = spec.sha256;
    options.finish();
    return make_raw_sink(spec.path, raw);
}

std::unique_ptr<Sink> qcow2_sink(const OutputSpec& spec) {
    using Compression = Qcow2SinkOptions::Compression;
    Options options(spec);
    Qcow2SinkOptions qcow2;
    qcow2.version = options.choice<unsigned>("compat", 3, {{"0.10", 2}, {"1.1", 3}});
    // Larger clusters than the format allows are refused with the others in the sink.
    qcow2.cluster_size = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(options.size("cluster_size", qcow2.cluster_size), 1U << 31));
    qcow2.lazy_refcounts = options.flag("lazy_refcounts", false);
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
    options.finish();
    return make_qcow2_sink(spec.path, qcow2);
}

std::unique_ptr<Sink> vmdk_sink(const OutputSpec& spec) {
    Options options(spec);
    StreamOptimizedOptions vmdk;
    options.choice<bool>("subformat", true, {{"streamOptimized", true}});
    vmdk.adapter_type = options.choice<std::string>("adapter_type", vmdk.adapter_type,
                                                    {{"ide", "ide"},
                                                     {"lsilogic", "lsilogic"},
                                                     {"buslogic", "buslogic"},
                                                     {"legacyESX", "legacyESX"},
                                                     {"pvscsi", "pvscsi"}});
    vmdk.hardware_version =
        static_cast<unsigned>(std::min<std::uint64_t>(options.number("hwversion", 4), 9999));
    vmdk.speed = spec.speed;
    vmdk.sha256 = spec.sha256;
    options.finish();
    return make_stream_optimized_sink(spec.path, vmdk);
}

std::unique_ptr<Sink> ova_sink(const OutputSpec& spec) {
    Options options(spec);
    const OvfMachine machine = ova_machine(options);
    options.finish();
    return make_ova_sink(spec.path, machine, {spec.speed, spec.sha256});
}

OvfMachine ova_machine(Options& options) {
    const auto limited = [&](const std::string& name, unsigned otherwise) {
        constexpr std::uint64_t kMost = 1U << 31;
        return static_cast<unsigned>(std::min(options.number(name, otherwise), kMost));
    };
    OvfMachine machine;
    machine.name = options.text("vm_name").value_or("");
    machine.annotation = options.text("annotation").value_or("");
    machine.cpus = limited("vcpus", machine.cpus);
    machine.memory_mib = limited("memory", machine.memory_mib);
    machine.hardware_version = limited("hwversion", machine.hardware_version);
    machine.firmware = options.choice<Firmware>("firmware", Firmware::Bios,
                                                {{"bios", Firmware::Bios}, {"efi", Firmware::Efi}});
    machine.secure_boot = options.flag("secure_boot", false);
    machine.disk_controller =
        options.choice<DiskController>("disk_controller", DiskController::LsiLogic,
                                       {{"lsilogic", DiskController::LsiLogic},
                                        {"lsisas1068", DiskController::LsiLogicSas},
                                        {"pvscsi", DiskController::Pvscsi},
                                        {"sata", DiskController::Ahci},
                                        {"ide", DiskController::Ide}});
    if (const auto os = options.text("os_type")) set_os_type(machine, *os);
    const std::string adapter = network_adapter(options);
    const std::string network =
        options.text("network").value_or(machine.network_cards.front().network);
    machine.network_cards.clear();
    if (adapter != "none") machine.network_cards.push_back({adapter, network});
    return machine;
}

std::string network_adapter(Options& options) {
    return options.choice<std::string>("network_adapter", "VmxNet3",
                                       {{"vmxnet3", "VmxNet3"},
                                        {"e1000", "E1000"},
                                        {"e1000e", "E1000e"},
                                        {"pcnet32", "PCNet32"},
                                        {"none", "none"}});
}

std::optional<std::string> Options::text(const std::string& name) {
    known_.push_back(name);
    const auto node = left_.extract(name);
    return node.empty() ? std::nullopt : std::optional(node.mapped());
}

template <typename T>
T Options::choice(const std::string& name, T otherwise,
                  std::initializer_list<std::pair<std::string_view, T>> values) {
    const std::optional<std::string> given = text(name);
    if (!given) return otherwise;
    std::string takes;
    for (const auto& [word, value] : values) {
        if (word == *given) return value;
        takes += fmt::format("{}{}", takes.empty() ? "" : ", ", word);
    }
    refuse(name, *given, takes);
}

std::uint64_t Options::number(const std::string& name, std::uint64_t otherwise) {
    const std::optional<std::string> given = text(name);
    if (!given) return otherwise;
    std::uint64_t value = 0;
    const char* end = given->data() + given->size();
    const auto [stop, error] = std::from_chars(given->data(), end, value);
    if (error != std::errc() || stop != end) refuse(name, *given, "a number");
    return value;
}

std::uint64_t Options::size(const std::string& name, std::uint64_t otherwise) {
    const std::optional<std::string> given = text(name);
    if (!given) return otherwise;
    std::uint64_t value = 0;
    const char* end = given->data() + given->size();
    const auto [stop, error] = std::from_chars(given->data(), end, value);
    const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
    const unsigned shift = unit == "k" || unit == "K" ? 10 : unit == "M" ? 20 : 0;
    if (error != std::errc() || (shift == 0 && !unit.empty()) || value > 1U << 30) {
        refuse(name, *given, "a size such as 65536, 64k or 2M");
    }
    return value << shift;
}

void Options::finish() const {
    if (left_.empty()) return;
    const std::string& name = left_.begin()->first;
    std::string all;
    for (const std::string& known : known_)
        all += fmt::format("{}{}", all.empty() ? "" : ", ", known);
    throw Error(
        fmt::format("the format {} has no option {}.{}", format_, name, did_you_mean(name, known_)))
        .with_hint(fmt::format("Its options are: {}.", all));
}

void Options::refuse(const std::string& name, const std::string& value,
                     const std::string& takes) const {
    throw Error(fmt::format("{} is no value for the option {} of {}", value, name, format_))
        .with_hint(fmt::format("It takes: {}.", takes));
}

}  // namespace
}  // namespace kiln::formats
