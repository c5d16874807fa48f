#include "app/confirm.h"

#include "base/typed.h"

namespace edu::app {

bool confirmed(Desk& desk, const std::string& question, const std::string& refusal) {
  if (desk.options.yes) return true;
  if (!desk.console.terminal) {
    desk.console.err << question << "\n" << refusal << desk.say("cli.needs_yes") << "\n";
    return false;
  }
  desk.console.err << question << " " << desk.say("cli.type_yes") << " " << std::flush;
  std::string reply;
  std::getline(desk.console.in, reply);
  const auto word = name_key(reply);
  const bool yes =
      word == "y" || word == "yes" || word == "是" || word == "是的" || word == "确定" || word == "确认";
  if (!yes) desk.console.err << refusal << "\n";
  return yes;
}

}  // namespace edu::app
