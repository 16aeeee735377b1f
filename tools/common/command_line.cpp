#include "tools/common/command_line.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ortopt/base/version.h"
#include "tools/common/arguments.h"

namespace ortopt::tool {

CLI::Validator whole_number() {
  const auto check = [](const std::string& text) -> std::string {
    constexpr std::size_t most_digits = 18;
    const bool is_number = !text.empty() && text.size() <= most_digits &&
                           text.find_first_not_of("0123456789") == text.npos;
    return is_number ? "" : "expected a number, 0 or more, found '" + text + "'";
  };
  return {check, "NUMBER"};
}

CommandLine::CommandLine(std::string name, std::string description, std::string examples)
    : app_(std::move(description), std::move(name)) {
  app_.footer(std::move(examples));
  app_.get_formatter()->column_width(36);
  app_.set_help_flag("-h,--help", "Print this");
  app_.set_version_flag("--version", app_.get_name() + " " + std::string(version()),
                        "Print the version");
}

Result<std::string> CommandLine::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed = canonical(arguments, names(), bare_values_);
  std::reverse(reversed.begin(), reversed.end());  // As CLI11 takes them.
  try {
    app_.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    return app_.help();
  } catch (const CLI::CallForVersion& text) {
    return text.what() + std::string("\n");
  } catch (const CLI::ParseError& error) {
    return fail(Code::usage, explain(error));
  }
  for (const CLI::Option* declared : app_.get_options())
    for (const std::string& value : declared->results())
      if (value.empty()) return fail(Code::usage, declared->get_name() + " has an empty value");
  return std::string();
}

std::vector<std::string> CommandLine::names() const {
  std::vector<std::string> out;
  for (const CLI::Option* declared : app_.get_options())
    for (const std::string& name : declared->get_lnames()) out.push_back("--" + name);
  return out;
}

std::string CommandLine::explain(const CLI::ParseError& error) const {
  for (const std::string& unknown : app_.remaining()) {
    if (!unknown.starts_with("-")) continue;
    const std::string name = unknown.substr(0, unknown.find('='));
    const std::string nearest = find_nearest(name, names());
    return "unknown option " + name +
           (nearest.empty() ? "; see --help" : "; did you mean " + nearest + "?");
  }
  std::string message = error.what();
  constexpr std::string_view given_a_value = " was given a disallowed flag override";
  if (message.ends_with(given_a_value))
    return "--" + message.substr(0, message.size() - given_a_value.size()) + " takes no value";
  if (!app_.remaining().empty())
    return "'" + app_.remaining().front() + "' was not expected; see --help";
  std::replace(message.begin(), message.end(), '\n', ' ');
  return message;
}

}  // namespace ortopt::tool
