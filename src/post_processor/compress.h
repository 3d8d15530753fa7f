#pragma once

#include "engine/component.h"

namespace kiln {

struct CompressOptions {
    std::string output = "packer_{{.BuildName}}_{{.BuilderType}}";
    std::string format;
    int compression_level = 0;
};

Schema<CompressOptions> compress_schema();

/// Packs an artifact's files into one, by default instead of them (spec/components.md, 4.3). The
/// output appears when it is complete; a failure leaves nothing.
class CompressPostProcessor : public ComponentWith<PostProcessor, CompressOptions> {
  public:
    using ComponentWith::ComponentWith;
    PostProcessed process(BuildContext& context, const ArtifactPtr& input) override;

  protected:
    void complete(CompressOptions& options, const PrepareContext& context,
                  Problems& problems) override;
};

}  // namespace kiln
