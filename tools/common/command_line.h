#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>
#include <string>
#include <vector>

#include "ortopt/base/result.h"

namespace ortopt::tool {

/// Takes 0, 1, 2 … only; CLI11's own check tells of its bounds with 309 digits.
[[nodiscard]] CLI::Validator whole_number();

/// The command line of a tool: CLI11's, with dashes and underscores taken alike, the name that was
/// probably meant for one that is unknown, --version, and errors of ours.
class CommandLine {
 public:
  /// `examples` and exit codes follow the options in the help text.
  CommandLine(std::string name, std::string description, std::string examples);

  /// For what the functions below do not offer.
  [[nodiscard]] CLI::App& app() { return app_; }
  [[nodiscard]] const CLI::App& app() const { return app_; }
  /// The heading of the options that are declared from now on.
  void group(std::string title) { group_ = std::move(title); }

  /// An option with a value, "-b,--batch_size"; several when `value` is a vector. Of one that is
  /// given twice the last counts. Empty values are refused.
  template <class Value>
  CLI::Option* option(const std::string& names, Value& value, const std::string& help) {
    CLI::Option* declared = app_.add_option(names, value, help)->group(group_);
    // As in argparse, the last one counts: scripts append to what others have put together.
    if (declared->get_expected_max() == 1)
      declared->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    return declared;
  }
  /// An option that may be given several times, with one value each time: what follows that value
  /// is not taken, so that the model may stand there. `type` is the value's name in the help text.
  CLI::Option* list(const std::string& names, std::vector<std::string>& values,
                    const std::string& type, const std::string& help) {
    return option(names, values, help)
        ->type_name(type)
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false);
  }
  CLI::Option* flag(const std::string& names, bool& value, const std::string& help) {
    return app_.add_flag(names, value, help)->group(group_)->disable_flag_override();
  }
  /// A flag that is asked for by is_given.
  CLI::Option* flag(const std::string& names, const std::string& help) {
    return app_.add_flag(names)->description(help)->group(group_)->disable_flag_override();
  }
  /// An option whose value is a path.
  template <class Value>
  CLI::Option* path(const std::string& names, Value& value, const std::string& help) {
    return option(names, value, help)->type_name("PATH");
  }
  /// Lets option `name` ("--explain") stand without a value and mean `value` then.
  void allow_bare(const std::string& name, const std::string& value) { bare_values_[name] = value; }

  /// Fills what was declared. Gives a text to be printed instead of doing anything else (--help,
  /// --version), or an empty one. Fails with `usage`.
  [[nodiscard]] Result<std::string> parse(const std::vector<std::string>& arguments);

  /// Whether the option was on the line.
  [[nodiscard]] bool is_given(const std::string& name) const { return app_.count(name) > 0; }

 private:
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::string explain(const CLI::ParseError& error) const;

  CLI::App app_;
  std::string group_ = "Options";
  std::map<std::string, std::string> bare_values_;
};

}  // namespace ortopt::tool
