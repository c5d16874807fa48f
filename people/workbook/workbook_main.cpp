// edustation-workbook KIND: reads one workbook that a person sent and answers its sheets as lines of JSON.
//
// Comes in: the bytes on standard input, to their end; the kind that their first bytes name; limits as
// options. Leaves: lines (workbook.h, docs/formats.md) and exit 0; any other end means that the file broke
// the process, and the daemon refuses it. One thread. The bytes are taken into memory without a look at them;
// then the process gives up files, network, programs and everything else (base/sandbox/sandbox.h); then they
// are read. freexl opens a file by its path: its bytes lie in an anonymous file of the process, and the paths
// of the process's own descriptors are all that it may open.
#include <cstdio>
#include <exception>
#include <new>
#include <string>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/sandbox/sandbox.h"
#include "base/text.h"
#include "people/workbook/readers.h"

namespace {

using namespace edu;
using namespace edu::workbook;

constexpr std::size_t kMostBytes = 64 << 20;

std::string all_of_input() {
  std::string bytes;
  char piece[65536];
  for (;;) {
    const auto size = ::read(STDIN_FILENO, piece, sizeof piece);
    if (size <= 0 || bytes.size() > kMostBytes) return bytes;
    bytes.append(piece, static_cast<std::size_t>(size));
  }
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written <= 0) ::_exit(1);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Fd file_in_memory(const std::string& bytes) {
  Fd fd(::memfd_create("workbook", MFD_CLOEXEC));
  std::string_view left = bytes;
  while (fd && !left.empty()) {
    const auto written = ::write(fd.get(), left.data(), left.size());
    if (written <= 0) return Fd();
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  return fd;
}

Result<Workbook> read_workbook(const std::string& kind, const sandbox::Limits& limits) {
  const auto bytes = all_of_input();
  const bool by_path = kind == "xls";
  const auto fd = by_path ? file_in_memory(bytes) : Fd();
  keep_loaded({"UTF-16LE", "CP936", "GB18030", "CP1252"});
  sandbox::Doors doors;
  if (by_path) doors.readable = {"/proc/self/fd"};
  sandbox::enter(limits, doors);
  if (by_path) return read_xls(bytes, "/proc/self/fd/" + std::to_string(fd.get()));
  if (kind == "html") return read_html(bytes);
  return kind == "zip" ? read_zip(bytes) : read_xml(bytes);
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  CLI::App app("Reads one workbook from standard input in a sandbox and answers lines of JSON.");
  std::string kind;
  sandbox::Limits limits;
  app.add_option("--seconds", limits.seconds, "processor time, s")->check(CLI::Range(1, 3600));
  app.add_option("--memory-mb", limits.memory_mb, "address space, MiB")->check(CLI::Range(64, 1 << 20));
  app.add_option("KIND", kind, "zip, xls, xml or html")
      ->required()
      ->check(CLI::IsMember({"zip", "xls", "xml", "html"}));
  CLI11_PARSE(app, argc, argv);
  try {
    write_all(to_lines(read_workbook(kind, limits)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "edustation-workbook: %s\n", error.what());
    return 1;
  }
  ::_exit(0);
}
