// An object that is whole: hashed to its end, inflated where it was sent compressed, checked against what was
// declared of it, made durable and put where the receiver finds it (ready.h). All on workers.
#include <algorithm>
#include <system_error>

#include <sys/stat.h>

#include "flute/content.h"
#include "receiver/multicast/assembly.h"
#include "receiver/multicast/assembly_impl.h"

namespace edu::multicast {
namespace {

constexpr std::size_t kReadStep = 64 << 10;
constexpr std::uint64_t kGrantStep = 16 << 20;  // bytes; how often inflating asks for the disk's room

}  // namespace

struct Assembly::FinishJob {
  Finish finish;
  Delivered delivered;
  std::optional<flute::Md5Digest> md5;
  std::optional<flute::Md5Digest> sent_md5;  // of what was sent compressed
  std::optional<Refusal> refusal;
  fs::path file;  // what is delivered, still under its working name
};

void Assembly::hash_to(std::uint64_t end) {
  if (!sha_) sha_ = std::make_unique<Sha256>();
  if (want_md5_ && !md5_) md5_ = std::make_unique<flute::Md5>();
  std::vector<std::uint8_t> chunk(std::min<std::uint64_t>(kReadStep, end - hashed_));
  while (hashed_ < end) {
    const auto piece = std::span(chunk).first(std::min<std::uint64_t>(chunk.size(), end - hashed_));
    file_.read(hashed_, piece);
    sha_->update(piece);
    if (md5_) md5_->update(piece);
    hashed_ += piece.size();
  }
}

void Assembly::inflate(FinishJob& job) {
  job.file = file_.inflated();
  parts_.files.remove(job.file);
  const auto out = parts_.files.create(job.file);
  Sha256 sha;
  flute::Md5 md5, sent_md5;
  const auto most = job.finish.content_length.value_or(job.finish.most);
  auto sink = [&](std::span<const std::uint8_t> bytes) -> Result<void> {
    if (job.delivered.size / kGrantStep != (job.delivered.size + bytes.size()) / kGrantStep)
      if (auto room = parts_.room(kGrantStep); !room) return room;
    parts_.files.write(out, bytes, job.file);
    sha.update(bytes);
    if (job.finish.md5) md5.update(bytes);
    job.delivered.size += bytes.size();
    return {};
  };
  flute::Inflater inflater(job.finish.content_encoding, most, sink);
  std::vector<std::uint8_t> chunk(kReadStep);
  Result<void> result;
  for (std::uint64_t at = 0; at < oti_.length && result;) {
    const auto piece = std::span(chunk).first(std::min<std::uint64_t>(chunk.size(), oti_.length - at));
    file_.read(at, piece);
    if (job.finish.md5) sent_md5.update(piece);
    result = inflater.write(piece);
    at += piece.size();
  }
  if (result) result = inflater.finish();
  if (!result) job.refusal = result.error();
  job.delivered.digest = sha.finish();
  job.md5 = md5.finish();
  job.sent_md5 = sent_md5.finish();
  parts_.files.sync_data(out, job.file);
}

Result<Assembly::Delivered> Assembly::check(const FinishJob& job) {
  if (failure_) return Unexpected(*failure_);
  if (job.refusal) return Unexpected(*job.refusal);
  const auto& declared = job.finish.content_length;
  if (declared && *declared != job.delivered.size)
    return refuse("multicast.wrong_length",
                  {{"declared", std::to_string(*declared)}, {"actual", std::to_string(job.delivered.size)}});
  // RFC 3926 has it of the entity as it is sent (HTTP's Content-MD5); many digest the file itself.
  const bool holds = job.md5 == job.finish.md5 || job.sent_md5 == job.finish.md5;
  if (job.finish.md5 && !holds) return refuse("multicast.md5_mismatch");
  return job.delivered;
}

// Under its name, durably; what was kept to go on with is of no use any more.
void Assembly::deliver(FinishJob& job) {
  auto& files = parts_.files;
  if (job.file == file_.path()) file_.sync();
  job.finish.file.digest = job.delivered.digest;
  const auto path = path_of(job.finish.ready, job.finish.file);
  const auto folder = object_folder(path).parent_path(), session = folder.parent_path();
  std::error_code unknown;
  const bool known = fs::is_directory(folder, unknown);
  files.make_folder(path.parent_path());
  if (!job.finish.location.empty()) write_location(files, path, job.finish.location);
  files.rename(job.file, path);
  files.sync_folder(path.parent_path());
  files.sync_folder(object_folder(path));
  files.sync_folder(folder);
  if (!known) files.sync_folder(session), files.sync_folder(session.parent_path());
  job.delivered.path = path;
  if (job.file != file_.path()) file_.remove();
  file_.close();
  file_.forget_state();
}

void Assembly::finish(Finish finish, std::function<void(Result<Delivered>)> then) {
  auto job = std::make_shared<FinishJob>();
  job->finish = std::move(finish);
  on_disk([this] { file_.open(); });
  auto read = [this, job] {
    if (job->finish.content_encoding != flute::ContentEncoding::none) return inflate(*job);
    job->file = file_.path();
    job->delivered.size = oti_.length;
    want_md5_ = job->finish.md5.has_value();
    if (want_md5_ && !md5_ && hashed_ > 0) sha_.reset(), hashed_ = 0;  // the MD5 was declared too late
    hash_to(oti_.length);
    job->delivered.digest = sha_->finish();
    if (md5_) job->md5 = md5_->finish();
  };
  auto put = [this, job, then] {
    auto checked = check(*job);
    if (!checked) {
      if (job->file == file_.inflated()) on_disk([&] { parts_.files.remove(job->file); });
      return then(std::move(checked));
    }
    auto tell = [this, job, then] { then(check(*job)); };
    background(
        Lane::disk, [this, job] { deliver(*job); }, tell);
  };
  background(Lane::compute, std::move(read), std::move(put));
}

}  // namespace edu::multicast
