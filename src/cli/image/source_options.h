#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/image/image_command.h"
#include "formats/source.h"

namespace CLI {
class App;
}

namespace kiln {

/// An image as a command takes it.
struct ImageSourceOptions {
    std::filesystem::path path;  ///< `-` for standard input
    std::string format;          ///< a format's name, or empty
    std::string disk;            ///< of a container with several
    bool allow_backing = false;
    std::vector<std::filesystem::path> backing_directories;
};

/// The flags that say how an image is opened: its format, its disk, the files it may name.
void add_source_flags(CLI::App& app, ImageSourceOptions& source);
void add_threads_flag(CLI::App& app, unsigned& threads);
void add_json_flag(CLI::App& app, bool& json);

/// As the library takes it. Throws kiln::Error for a format that is not known.
formats::OpenOptions open_options(const ImageSourceOptions& source);
/// Opens it, standard input too.
std::unique_ptr<formats::Source> open_image(const ImageSourceOptions& source,
                                            const CancelToken& cancel);

/// What a command may touch: its sources, what they may name, and the directories of its outputs.
SandboxRules image_rules(const std::vector<ImageSourceOptions>& sources,
                         const std::vector<std::filesystem::path>& outputs = {});

/// Adds `--sandbox`, and has `run` and `rules` chosen when `app` was the command on the line.
void choose_on_call(CLI::App& app, const std::shared_ptr<ImageCommand>& command,
                    ImageCommand::Run run, ImageCommand::Rules rules);

}  // namespace kiln
