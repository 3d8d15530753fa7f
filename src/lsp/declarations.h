#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "template/config_files.h"

namespace kiln::lsp {

/// Something that a template declares and expressions refer to.
struct Declaration {
    enum class Kind { Variable, Local, Data, Source };

    Kind kind = Kind::Variable;
    std::string type;  ///< of data and sources
    std::string name;
    SourceRange name_range;
    std::string doc;         ///< a variable's description
    std::string value;       ///< a variable's default or a local's value, as written
    std::string constraint;  ///< a variable's type, as written

    /// How expressions write it: `var.x`, `data.http.x`.
    std::string reference() const;
};

/// All that the files of a template declare, in their order.
class Declarations {
  public:
    Declarations() = default;
    /// Reads what can be read; errors are told elsewhere. `sources` holds the texts of the files.
    Declarations(const std::vector<ConfigFile>& files, const SourceMap& sources);

    const std::vector<Declaration>& all() const { return all_; }
    const Declaration* find(Declaration::Kind kind, const std::string& type,
                            const std::string& name) const;
    /// What a reference names, by its parts: `{"data", "http", "x", "body"}`. The parts behind the
    /// declaration do not matter. A source may be named without `source` in front.
    const Declaration* find(const std::vector<std::string>& reference) const;

  private:
    void add_block(const hcl::Block& block, const SourceMap& sources);
    void add_attributes(const hcl::Block& block, Declaration::Kind kind, const SourceMap& sources);

    std::vector<Declaration> all_;
};

}  // namespace kiln::lsp
