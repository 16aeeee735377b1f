#include "ortopt/ir/save.h"

#include <utility>

#include "ir/save_job.h"

namespace ortopt {
namespace {

/// Gives the finished model its name, when whoever asked for it accepts it.
Result<void> put_in_place(const SaveJob& job, OutputFile& file) {
  if (job.options().sync)
    if (Result<void> done = file.sync(); !done) return done;
  if (job.options().accept) {
    Result<std::filesystem::path> name = file.path_while_open();
    if (!name) return pass_on(std::move(name).error());
    if (Result<void> accepted = job.options().accept(*name); !accepted) return accepted;
  }
  if (Result<void> done = file.commit(job.path()); !done) return done;
  return job.options().sync ? sync_folder(job.path()) : Result<void>();
}

Result<SaveReport> save_inline(SaveJob& job, const WirePlan& plan) {
  job.expect(plan.size);
  Result<OutputFile> file = job.create(job.path());
  if (!file) return pass_on(std::move(file).error());
  if (Result<void> done = job.write(plan, *file); !done) return pass_on(std::move(done).error());
  if (Result<void> done = put_in_place(job, *file); !done) return pass_on(std::move(done).error());
  return SaveReport{.file_bytes = plan.size};
}

}  // namespace

Result<SaveReport> save(const Model& model, const std::filesystem::path& path,
                        const SaveOptions& options) {
  SaveJob job(path, options);
  if (Result<void> done = job.take(model); !done) return pass_on(std::move(done).error());
  const bool inline_only = options.weights == WeightPlacement::inline_;
  const bool external = options.weights == WeightPlacement::external ||
                        (!inline_only && options.source_had_external_data);
  if (!external) {
    for (std::size_t i = 0; i < job.streamed().size(); ++i) job.place_inline(i);
    Result<WirePlan> plan = job.plan();
    if (plan) return save_inline(job, *plan);
    if (inline_only) return pass_on(std::move(plan).error());
  }
  return save_external(job);
}

}  // namespace ortopt
