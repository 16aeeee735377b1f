#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "ortopt/engine/child.h"
#include "ortopt/engine/engine.h"

namespace ortopt {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view library_name = "libonnxruntime.so";

/// Collects the places that were looked at, for the message.
struct Search {
  std::vector<std::string> places;

  /// The runtime in `folder`, or an empty path: libonnxruntime.so, else the highest of
  /// libonnxruntime.so.*.
  fs::path in(const fs::path& folder) {
    if (folder.empty()) return {};
    const std::string place = folder.lexically_normal().string();
    if (std::ranges::find(places, place) != places.end()) return {};
    places.push_back(place);
    std::error_code error;
    if (fs::is_regular_file(folder / library_name, error)) return folder / library_name;
    fs::path best;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      const std::string name = at->path().filename().string();
      std::error_code broken;
      if (name.starts_with(std::string(library_name) + ".") &&
          fs::is_regular_file(at->path(), broken))
        best = std::max(best, at->path());
    }
    return best;
  }

  [[nodiscard]] Failure nothing_found() const {
    std::string list;
    for (const std::string& place : places) list += (list.empty() ? "" : ", ") + place;
    return fail(Code::no_runtime,
                "no ONNX Runtime (" + std::string(library_name) +
                    ") found; name one with --ort-lib or ORTOPT_RUNTIME; looked in " + list);
  }
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> split(const std::string& list, char separator) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t to = std::min(list.find(separator, from), list.size());
    if (to > from) out.push_back(list.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

/// A library or its folder that the user named.
Result<fs::path> named(const fs::path& path, const std::string& by) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    Search search;
    const fs::path found = search.in(path);
    if (!found.empty()) return found;
    return fail(Code::no_runtime, by + " names the folder '" + path.string() +
                                      "', which holds no " + std::string(library_name));
  }
  if (fs::is_regular_file(path, error)) return path;
  return fail(Code::no_runtime, by + " names '" + path.string() + "', which is no file");
}

fs::path beside_the_binary(Search& search) {
  std::error_code error;
  const fs::path binary = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path folder = binary.parent_path();
  for (const fs::path& place : {folder, folder.parent_path() / "lib"})
    if (fs::path found = search.in(place); !found.empty()) return found;
  return {};
}

/// What the dynamic linker finds under the runtime's usual names; asked in a child, so that nothing
/// is loaded here.
fs::path by_dynamic_linker(Search& search) {
  search.places.emplace_back("the dynamic linker's paths");
  Result<ChildReport> report = run_in_child(
      [](ChildNotes&) -> std::string {
        for (const char* name : {"libonnxruntime.so.1", "libonnxruntime.so"})
          if (void* handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL)) {
            link_map* map = nullptr;
            if (dlinfo(handle, RTLD_DI_LINKMAP, static_cast<void*>(&map)) == 0) return map->l_name;
          }
        return "";
      },
      {.seconds = 30});
  return report && report->finished ? fs::path(report->result) : fs::path();
}

fs::path in_system_folders(Search& search) {
  for (const char* folder :
       {"/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
        "/usr/lib", "/opt/onnxruntime/lib"})
    if (fs::path found = search.in(folder); !found.empty()) return found;
  return by_dynamic_linker(search);
}

/// `<prefix>/lib/python3.*/{site,dist}-packages`, newest first.
std::vector<fs::path> package_folders(const fs::path& prefix) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator at(prefix / "lib", error), end; !error && at != end;
       at.increment(error)) {
    if (!at->path().filename().string().starts_with("python3")) continue;
    for (const char* kind : {"site-packages", "dist-packages"}) {
      std::error_code missing;
      if (fs::is_directory(at->path() / kind, missing)) out.push_back(at->path() / kind);
    }
  }
  std::ranges::sort(out, std::greater<>());
  return out;
}

/// Prefixes of Python environments: the active ones, that of each python3 on the PATH, the user's.
std::vector<fs::path> python_prefixes() {
  std::vector<fs::path> out;
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const std::string prefix = environment(variable); !prefix.empty()) out.emplace_back(prefix);
  for (const std::string& folder : split(environment("PATH"), ':')) {
    std::error_code error;
    if (fs::exists(fs::path(folder) / "python3", error))
      out.push_back(fs::path(folder).parent_path());
  }
  if (const std::string home = environment("HOME"); !home.empty())
    out.push_back(fs::path(home) / ".local");
  return out;
}

fs::path in_python(Search& search) {
  std::vector<fs::path> packages;
  for (const std::string& folder : split(environment("PYTHONPATH"), ':'))
    packages.emplace_back(folder);
  for (const fs::path& prefix : python_prefixes())
    for (const fs::path& folder : package_folders(prefix)) packages.push_back(folder);
  for (const fs::path& folder : packages)
    if (fs::path found = search.in(folder / "onnxruntime" / "capi"); !found.empty()) return found;
  return {};
}

}  // namespace

Result<fs::path> find_runtime(const RuntimeSearch& search) {
  if (!search.explicit_path.empty()) return named(search.explicit_path, "--ort-lib");
  if (const std::string path = environment("ORTOPT_RUNTIME"); !path.empty())
    return named(path, "ORTOPT_RUNTIME");
  Search places;
  using Step = fs::path (*)(Search&);
  for (const Step step : {Step(beside_the_binary), Step(in_system_folders), Step(in_python)})
    if (fs::path found = step(places); !found.empty()) return found;
  return places.nothing_found();
}

Result<fs::path> find_runtime_in(const std::vector<fs::path>& folders) {
  Search places;
  for (const fs::path& folder : folders)
    if (fs::path found = places.in(folder); !found.empty()) return found;
  return places.nothing_found();
}

}  // namespace ortopt
