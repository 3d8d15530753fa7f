#pragma once

#include "engine/component.h"

namespace kiln {

struct ChecksumOptions {
    std::vector<std::string> checksum_types = {"md5"};
    std::string output = "packer_{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}.checksum";
};

Schema<ChecksumOptions> checksum_schema();

/// Writes the digests of an artifact's files (spec/components.md, 4.2). Each file is read once,
/// however many digests are wanted.
class ChecksumPostProcessor : public ComponentWith<PostProcessor, ChecksumOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override;

  protected:
    void complete(ChecksumOptions& options, const PrepareContext& context,
                  Problems& problems) override;
};

}  // namespace kiln
