#include "app/examine.h"

#include <utility>

namespace edu::app {
namespace {

std::string tag_of(const player::MediaInfo& info, const char* name) {
  const auto found = info.tags.find(name);
  return found == info.tags.end() ? "" : found->second;
}

receiver::MediaFacts facts_of(player::MediaInfo info) {
  receiver::MediaFacts facts;
  facts.format = std::move(info.container);
  facts.duration_ms = info.duration.count();
  facts.declared_ms = info.declared.count();
  facts.length_by = info.took;
  for (const auto& stream : info.streams) {
    facts.has_video = facts.has_video || stream.type == "video";
    facts.has_audio = facts.has_audio || stream.type == "audio";
  }
  facts.title = tag_of(info, "title");
  facts.lecturer = tag_of(info, "lecturer");
  facts.damaged_packets = info.damaged;
  facts.poster = std::move(info.poster);
  return facts;
}

}  // namespace

awaitable<Result<receiver::MediaFacts>> examine(player::Probe& probe, std::filesystem::path file) {
  auto info = co_await probe.examine(std::move(file));
  if (!info) co_return Unexpected(info.error());
  co_return facts_of(*std::move(info));
}

}  // namespace edu::app
