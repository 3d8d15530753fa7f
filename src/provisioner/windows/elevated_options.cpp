#include "provisioner/windows/elevated_options.h"

namespace kiln {

Schema<ElevatedOptions> elevated_schema() {
    using O = ElevatedOptions;
    Schema<O> schema("elevated", "A Windows account with full rights.");
    schema
        .option("elevated_user", &O::user,
                "The Windows account to run as, by way of a scheduled task.")
        .option("elevated_password", &O::password,
                "That account's password; empty for service accounts like SYSTEM.")
        .sensitive()
        .check([](const O& options, Problems& problems) {
            if (options.user.empty() && !options.password.empty()) {
                problems.error("elevated_password",
                               "Must supply an 'elevated_user' if 'elevated_password' provided");
            }
        });
    return schema;
}

}  // namespace kiln
