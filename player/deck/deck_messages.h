// The lines that pass between the daemon and a deck process: one JSON object each, integers and strings only,
// described in docs/formats.md. Both sides use these functions. Parsing believes nothing and never throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "player/deck/deck.h"

namespace edu::player {

inline constexpr std::size_t kLongestLine = 1 << 20;  // bytes, in both directions

// To the deck. An ArmOrder, and:
struct OrderTo {
  enum class Verb { revoke, stop, pause, resume };
  Verb verb = Verb::stop;
  std::uint64_t id = 0;
  bool operator==(const OrderTo&) const = default;
};
struct Ask {  // for a sign of life; answered by Alive with the same number
  std::int64_t number = 0;
  bool operator==(const Ask&) const = default;
};
struct Quit {
  bool operator==(const Quit&) const = default;
};
using DeckOrder = std::variant<ArmOrder, OrderTo, Ask, Quit>;

// From the deck. The events of deck.h that are its own, and:
struct Hello {  // the first line: it takes orders now
  std::string video_output, audio_output, version;
  bool operator==(const Hello&) const = default;
};
struct Alive {  // mpv's core answered
  std::int64_t number = 0;
  std::string video_output, audio_output;
  bool operator==(const Alive&) const = default;
};
struct Complaint {  // a line to the deck made no sense, or mpv refused a command
  std::string what;
  bool operator==(const Complaint&) const = default;
};
using DeckMessage = std::variant<Hello, Alive, Complaint, Ready, Started, Progress, ItemEnded, Finished>;

// With the newline. The first line to a deck that the service manager started: its command line's options.
std::string options_line(const std::vector<std::string>& options);
std::string to_line(const DeckOrder& order);
std::string to_line(const DeckMessage& message);
// Without it. nullopt for whatever is not of the form.
std::optional<std::vector<std::string>> parse_options(std::string_view line);
std::optional<DeckOrder> parse_order(std::string_view line);
std::optional<DeckMessage> parse_message(std::string_view line);

}  // namespace edu::player
