#include "sender/packets.h"

#include <gtest/gtest.h>

#include "sender/plan.h"

namespace edu::send {
namespace {

constexpr Scheme kSchemes[] = {Scheme::none, Scheme::rs, Scheme::rs129, Scheme::raptorq};

Settings settings_for(Scheme scheme, const std::string& group = "239.1.2.3") {
  Settings settings;
  settings.group = group;
  settings.scheme = scheme;
  return settings;
}

flute::File file_of(const Settings& settings, std::uint64_t length, std::uint64_t toi = 1) {
  flute::File file;
  file.toi.low = toi;
  file.location = "lesson.mp4";
  file.content_length = file.transfer_length = length;
  file.oti = oti_for(settings.scheme, length, symbol_room(settings), 10);
  return file;
}

TEST(Packets, FillAnEthernetFrameAndNoMore) {
  for (const auto scheme : kSchemes)
    for (const auto* group : {"239.1.2.3", "ff15::1"})
      for (const auto fti : {Fti::none, Fti::some, Fti::all}) {
        auto settings = settings_for(scheme, group);
        settings.fti = fti;
        const ObjectPackets packets(settings, file_of(settings, 100'000'000, 65'535));
        const auto largest = packets.size(fti != Fti::none) + headers_of(group);
        EXPECT_LE(largest, 1500U);
        EXPECT_GT(largest, 1490U);
      }
}

TEST(Packets, HaveSmallHeaders) {
  const auto settings = settings_for(Scheme::raptorq);
  EXPECT_EQ(symbol_room(settings), 1500U - 28 - 12 - 16 - 4);
  EXPECT_EQ(ObjectPackets(settings, file_of(settings, 1'440'000)).size(true), 1472U);
}

TEST(Packets, SayWhichSymbolTheyCarry) {
  for (const auto scheme : kSchemes) {
    auto settings = settings_for(scheme);
    settings.tsi = 77;
    const auto file = file_of(settings, 1'000'000, 9);
    Batch batch;
    const auto symbol = ObjectPackets(settings, file).append(batch, true, 0, 3, file.oti->symbol, true);
    EXPECT_EQ(symbol.size(), file.oti->symbol);
    const auto packet = flute::read_packet(batch.bytes).value();
    EXPECT_EQ(packet.tsi, 77U);
    EXPECT_EQ(packet.toi, file.toi);
    EXPECT_EQ(packet.codepoint, static_cast<std::uint8_t>(file.oti->encoding));
    EXPECT_TRUE(packet.close_object && !packet.close_session);
    EXPECT_EQ(fec::read_fti(file.oti->encoding, packet.fti), file.oti);
    const auto id = fec::read_payload_id(file.oti->encoding, packet.payload);
    EXPECT_EQ(id.block, 0U);
    EXPECT_EQ(id.symbol, 3U);
    EXPECT_EQ(packet.payload.size(), fec::payload_id_size(file.oti->encoding) + file.oti->symbol);
  }
}

TEST(Packets, AreCountedInABatch) {
  const auto settings = settings_for(Scheme::none);
  const auto file = file_of(settings, 5000);
  const ObjectPackets packets(settings, file);
  Batch batch;
  packets.append(batch, false, 0, 0, file.oti->symbol, false);
  packets.append(batch, false, 0, 1, 10, false);
  EXPECT_EQ(batch.count, 2U);
  EXPECT_EQ(batch.size, packets.size(false));
  EXPECT_EQ(batch.bytes.size(), 2 * packets.size(false) - file.oti->symbol + 10);
}

TEST(Packets, OfTheFdtFitAndComeTogether) {
  for (const std::uint8_t version : {std::uint8_t{1}, std::uint8_t{2}})
    for (const std::size_t files : {0U, 1U, 2000U}) {
      auto settings = settings_for(Scheme::rs);
      settings.flute_version = version;
      flute::Fdt fdt;
      for (std::size_t i = 0; i < files; ++i) {
        fdt.files.push_back(file_of(settings, 1000 + i, i + 1));
        fdt.files.back().location += std::to_string(i * i * 7919);
      }
      const auto packets = fdt_packets(settings, fdt, 0xabcde);
      EXPECT_EQ(packets.size() > 1, files == 2000);
      std::size_t bytes = 0;
      for (const auto& bytes_of : packets) {
        EXPECT_LE(bytes_of.size(), 1472U);
        const auto packet = flute::read_packet(bytes_of).value();
        EXPECT_TRUE(packet.toi.is_fdt() && packet.has_toi);
        EXPECT_EQ(packet.fdt, (flute::FdtHeader{version, 0xabcde}));
        EXPECT_EQ(packet.content_encoding.has_value(), files == 2000);
        bytes += packet.payload.size() - 4;
      }
      const auto first = flute::read_packet(packets[0]).value();
      EXPECT_EQ(fec::read_fti(fec::Encoding::no_code, first.fti).value().length, bytes);
    }
}

TEST(Packets, CloseTheSession) {
  const auto bytes = closing(fdt_packets(settings_for(Scheme::rs), {}, 5).front());
  const auto packet = flute::read_packet(bytes).value();
  EXPECT_TRUE(packet.close_session && packet.toi.is_fdt() && packet.fdt && !packet.payload.empty());
}

}  // namespace
}  // namespace edu::send
