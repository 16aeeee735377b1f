#include <cstdio>
#include <string>

#include "commands.h"
#include "ortopt/ir/load.h"
#include "ortopt/pass/registry.h"
#include "ortopt/report/description.h"
#include "tools/common/output.h"

namespace ortopt::tool {

Result<int> print_info(const Options& options) {
  LoadOptions load_options = options.request.load;
  load_options.inline_functions = false;  // The file as it is.
  const Result<LoadedModel> loaded = load(options.request.input, load_options);
  if (!loaded) return pass_on(loaded.error());
  print(to_description(*loaded));
  return 0;
}

int list_passes() {
  for (const Stage& stage : make_pipeline()) {
    std::printf("%s\n", std::string(stage.name).c_str());
    for (const auto& pass : stage.passes)
      std::printf("  %-28s %s\n", std::string(pass->id()).c_str(),
                  std::string(pass->summary()).c_str());
  }
  return 0;
}

}  // namespace ortopt::tool
