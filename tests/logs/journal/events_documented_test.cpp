// A kind of the journal is a format for ever: docs/formats.md explains each, member by member.
#include <fstream>
#include <regex>
#include <sstream>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <gtest/gtest.h>

#include "logs/journal/events.h"

namespace edu::logs {
namespace {

using Kinds =
    boost::mp11::mp_list<BootStarted, DaemonStopped, ReceptionRecorded, CoursewareStored, CoursewareRemoved,
                         CoursewarePinned, CoursewareKept, LibrarySwept, QuarantineEmptied, RosterImported,
                         PersonMerged, PersonMovedOut, PersonErased, ProgrammeAdded, ProgrammeCancelled,
                         ProgrammeMissed, SessionOpened, SessionFrozen, SignedIn, SignedOut, Excused,
                         VisitorsCounted, SessionClosed, PlaybackStarted, PlaybackEnded, ProgrammeResumed,
                         AsRunLate, DeckFailed, DeckRestarted, ClockSet, ClockConfirmed, ClockFloorSet,
                         SourceAdded, SourceRemoved, RecordingPlanned, RecordingRemoved, AccountAdded,
                         AccountChanged, PasswordSet, AccountLocked, LoginOpened, LoginEnded>;

std::string file(const std::string& below_the_sources) {
  std::ifstream in(std::string(EDU_SOURCE_FOLDER) + below_the_sources);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The row of the table of kinds, or nothing.
std::string row_of(const std::string& document, const std::string& kind) {
  const auto begin = document.find("\n| `" + kind + "` | ");
  return begin == document.npos ? "" : document.substr(begin, document.find('\n', begin + 1) - begin);
}

TEST(EventsDocumented, EveryMemberOfEveryKind) {
  const auto document = file("/docs/formats.md");
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Kinds>>([&](auto type) {
    using Event = typename decltype(type)::type;
    const auto row = row_of(document, Event::kKind);
    EXPECT_FALSE(row.empty()) << Event::kKind << " has no row in docs/formats.md";
    using Members = boost::describe::describe_members<Event, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
      EXPECT_NE(row.find('`' + std::string(member.name) + '`'), row.npos)
          << Event::kKind << " lacks " << member.name;
    });
  });
}

TEST(EventsDocumented, NoKindIsForgottenHere) {
  const auto header = file("/logs/journal/events.h");
  const std::regex kind("kKind = \"");
  const auto in_header =
      std::distance(std::sregex_iterator(header.begin(), header.end(), kind), std::sregex_iterator());
  EXPECT_EQ(static_cast<std::size_t>(in_header), boost::mp11::mp_size<Kinds>::value);
}

}  // namespace
}  // namespace edu::logs
