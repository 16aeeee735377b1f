# Installs the build into a folder of its own, and builds and runs a program of somebody else's against that alone.
# Run with -D BUILD, SOURCE, WORK, MODEL, CXX.
file(REMOVE_RECURSE ${WORK})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGN}\nended with ${status}:\n${output}")
  endif()
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
# The package must work from wherever it is put, and without the folder that onnx was built in.
file(RENAME ${WORK}/installed ${WORK}/moved)
set(ENV{ORTOPT_DEPS} "")
run(${CMAKE_COMMAND} -G Ninja -S ${SOURCE}/tests/install/consumer -B ${WORK}/build -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${WORK}/moved)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer ${MODEL} ${WORK}/result.onnx)
if(NOT EXISTS ${WORK}/result.onnx)
  message(FATAL_ERROR "the program wrote no model")
endif()
