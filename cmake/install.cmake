# `cmake --install` gives the tools, the library, its headers and a CMake package: find_package(ortopt), ortopt::ortopt.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(ORTOPT_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/ortopt)

install(TARGETS ortopt EXPORT ortopt_targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ortopt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT ortopt_targets FILE ortopt-targets.cmake NAMESPACE ortopt:: DESTINATION ${ORTOPT_PACKAGE_DIR})
if(ORTOPT_TOOLS)
  install(TARGETS ${ORTOPT_TOOLS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Who links a static library needs the libraries it stands on. All are Debian packages except onnx, whose archives
# therefore come along, unless it is a system package itself.
set(ORTOPT_BUNDLED_ONNX "")
cmake_path(IS_PREFIX ORTOPT_DEPS ${ONNX_DIR} NORMALIZE onnx_is_ours)
if(onnx_is_ours)
  set(ORTOPT_BUNDLED_ONNX ${CMAKE_INSTALL_LIBDIR}/ortopt/onnx)
  cmake_path(SET onnx_libraries NORMALIZE ${ONNX_DIR}/../..)
  install(DIRECTORY ${onnx_libraries}/ DESTINATION ${ORTOPT_BUNDLED_ONNX}/lib FILES_MATCHING PATTERN "libonnx*.a"
          PATTERN "ONNX*.cmake")
endif()

configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/ortopt-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/ortopt-config.cmake
  INSTALL_DESTINATION ${ORTOPT_PACKAGE_DIR})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/ortopt-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/ortopt-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/ortopt-config-version.cmake
        DESTINATION ${ORTOPT_PACKAGE_DIR})
