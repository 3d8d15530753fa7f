#include "provisioner/sleep.h"

namespace kiln {

Schema<SleepOptions> sleep_schema() {
    return Schema<SleepOptions>("sleep", "Waits for a fixed time.")
        .option("duration", &SleepOptions::duration, "How long to wait.")
        .check([](const SleepOptions& options, Problems& problems) {
            if (options.duration < Duration::zero()) {
                problems.error("duration", "duration must not be negative.");
            }
        });
}

void SleepProvisioner::provision(BuildContext& context, Communicator&, const Setting::Map&) {
    context.report.say(fmt::format("Waiting {}...", format_duration(options().duration)));
    if (context.cancel.wait_for(options().duration)) context.cancel.throw_if_cancelled();
}

}  // namespace kiln
