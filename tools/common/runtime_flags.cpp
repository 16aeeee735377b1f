#include "tools/common/runtime_flags.h"

#include <algorithm>
#include <sstream>
#include <utility>

namespace ortopt::tool {
namespace {

Result<std::pair<std::string, std::string>> parse_entry(const std::string& text,
                                                        const std::string& what) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    return fail(Code::usage, what + " '" + text + "' is not of the form KEY=VALUE");
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Result<std::vector<Provider>> parse_providers(const RuntimeFlags& flags) {
  std::vector<Provider> out;
  for (const std::string& text : flags.providers) {
    Result<Provider> provider = parse_provider(text);
    if (!provider) return pass_on(provider.error());
    out.push_back(std::move(*provider));
  }
  if (flags.use_gpu && out.empty()) out.push_back({.name = "cuda", .options = {}});
  return out;
}

}  // namespace

void declare_runtime_flags(CommandLine& line, RuntimeFlags& flags) {
  line.group("Runtime");
  line.path("--ort-lib", flags.ort_lib, "ONNX Runtime's library, or its folder");
  line.list("--provider", flags.providers, "NAME[:KEY=VALUE,...]",
            "Execution provider, in order of preference: cpu, cuda, cuda:device_id=1, ...");
  line.flag("-g,--use_gpu", flags.use_gpu, "The same as --provider cuda");
  line.option("-n,--intra_op_num_threads,--thread_num", flags.intra_op_threads,
              "Threads within an operator; 0: the runtime's default");
  line.option("--inter_op_num_threads", flags.inter_op_threads,
              "Threads between operators, with --parallel");
  line.flag("--parallel", flags.parallel, "Operators may run side by side");
  line.option("--opt_level", flags.opt_level,
              "The runtime's own optimiser: 0 off, 1 basic, 2 extended, 99 all (default)")
      ->check(CLI::IsMember({0, 1, 2, 3, 99}));
  line.flag("--no-spinning", flags.no_spinning, "Threads sleep while they wait");
  line.flag("--no-arena", flags.no_arena, "Give memory back at once");
  line.flag("--no-memory-pattern", flags.no_memory_pattern, "Lay memory out anew in each run");
  line.list("--session-config", flags.session_config, "KEY=VALUE",
            "An entry of the runtime's session configuration");
}

Result<Provider> parse_provider(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  Provider provider{.name = text.substr(0, colon), .options = {}};
  if (provider.name.empty()) return fail(Code::usage, "--provider '" + text + "' has no name");
  if (colon == text.size()) return provider;
  std::istringstream entries(text.substr(colon + 1));
  for (std::string entry; std::getline(entries, entry, ',');) {
    auto parsed = parse_entry(entry, "--provider option");
    if (!parsed) return pass_on(parsed.error());
    provider.options.insert(std::move(*parsed));
  }
  return provider;
}

Result<SessionOptions> session_options(const RuntimeFlags& flags) {
  Result<std::vector<Provider>> providers = parse_providers(flags);
  if (!providers) return pass_on(providers.error());
  SessionOptions options{
      .optimization = static_cast<RuntimeOptimization>(flags.opt_level),
      .intra_op_threads = std::max(flags.intra_op_threads, 0),
      .inter_op_threads = std::max(flags.inter_op_threads, 0),
      .order = flags.parallel ? ExecutionOrder::parallel : ExecutionOrder::sequential,
      .spinning = !flags.no_spinning,
      .arena = !flags.no_arena,
      .memory_pattern = !flags.no_memory_pattern,
      .providers = std::move(*providers),
  };
  for (const std::string& text : flags.session_config) {
    auto entry = parse_entry(text, "--session-config");
    if (!entry) return pass_on(entry.error());
    options.config.insert(std::move(*entry));
  }
  return options;
}

Result<std::filesystem::path> runtime_library(const RuntimeFlags& flags) {
  return find_runtime({.explicit_path = flags.ort_lib});
}

}  // namespace ortopt::tool
