#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/diagnostic.h"
#include "engine/registry.h"
#include "lsp/declarations.h"

namespace kiln::lsp {

/// The text of a file that is open in the editor, or nothing.
using OpenText = std::function<std::optional<std::string>(const std::filesystem::path&)>;

/// What is analysed together: the directory of a template, whose files are one template, or one
/// file of variables or legacy JSON.
struct Unit {
    enum class Kind { Directory, VariableFile, LegacyTemplate };

    Kind kind = Kind::Directory;
    std::filesystem::path path;

    friend auto operator<=>(const Unit&, const Unit&) = default;
};

/// The unit that a file belongs to, by its name; nothing when it is none of a template's files.
std::optional<Unit> unit_of(const std::filesystem::path& file);

struct Analysis {
    Diagnostics diagnostics;
    SourceMap sources;  ///< the texts that the diagnostics point into, by path
};

/// What `validate` says of a unit, with the texts of the editor in place of the files. Data sources
/// are not asked. Beside it, unknown names in blocks that no build uses, and what is wrong with the
/// rest when a part cannot be read. A variable without a value is no error here: it is given when
/// the template is built. Relative paths count from the unit's directory, which becomes that of the
/// process meanwhile: for one thread.
Analysis analyse(const Unit& unit, const OpenText& open_text, const Registry& registry,
                 const std::string& version, const CancelToken& cancel);

/// A text of native syntax and what its file is called.
struct ConfigText {
    std::filesystem::path path;
    std::string text;
};

/// What the template of a directory declares, with a file that is not there yet.
Declarations read_declarations(const std::filesystem::path& directory, const OpenText& open_text,
                               const std::optional<ConfigText>& beside = {});

}  // namespace kiln::lsp
