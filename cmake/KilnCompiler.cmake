# Warnings, sanitizers and the compiler cache, the same for every target.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers)

# Everywhere, since it defines a macro and the precompiled header must see the same ones.
add_compile_options(-pthread)

# -O2: what is hot here is in libraries or written with vector types; -O3 only builds slower.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

# GCC 12 takes inlined std::string operations for out of bounds when it optimises (its bugs 105329
# and 105651); these warnings say nothing true there.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
                        -Wno-stringop-overread -Wno-maybe-uninitialized)
endif()

if(KILN_SANITIZE)
    add_compile_options(-fsanitize=${KILN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${KILN_SANITIZE})
endif()

find_program(KILN_CCACHE ccache)
if(KILN_CCACHE)
    # pch_defines and time_macros let ccache work with precompiled headers.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${KILN_CCACHE})
    add_compile_options(-fpch-preprocess)
endif()
