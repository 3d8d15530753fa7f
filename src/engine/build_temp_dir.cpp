#include "engine/build_temp_dir.h"

namespace kiln {

BuildTempDir::BuildTempDir(BuildContext& context, std::string_view prefix)
    : directory_(temp_root(), prefix) {
    claim_ = context.record.claim_path(directory_.path(), "temporary directory");
    claim_.made();
}

void BuildTempDir::release() {
    directory_.release();
    claim_.done();
}

}  // namespace kiln
