#pragma once

#include <gtest/gtest.h>

#include "datasource/register.h"

namespace kiln::test {

inline const Registry& data_sources() {
    static const Registry registry = [] {
        Registry all;
        register_data_sources(all);
        return all;
    }();
    return registry;
}

/// What a data source gives back for these options.
inline Setting::Map read(const std::string& type, const Setting::Map& options,
                         const CancelToken& cancel = {}) {
    return read_data_source(data_sources(), type, options, cancel);
}

/// The messages that its options give rise to.
inline std::vector<std::string> problems_of(const std::string& type, const Setting::Map& options) {
    Problems problems;
    data_sources().schema("data", type)->validate(options, problems);
    std::vector<std::string> out;
    for (const Problem& problem : problems) out.push_back(problem.message);
    return out;
}

}  // namespace kiln::test
