#include "boot/boot_media.h"

#include <glob.h>

#include "base/file.h"
#include "base/process.h"

namespace kiln::boot {
namespace fs = std::filesystem;

namespace {

bool is_glob(const std::string& text);
std::vector<fs::path> expand(const std::string& entry);
void stage_entry(const std::string& entry, const fs::path& root);
void stage_path(const fs::path& source, bool contents_only, const fs::path& root);
void stage_text(const std::string& name, const std::string& text, const fs::path& root);
ProcessSpec iso_command(const std::string& label, const fs::path& iso, const fs::path& root);

}  // namespace

std::vector<Error> cd_file_errors(const std::vector<std::string>& files) {
    std::vector<Error> errors;
    for (const auto& file : files) {
        if (is_glob(file) || fs::exists(expand_home(file))) continue;
        errors.push_back(
            Error(fmt::format("Bad CD disk file '{}'", file)).because("there is no such file"));
    }
    return errors;
}

void make_cd(const CdContent& content, const fs::path& iso, const fs::path& scratch,
             const CancelToken& cancel) {
    const TempDir root(scratch, "cd-");
    for (const auto& entry : content.files) stage_entry(entry, root.path());
    for (const auto& [name, text] : content.texts) stage_text(name, text, root.path());
    const ProcessSpec command = iso_command(content.label, iso, root.path());
    const ProcessOutput result = run_process(command, cancel);
    if (result.status.success()) return;
    std::error_code ignored;
    fs::remove(iso, ignored);
    throw Error("cannot make the CD image")
        .because(fmt::format("{}: {}", command.program, result.status.to_string()))
        .with_hint(result.err);
}

namespace {

bool is_glob(const std::string& text) {
    return text.find_first_of("*?[") != std::string::npos;
}

void stage_entry(const std::string& entry, const fs::path& root) {
    for (const auto& path : expand(entry)) stage_path(path, entry.ends_with('/'), root);
}

std::vector<fs::path> expand(const std::string& entry) {
    const std::string path = expand_home(entry).string();
    if (!is_glob(path)) return {path};
    glob_t found{};
    std::vector<fs::path> paths;
    if (::glob(path.c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
    }
    globfree(&found);
    return paths;
}

void stage_path(const fs::path& source, bool contents_only, const fs::path& root) {
    const auto options = fs::copy_options::recursive | fs::copy_options::overwrite_existing;
    const fs::path name =
        source.has_filename() ? source.filename() : source.parent_path().filename();
    std::error_code failure;
    if (fs::is_directory(source) && contents_only) {
        fs::copy(source, root, options, failure);
    } else {
        fs::copy(source, root / name, options, failure);
    }
    if (failure) {
        throw Error(fmt::format("cannot put {} on the CD", source.string()))
            .because(failure.message());
    }
}

void stage_text(const std::string& name, const std::string& text, const fs::path& root) {
    const fs::path relative = fs::path(name).relative_path().lexically_normal();
    if (relative.empty() || *relative.begin() == "..") {
        throw Error(fmt::format("cd_content: \"{}\" leads out of the CD", name));
    }
    fs::create_directories((root / relative).parent_path());
    write_file_atomically(root / relative, text);
}

ProcessSpec iso_command(const std::string& label, const fs::path& iso, const fs::path& root) {
    ProcessSpec spec;
    const std::vector<std::string> common = {"-rock",   "-joliet",    "-volid",     label,
                                             "-output", iso.string(), root.string()};
    if (find_program("xorriso")) {
        spec.program = "xorriso";
        spec.arguments = {"-as", "genisoimage"};
    } else if (find_program("genisoimage")) {
        spec.program = "genisoimage";
    } else if (find_program("mkisofs")) {
        spec.program = "mkisofs";
    } else {
        throw Error("cannot make a CD image")
            .because("none of xorriso, genisoimage and mkisofs is installed")
            .with_hint("apt-get install xorriso");
    }
    spec.arguments.insert(spec.arguments.end(), common.begin(), common.end());
    return spec;
}

}  // namespace
}  // namespace kiln::boot
