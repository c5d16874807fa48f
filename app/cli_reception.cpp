// Commands about what comes in by multicast, and about filling what is missing of it.
#include <system_error>

#include "app/commands.h"
#include "base/files.h"

namespace edu::app {
namespace {

// How a repair file begins (docs/formats.md).
constexpr std::string_view kRepairMark = "{\"edustation_repair\"";
constexpr std::size_t kLargestFile = 16 << 20;  // a repair file has 4 MiB, a list of gaps less

}  // namespace

Exit reception_list(Desk& desk) { return desk.show(target("objects")); }

Exit reception_show(Desk& desk) { return desk.show(target("objects/" + desk.options.number)); }

Exit reception_gaps(Desk& desk) { return desk.show(target("objects/" + desk.options.number + "/gaps")); }

// With --web: the number of an object, which the station fills by itself. A list of gaps is answered with a
// repair file, on standard output; a repair file is applied.
Exit reception_fill(Desk& desk) {
  if (desk.options.web) {
    const auto& no = desk.options.file;
    if (!no.empty() && no.size() <= 18 && no.find_first_not_of("0123456789") == no.npos)
      return desk.post(target("objects/" + no + "/web"), {});
    desk.console.err << desk.say("cli.web_number", {{"value", no}}) << "\n";
    return Exit::refused;
  }
  std::string bytes;
  try {
    bytes = read_file(desk.options.file, kLargestFile);
  } catch (const std::system_error& error) {
    desk.console.err << desk.say("cli.cannot_read",
                                 {{"file", desk.options.file}, {"why", error.code().message()}})
                     << "\n";
    return Exit::refused;
  }
  if (bytes.starts_with(kRepairMark))
    return desk.post_file(target("objects/fill"), "application/octet-stream", std::move(bytes));
  return desk.post_file(target("objects/gaps"), "application/json", std::move(bytes));
}

}  // namespace edu::app
