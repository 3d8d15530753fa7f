#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "hcl/eval/scope.h"
#include "hcl/function/standard.h"
#include "rule.h"

/// What the fuzz targets share.
namespace kiln::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// All functions but those that read files or take long by design.
inline std::shared_ptr<const hcl::FunctionTable> functions() {
    static const auto table = [] {
        const hcl::FunctionTable all = hcl::standard_functions({});
        auto some = std::make_shared<hcl::FunctionTable>();
        for (const std::string& name : all.names()) {
            const bool reads_files = name.starts_with("file") || name == "templatefile";
            if (!reads_files && name != "bcrypt") some->add(name, *all.find(name));
        }
        return some;
    }();
    return table;
}

}  // namespace kiln::fuzz
