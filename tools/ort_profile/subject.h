#pragma once

#include <filesystem>
#include <memory>

#include "options.h"
#include "ortopt/base/logger.h"
#include "ortopt/base/temporary_folder.h"
#include "ortopt/measure/subjects.h"
#include "ortopt/profile/timeline.h"
#include "ortopt/report/profile_report.h"

namespace ortopt::tool {

/// A model or a profile, and all that was found out about it.
struct Examined {
  ProfileReport report;
  std::unique_ptr<Trace> trace;    ///< At a place of its own: timelines look at it.
  std::unique_ptr<Layers> layers;  ///< As above.
  std::size_t warm_up = 0;

  [[nodiscard]] Timelines timelines() const { return {*trace, *layers, warm_up}; }
};

/// How a model is to be run.
[[nodiscard]] Result<ModelSetting> model_setting(const std::filesystem::path& model,
                                                 const ProfileToolOptions& options);

/// Runs the model, or reads the profile, and analyses it.
[[nodiscard]] Result<Examined> examine(const std::filesystem::path& subject,
                                       const ProfileToolOptions& options, Logger& logger);

}  // namespace ortopt::tool
