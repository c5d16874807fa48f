// A NORM (RFC 5740) sender and a silent receiver, on Debian's libnorm: the peer of `./dev bench receive` that
// has no back channel either. The receiver never asks; what its parity does not repair comes when the sender
// sends the file again.
//
//   norm_pair send GROUP PORT RATE PARITY ROUNDS FILE
//   norm_pair receive GROUP PORT FOLDER
//
// RATE: bits per second. PARITY: repair segments for each block of 64. The receiver prints "listening", ends
// when one file lies complete, hashed and synced, and says what that took, as JSON.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <normApi.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/files.h"
#include "base/sha256.h"

namespace {

constexpr unsigned kBuffer = 64 << 20;    // bytes that libnorm may keep of objects under way
constexpr unsigned kSocket = 16 << 20;    // as our own channel asks for
constexpr std::uint16_t kSegment = 1400;  // fits 1,500 with NORM's headers
constexpr std::uint16_t kBlock = 64;

NormSessionHandle open_session(NormInstanceHandle norm, const std::string& group, int port, NormNodeId id) {
  const auto session = NormCreateSession(norm, group.c_str(), static_cast<UINT16>(port), id);
  NormSetMulticastInterface(session, "lo");
  NormSetRxPortReuse(session, true);
  return session;
}

int send(const std::string& group, int port, double rate, int parity, int rounds, const char* file) {
  const auto norm = NormCreateInstance();
  const auto session = open_session(norm, group, port, 1);
  NormSetTxRate(session, rate);
  NormSetMulticastLoopback(session, true);
  NormSetGrttEstimate(session, 0.001);
  NormSetGrttProbingMode(session, NORM_PROBE_NONE);
  NormSetAutoParity(session, static_cast<unsigned char>(parity));
  NormStartSender(session, 1, kBuffer, kSegment, kBlock, static_cast<UINT16>(parity));
  NormSetTxSocketBuffer(session, kSocket);
  const std::string name = "object";
  const auto object = NormFileEnqueue(session, file, name.data(), static_cast<unsigned>(name.size()));
  NormObjectRetain(object);
  NormEvent event;
  while (rounds > 0 && NormGetNextEvent(norm, &event))
    if (event.type == NORM_TX_FLUSH_COMPLETED && --rounds > 0) NormRequeueObject(session, object);
  NormDestroyInstance(norm);
  return EXIT_SUCCESS;
}

edu::Digest hash_and_sync(const std::string& path) {
  const edu::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  edu::Sha256 sha;
  std::vector<std::uint8_t> piece(1 << 20);
  for (ssize_t got = 0; (got = ::read(file.get(), piece.data(), piece.size())) > 0;)
    sha.update(std::span(piece).first(static_cast<std::size_t>(got)));
  ::fsync(file.get());
  return sha.finish();
}

void report(const std::string& path) {
  const auto digest = hash_and_sync(path);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto micros = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 + used.ru_utime.tv_usec +
                      used.ru_stime.tv_usec;
  std::cout << "{\"sha256\": \"" << edu::to_hex(digest)
            << "\", \"cpu_s\": " << static_cast<double>(micros) / 1e6 << ", \"rss_kib\": " << used.ru_maxrss
            << "}" << std::endl;
}

int receive(const std::string& group, int port, const char* folder) {
  const auto norm = NormCreateInstance();
  NormSetCacheDirectory(norm, folder);
  const auto session = open_session(norm, group, port, 2);
  NormSetSilentReceiver(session, true);
  NormStartReceiver(session, kBuffer);
  NormSetRxSocketBuffer(session, kSocket);
  std::cout << "listening" << std::endl;
  NormEvent event;
  while (NormGetNextEvent(norm, &event)) {
    if (event.type != NORM_RX_OBJECT_COMPLETED) continue;
    char path[4096] = {};
    NormFileGetName(event.object, path, sizeof path);
    report(path);
    break;
  }
  NormDestroyInstance(norm);
  return EXIT_SUCCESS;
}

}  // namespace

int main(int count, char** values) {
  const std::string what = count > 1 ? values[1] : "";
  if (what == "send" && count == 8)
    return send(values[2], std::atoi(values[3]), std::atof(values[4]), std::atoi(values[5]),
                std::atoi(values[6]), values[7]);
  if (what == "receive" && count == 5) return receive(values[2], std::atoi(values[3]), values[4]);
  std::cerr << "usage: norm_pair send GROUP PORT RATE PARITY ROUNDS FILE | receive GROUP PORT FOLDER\n";
  return EXIT_FAILURE;
}
