#pragma once

#include <string>

#include "engine/component.h"

namespace kiln {

struct FileBuilderOptions {
    std::string source;
    std::string content;
    std::string target;
};

/// `file`: makes a file, from a text or from another file (spec/components.md, section 6). Useful
/// to try post-processors without a guest.
class FileBuilder : public ComponentWith<Builder, FileBuilderOptions> {
  public:
    using ComponentWith::ComponentWith;
    std::shared_ptr<Artifact> run(BuildContext& context, ProvisionHook& hook) override;
};

Schema<FileBuilderOptions> file_builder_schema();

}  // namespace kiln
