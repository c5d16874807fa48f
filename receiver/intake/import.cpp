#include "receiver/intake/import.h"

#include <system_error>

#include "base/text.h"

namespace edu::receiver {
namespace {

Result<Arrival> look_at(const fs::path& path, const std::string& by) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  const auto shown = one_line(to_utf8(path.string()));
  if (!fs::exists(status)) return refuse("receiver.no_file", {{"path", shown}}, Refusal::Kind::not_found);
  Arrival arrival;
  arrival.path = path;
  arrival.origin.means = "import";
  arrival.origin.source = path.parent_path().string();
  arrival.origin.receiver = by;
  if (fs::exists(fs::symlink_status(sidecar_of(path), error)))
    arrival.description = describe(read_manifest(sidecar_of(path)), path);
  return arrival;
}

}  // namespace

awaitable<Result<Reception>> import_file(Intake& intake, Workers& workers, fs::path path, std::string by,
                                         Policy trust) {
  if (!path.is_absolute()) co_return refuse("receiver.path_not_absolute");
  auto look = [path, by] { return look_at(path, by); };
  auto arrival = co_await workers.run(std::move(look));
  if (!arrival) co_return Unexpected(arrival.error());
  arrival->trust = trust;
  co_return co_await intake.take(*std::move(arrival));
}

}  // namespace edu::receiver
