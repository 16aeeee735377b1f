# Run by ortopt_embed: writes OUTPUT from FILES (a list of <name>=<file>). Bytes as numbers, because string literals are
# limited in length.
set(text "#pragma once\n\n#include <string_view>\n\nnamespace ortopt::embedded {\n\n")
foreach(entry IN LISTS FILES)
  string(REGEX MATCH "^([^=]*)=(.*)$" matched "${entry}")
  set(name ${CMAKE_MATCH_1})
  file(READ ${CMAKE_MATCH_2} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND text "inline constexpr char ${name}_bytes[] = {${bytes}};\n"
                     "inline constexpr std::string_view ${name}(${name}_bytes, sizeof(${name}_bytes));\n\n")
endforeach()
string(APPEND text "}  // namespace ortopt::embedded\n")
file(WRITE ${OUTPUT} "${text}")
