#include "base/diagnostics.h"

#include <cstdlib>
#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace edu {
namespace {

// sd-daemon(3): "<3>" to "<7>" in front of a line tells journald its level.
class JournaldLevel final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const char* prefix = "<6>";
    if (message.level >= spdlog::level::err)
      prefix = "<3>";
    else if (message.level == spdlog::level::warn)
      prefix = "<4>";
    else if (message.level <= spdlog::level::debug)
      prefix = "<7>";
    out.append(prefix, prefix + 3);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JournaldLevel>(); }
};

}  // namespace

void start_diagnostics(std::string_view program, std::string_view level) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>(std::string(program), std::move(sink));
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  const bool journald = std::getenv("JOURNAL_STREAM") != nullptr;
  formatter->add_flag<JournaldLevel>('J').set_pattern(journald ? "%J%v" : "%Y-%m-%dT%H:%M:%S.%e%z %l %n: %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::from_str(std::string(level)));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace edu
