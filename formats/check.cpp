#include "formats/input_file.h"
#include "formats/inspect.h"
#include "formats/outputs.h"
#include "formats/ova/ova_check.h"
#include "formats/probe.h"
#include "formats/qcow2/qcow2_check.h"
#include "formats/read_all.h"
#include "formats/vmdk/vmdk_check.h"

namespace kiln::formats {

namespace {
constexpr std::size_t kMaxProblems = 100;
}

void CheckReport::corruption(std::string problem) {
    ++corruptions;
    if (problems.size() < kMaxProblems) problems.push_back(std::move(problem));
}

void CheckReport::leak(std::string problem) {
    ++leaks;
    if (problems.size() < kMaxProblems) problems.push_back(std::move(problem));
}

CheckReport check_image(const std::filesystem::path& path, OpenOptions options,
                        const ConvertOptions& work) {
    options.ignore_backing = true;
    InputFile file = InputFile::open(path);
    options.format = options.format ? *options.format : probe_format(file, options.allow_raw);
    CheckReport report;
    report.format = format_name(*options.format);
    switch (*options.format) {
        case Format::Raw:
            read_all(*open_source(path, options), work, report);
            break;
        case Format::Qcow2:
            check_qcow2(file, report, work.cancel);
            break;
        case Format::Vmdk:
            check_vmdk(file, report, work);
            break;
        case Format::Ova:
            check_ova(file, report, work);
            break;
    }
    return report;
}

}  // namespace kiln::formats
