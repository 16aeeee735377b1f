# ortopt_embed(<target> <header> <name>=<file> ...): each file becomes `inline constexpr std::string_view <name>` of
# generated/<header>, which <target> may include. A file that changes is embedded anew.
function(ortopt_embed target header)
  set(output ${CMAKE_BINARY_DIR}/generated/${header})
  set(files ${ARGN})
  list(TRANSFORM files REPLACE "^[^=]*=" "")
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D OUTPUT=${output} "-DFILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake
    COMMENT "Embedding ${header}"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()
