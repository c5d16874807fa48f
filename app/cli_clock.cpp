// Commands of the clock: a person's word for it where no time service holds it.
#include "app/commands.h"

namespace edu::app {

Exit clock_confirm(Desk& desk) { return desk.post(target("clock/confirm"), json::object()); }

Exit clock_set_floor(Desk& desk) {
  json::object body;
  body["at"] = desk.options.start;
  return desk.post(target("clock/floor"), body);
}

}  // namespace edu::app
