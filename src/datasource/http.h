#pragma once

#include "engine/component.h"

namespace kiln {

struct HttpDataOptions {
    std::string url;
    std::string method = "GET";
    std::map<std::string, std::string> request_headers;
    std::string request_body;
};

Schema<HttpDataOptions> http_data_schema();

/// `http`: asks a server and gives back its answer (spec/components.md, section 5). Throws Error
/// for every status outside of 200 to 299 and for an answer that is no text.
class HttpDataSource : public ComponentWith<DataSource, HttpDataOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken& cancel) override;
};

}  // namespace kiln
