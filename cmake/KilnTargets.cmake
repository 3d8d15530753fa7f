# The standard headers that nearly every file needs, compiled once and reused by every target.
add_library(kiln_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_precompile_headers(kiln_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
target_link_libraries(kiln_pch PUBLIC fmt::fmt)

# kiln_library(NAME SOURCES a.cpp ... [DEPS public targets ...] [PRIVATE_DEPS targets ...])
# A room of the house: a static library that sees the repository root and src/ for includes,
# and links only what DEPS and PRIVATE_DEPS name, so that a wrong arrow does not link.
function(kiln_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} PUBLIC fmt::fmt ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
    target_precompile_headers(${name} REUSE_FROM kiln_pch)
endfunction()

# kiln_test(NAME SOURCES a_test.cpp ... [DEPS targets ...] [LABELS labels ...] [TIMEOUT seconds] [SERIAL])
# A GoogleTest program. Every test case is registered with ctest under its own name.
# LABELS: one of unit (default), integration, e2e, slow (run by `make test-slow` alone). SERIAL: its cases do not run beside other tests.
function(kiln_test name)
    cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
    if(NOT arg_LABELS)
        set(arg_LABELS unit)
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 60)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
    target_link_libraries(${name} PRIVATE ${arg_DEPS} fmt::fmt GTest::gmock GTest::gtest_main)
    target_precompile_headers(${name} REUSE_FROM kiln_pch)
    set(properties LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    if(arg_SERIAL)
        list(APPEND properties RUN_SERIAL TRUE)
    endif()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()
