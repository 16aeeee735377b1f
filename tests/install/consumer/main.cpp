// A program of somebody else's: optimizes the model it is given, with nothing but the installed
// library.
#include <cstdio>
#include <string>

#include "ortopt/base/logger.h"
#include "ortopt/base/version.h"
#include "ortopt/optimise/optimise.h"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  ortopt::OptimiseRequest request;
  request.input = arguments[1];
  request.output = arguments[2];
  request.verify = ortopt::VerifyMode::off;
  ortopt::Logger logger(ortopt::LogLevel::off);
  const auto report = ortopt::optimise(request, logger);
  if (!report) {
    std::fprintf(stderr, "%s\n", report.error().text().c_str());
    return 1;
  }
  std::printf("optimized by %s\n", std::string(ortopt::version()).c_str());
}
