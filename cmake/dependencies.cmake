# Everything comes from Debian 12 except onnx, which scripts/setup builds into ORTOPT_DEPS (README, "Dependencies").
if(DEFINED ENV{ORTOPT_DEPS})
  set(ORTOPT_DEPS_DEFAULT $ENV{ORTOPT_DEPS})
else()
  set(ORTOPT_DEPS_DEFAULT ${PROJECT_SOURCE_DIR}/.deps)
endif()
set(ORTOPT_DEPS ${ORTOPT_DEPS_DEFAULT} CACHE PATH "Where scripts/setup put onnx and ONNX Runtime")
file(GLOB ORTOPT_ONNX_PREFIXES ${ORTOPT_DEPS}/onnx-*)
list(APPEND CMAKE_PREFIX_PATH ${ORTOPT_ONNX_PREFIXES})

find_package(Protobuf REQUIRED)
find_package(ONNX 1.19 REQUIRED CONFIG)
find_package(tl-expected REQUIRED CONFIG)
find_package(spdlog REQUIRED CONFIG)
find_package(fmt REQUIRED CONFIG)
find_package(Eigen3 REQUIRED CONFIG)
find_package(CLI11 REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
find_package(xxHash QUIET CONFIG)
find_library(ORTOPT_XXHASH xxhash REQUIRED)
# Debian's package of libzip asks for programs that libzip-dev does not bring.
find_library(ORTOPT_ZIP zip REQUIRED)
find_path(ORTOPT_MUSTACHE kainjow/mustache.hpp REQUIRED)
find_file(ORTOPT_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js /usr/local/share/javascript/chart.js REQUIRED)

add_library(ortopt_dependencies INTERFACE)
target_link_libraries(
  ortopt_dependencies
  INTERFACE ONNX::onnx
            ONNX::onnx_proto
            protobuf::libprotobuf
            spdlog::spdlog
            fmt::fmt
            Eigen3::Eigen
            CLI11::CLI11
            nlohmann_json::nlohmann_json
            tl::expected
            ${ORTOPT_XXHASH}
            ${ORTOPT_ZIP})
# onnx 1.19's CMake package does not name its own header folder.
cmake_path(SET ORTOPT_ONNX_INCLUDE NORMALIZE ${ONNX_DIR}/../../../include)
target_include_directories(ortopt_dependencies SYSTEM INTERFACE ${ORTOPT_ONNX_INCLUDE} ${ORTOPT_DEPS}/onnxruntime/include)

# The tools look for a runtime in ../lib: a build tree finds the one that scripts/setup fetched.
if(EXISTS ${ORTOPT_DEPS}/onnxruntime/lib/libonnxruntime.so)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  file(CREATE_LINK ${ORTOPT_DEPS}/onnxruntime/lib/libonnxruntime.so ${CMAKE_BINARY_DIR}/lib/libonnxruntime.so SYMBOLIC)
endif()
