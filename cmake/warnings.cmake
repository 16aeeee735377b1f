option(ORTOPT_WARNINGS_AS_ERRORS "Treat warnings as errors" ON)
add_library(ortopt_warnings INTERFACE)
target_compile_options(ortopt_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                                 -Wno-missing-field-initializers) # designated initialisers leave members out on purpose
if(ORTOPT_WARNINGS_AS_ERRORS)
  target_compile_options(ortopt_warnings INTERFACE -Werror)
endif()
