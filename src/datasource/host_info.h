#pragma once

#include <string_view>

#include "engine/component.h"

namespace kiln {

struct HostInfoOptions {};

Schema<HostInfoOptions> host_info_schema();

/// `host-info`: tells of the machine that kiln runs on.
class HostInfoDataSource : public ComponentWith<DataSource, HostInfoOptions> {
  public:
    using ComponentWith::ComponentWith;
    Setting::Map read(const CancelToken& cancel) override;
};

/// What an os-release file says of a distribution.
struct Distribution {
    std::string platform = "linux";  ///< `debian`, `ubuntu`, `rocky`
    std::string family;              ///< `debian`, `rhel`, `suse`; the platform when none is known
    std::string version;             ///< `12`, `22.04`; empty where there are none
};
Distribution read_os_release(std::string_view text);

/// The name of a processor as the peer has it: `amd64` for `x86_64`, `arm64` for `aarch64`.
std::string architecture_name(std::string_view machine);

}  // namespace kiln
