#pragma once

#include "engine/component.h"

namespace kiln {

struct NullDataOptions {
    std::string input;
};

Schema<NullDataOptions> null_data_schema();

/// `null`: gives back what it is given (spec/components.md, section 5).
class NullDataSource : public ComponentWith<DataSource, NullDataOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken& cancel) override;
};

}  // namespace kiln
