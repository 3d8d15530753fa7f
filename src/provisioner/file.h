#pragma once

#include "communicator/communicator.h"
#include "engine/component.h"

namespace kiln {

struct FileOptions {
    std::string source;
    std::vector<std::string> sources;
    std::string content;
    std::string destination;
    std::string direction = "upload";
    bool generated = false;

    /// `sources`, and `source` last.
    std::vector<std::string> all_sources() const;
};

Schema<FileOptions> file_schema();

/// Sends files and directories into the guest, or fetches them (spec/components.md, section 3.4).
class FileProvisioner : public ComponentWith<Provisioner, FileOptions> {
  public:
    using ComponentWith::ComponentWith;
    void provision(BuildContext& context, Communicator& communicator,
                   const Setting::Map& data) override;

  protected:
    void complete(FileOptions& options, const PrepareContext& context, Problems& problems) override;
};

}  // namespace kiln
