// What the journal can say: one struct for each kind, its members the payload's members (docs/formats.md).
// Long: one list of all kinds.
//
// A payload is canonical JSON, so members are integers, strings and lists of them; times are UTC milliseconds
// and end in _ms; a number 0 or an empty string says "none". People appear by their random id alone. A kind
// is changed by giving it a new kVersion and keeping the old reader: a written record is never rewritten. A
// member may be added at the end when its default says "none": a record from before it reads as that.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "base/json.h"
#include "base/play_span.h"

namespace edu::logs {

struct BootStarted {
  static constexpr auto kKind = "boot.started";
  std::int64_t head_seq = 0;  // of the record it found as the newest
  std::string head_hash;
  std::string software;  // version of edustationd
};
BOOST_DESCRIBE_STRUCT(BootStarted, (), (head_seq, head_hash, software))

struct DaemonStopped {
  static constexpr auto kKind = "daemon.stopped";
  std::string reason;  // "signal"
};
BOOST_DESCRIBE_STRUCT(DaemonStopped, (), (reason))

// Exactly one for each attempt to receive something, whatever came of it.
struct ReceptionRecorded {
  static constexpr auto kKind = "reception.recorded";
  std::int64_t no = 0;  // from 1 on
  std::int64_t started_ms = 0, ended_ms = 0;
  std::string means;   // folder, import, disc, usb, multicast, web, live
  std::string source;  // where from, e.g. the folder
  std::string name;    // the file's name as UTF-8, one line
  std::string title, category, format;
  std::int64_t size = 0;         // bytes
  std::int64_t duration_ms = 0;  // 0: unknown
  std::string outcome;           // stored, duplicate, refused
  std::string integrity;         // match, mismatch (with a digest of the manifest), unchecked (without)
  std::string sha256;            // hex; empty when it could not be read
  std::int64_t damaged_packets = 0;
  std::string reason_code;                         // of a refusal: text refusal.<code>
  std::map<std::string, std::string> reason_args;  // its arguments
  std::int64_t courseware_no = 0;                  // stored as, or the duplicate's
  std::int64_t duplicate_of = 0;                   // reception no. of the first
  std::string quarantine;                          // path below the data folder, of a refused file
  std::string receiver;                            // "auto", or who ordered the import
  std::string signed_by, key_id;  // the trusted key that signed the manifest; empty: none did
  std::string series;             // of a signed manifest that has one, with its
  std::int64_t serial = 0;        // number in it
  std::int64_t gaps = 0;          // of a live channel: how often it was lost
  std::int64_t gap_ms = 0;        // and for how long in all
  std::int64_t declared_ms = 0;   // what the file's header says; 0: nothing
  std::string length_by;          // what duration_ms is: readable, declared, estimated
};
BOOST_DESCRIBE_STRUCT(ReceptionRecorded, (),
                      (no, started_ms, ended_ms, means, source, name, title, category, format, size,
                       duration_ms, outcome, integrity, sha256, damaged_packets, reason_code, reason_args,
                       courseware_no, duplicate_of, quarantine, receiver, signed_by, key_id, series, serial,
                       gaps, gap_ms, declared_ms, length_by))

struct CoursewareStored {
  static constexpr auto kKind = "courseware.stored";
  std::int64_t no = 0;
  std::string title, category, lecturer, language, audience, format;
  std::int64_t size = 0, duration_ms = 0;
  std::string sha256;
  std::int64_t reception_no = 0;
  std::int64_t stored_ms = 0;
  std::string keep_until;  // "2036-11-22", empty: for ever
  std::string by;          // "auto" or a name
};
BOOST_DESCRIBE_STRUCT(CoursewareStored, (),
                      (no, title, category, lecturer, language, audience, format, size, duration_ms, sha256,
                       reception_no, stored_ms, keep_until, by))

// Until when a course is kept that came while the clock could not be believed: counted from the day on which
// it could.
struct CoursewareKept {
  static constexpr auto kKind = "courseware.kept";
  std::int64_t no = 0;
  std::string keep_until;  // "2036-11-22"
};
BOOST_DESCRIBE_STRUCT(CoursewareKept, (), (no, keep_until))

struct CoursewareRemoved {
  static constexpr auto kKind = "courseware.removed";
  std::int64_t no = 0;
  std::string reason, approved_by;
  std::int64_t removed_ms = 0;
};
BOOST_DESCRIBE_STRUCT(CoursewareRemoved, (), (no, reason, approved_by, removed_ms))

struct CoursewarePinned {
  static constexpr auto kKind = "courseware.pinned";
  std::int64_t no = 0;
  std::int64_t pinned = 0;  // 1, or 0: no longer
};
BOOST_DESCRIBE_STRUCT(CoursewarePinned, (), (no, pinned))

// What the sweep at a start found and mended.
struct LibrarySwept {
  static constexpr auto kKind = "library.swept";
  std::int64_t unfinished_removed = 0;  // staged files of an attempt that the power cut
  std::int64_t orphans_adopted = 0;     // whole objects without a row, moved to quarantine
  std::vector<std::int64_t> missing;    // courseware numbers whose object is gone
};
BOOST_DESCRIBE_STRUCT(LibrarySwept, (), (unfinished_removed, orphans_adopted, missing))

// Refused files that were removed from quarantine for good.
struct QuarantineEmptied {
  static constexpr auto kKind = "quarantine.emptied";
  std::int64_t files = 0, bytes = 0;     // how many refused files, and what they took
  std::vector<std::int64_t> receptions;  // that had refused them, at most 1,000
  std::string why;                       // age, number, size (of its source's quota), space, person
};
BOOST_DESCRIBE_STRUCT(QuarantineEmptied, (), (files, bytes, receptions, why))

struct RosterImported {
  static constexpr auto kKind = "roster.imported";
  std::int64_t added = 0, changed = 0, unchanged = 0;
  std::vector<std::string> people;  // ids of those added or changed
  std::string sha256;               // of the file
};
BOOST_DESCRIBE_STRUCT(RosterImported, (), (added, changed, unchanged, people, sha256))

// Two entries of the roster that are one person: `person` stays, `merged` is what it was called besides.
struct PersonMerged {
  static constexpr auto kKind = "person.merged";
  std::string person, merged;  // ids
};
BOOST_DESCRIBE_STRUCT(PersonMerged, (), (person, merged))

struct PersonMovedOut {
  static constexpr auto kKind = "person.moved_out";
  std::string person;
  std::string since;  // a date: the first day on which they were gone
};
BOOST_DESCRIBE_STRUCT(PersonMovedOut, (), (person, since))

// Name, number and the rest of the roster's entry are gone; only this id is left of them.
struct PersonErased {
  static constexpr auto kKind = "person.erased";
  std::string person, reason;
};
BOOST_DESCRIBE_STRUCT(PersonErased, (), (person, reason))

// Who may log in. An account of somebody on the roster has their id. Its name stands in no record.
struct AccountAdded {
  static constexpr auto kKind = "account.added";
  std::string account;             // id
  std::vector<std::string> roles;  // operator, tutor, learner, supervisor, auditor
};
BOOST_DESCRIBE_STRUCT(AccountAdded, (), (account, roles))

struct AccountChanged {
  static constexpr auto kKind = "account.changed";
  std::string account;
  std::vector<std::string> roles;  // from now on
  std::int64_t enabled = 1;        // 0: cannot log in
};
BOOST_DESCRIBE_STRUCT(AccountChanged, (), (account, roles, enabled))

struct PasswordSet {
  static constexpr auto kKind = "account.password";
  std::string account;
  std::string by;  // owner; operator; code (of somebody at the machine)
};
BOOST_DESCRIBE_STRUCT(PasswordSet, (), (account, by))

// So many wrong passwords in a row that no further ones are taken for a while.
struct AccountLocked {
  static constexpr auto kKind = "account.locked";
  std::string account, address;
};
BOOST_DESCRIBE_STRUCT(AccountLocked, (), (account, address))

struct LoginOpened {
  static constexpr auto kKind = "login.opened";
  std::string account, login;  // the first eight digits of its digest
  std::string address;
};
BOOST_DESCRIBE_STRUCT(LoginOpened, (), (account, login, address))

struct LoginEnded {
  static constexpr auto kKind = "login.ended";
  std::string account, login;
  std::string why;  // logged_out; ended (by an operator); password, account (either was changed); crowded
};
BOOST_DESCRIBE_STRUCT(LoginEnded, (), (account, login, why))

struct ProgrammeAdded {
  static constexpr auto kKind = "programme.added";
  std::int64_t programme = 0;
  std::string title, kind, local_start, zone;  // kind: group, open, individual
  std::vector<std::int64_t> rundown;           // courseware numbers
  std::string rrule;                           // empty: once
  std::vector<std::string> exdates, rdates;    // local times
  std::vector<std::string> groups;             // invited; empty: all
  std::string tutor, chair, place;
};
BOOST_DESCRIBE_STRUCT(ProgrammeAdded, (),
                      (programme, title, kind, local_start, zone, rundown, rrule, exdates, rdates, groups,
                       tutor, chair, place))

struct ProgrammeCancelled {
  static constexpr auto kKind = "programme.cancelled";
  std::int64_t programme = 0;
  std::string local_start;  // one occurrence; empty: the programme as a whole
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(ProgrammeCancelled, (), (programme, local_start, reason))

// An occurrence that did not go on air.
struct ProgrammeMissed {
  static constexpr auto kKind = "programme.missed";
  std::int64_t programme = 0;
  std::string local_start;
  std::int64_t planned_ms = 0;
  std::string why;  // off (the station was not running), clock (not trusted, or set past it), courseware
                    // (gone), deck (no player), late
};
BOOST_DESCRIBE_STRUCT(ProgrammeMissed, (), (programme, local_start, planned_ms, why))

struct SessionOpened {
  static constexpr auto kKind = "session.opened";
  std::int64_t session = 0;  // from 1 on
  std::int64_t programme = 0;
  std::string local_start;
  std::string title, tutor, chair, place;
  std::vector<std::string> groups;
  std::int64_t planned_start_ms = 0, planned_end_ms = 0, opened_ms = 0;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (),
                      (session, programme, local_start, title, tutor, chair, place, groups, planned_start_ms,
                       planned_end_ms, opened_ms))

struct ExpectedPerson {
  std::string person, category, group;
};
BOOST_DESCRIBE_STRUCT(ExpectedPerson, (), (person, category, group))

// The rule by which a session's rate is counted, frozen with its roster.
struct CountingRule {
  std::vector<std::string> counted;   // categories
  std::int64_t excused_counts = 1;    // 1: an excused absence stays in the denominator
  std::int64_t credited_percent = 0;  // of the effective minutes one must have been there for
};
BOOST_DESCRIBE_STRUCT(CountingRule, (), (counted, excused_counts, credited_percent))

struct SessionFrozen {
  static constexpr auto kKind = "session.frozen";
  std::int64_t session = 0;
  std::int64_t at_ms = 0;
  std::vector<ExpectedPerson> expected;
  CountingRule rule;
  std::int64_t least_ms = 0;  // of what plays one must be there for, or a quarter, where that is less
};
BOOST_DESCRIBE_STRUCT(SessionFrozen, (), (session, at_ms, expected, rule, least_ms))

struct SignedIn {
  static constexpr auto kKind = "attendance.signed_in";
  std::int64_t session = 0;
  std::string person;
  std::int64_t at_ms = 0;
  std::string means;  // roll-call, paper, … (docs/formats.md names them all)
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (session, person, at_ms, means))

struct SignedOut {
  static constexpr auto kKind = "attendance.signed_out";
  std::int64_t session = 0;
  std::string person;
  std::int64_t at_ms = 0;
};
BOOST_DESCRIBE_STRUCT(SignedOut, (), (session, person, at_ms))

struct Excused {
  static constexpr auto kKind = "attendance.excused";
  std::int64_t session = 0;
  std::string person, reason;
};
BOOST_DESCRIBE_STRUCT(Excused, (), (session, person, reason))

struct VisitorsCounted {
  static constexpr auto kKind = "session.visitors";
  std::int64_t session = 0;
  std::int64_t count = 0;  // heads that are on no roll, in all
};
BOOST_DESCRIBE_STRUCT(VisitorsCounted, (), (session, count))

struct SessionClosed {
  static constexpr auto kKind = "session.closed";
  std::int64_t session = 0;
  std::int64_t closed_ms = 0;
  std::string why;  // ended, stopped, power_loss; missed or cancelled: it was not held
};
BOOST_DESCRIBE_STRUCT(SessionClosed, (), (session, closed_ms, why))

struct PlaybackStarted {
  static constexpr auto kKind = "playback.started";
  std::int64_t play = 0;  // from 1 on; one for each course of the rundown
  std::int64_t programme = 0;
  std::string local_start;
  std::int64_t item = 0;  // place in the rundown, from 0
  std::int64_t courseware = 0;
  std::string title, kind;
  std::int64_t session = 0;  // of a group programme
  std::int64_t planned_ms = 0, started_ms = 0, first_frame_ms = 0;
  std::int64_t declared_ms = 0;  // the courseware's duration
};
BOOST_DESCRIBE_STRUCT(PlaybackStarted, (),
                      (play, programme, local_start, item, courseware, title, kind, session, planned_ms,
                       started_ms, first_frame_ms, declared_ms))

struct PlaybackEnded {
  static constexpr auto kKind = "playback.ended";
  std::int64_t play = 0;
  std::int64_t ended_ms = 0;
  // completed; truncated (the file ended before its declared end); stopped (by a person or the daemon's end);
  // error (the player gave up); missing (nothing of it could be shown: its file is gone or cannot be read);
  // not_aired (its time passed while the station was off, or without a player); deck_failed; power_loss
  // (found open at the next start)
  std::string reason;
  std::int64_t errors = 0;  // of decoding
  std::vector<PlaySpan> spans;
  std::string equipment;    // what played it: "x11/pulse", "null/null", …
  std::string by;           // "auto" or a name
  std::int64_t cut_ms = 0;  // that the player reported besides and the station's own clocks do not bear out
};
BOOST_DESCRIBE_STRUCT(PlaybackEnded, (), (play, ended_ms, reason, errors, spans, equipment, by, cut_ms))

// A programme goes on after the station was off in the middle of it, with what is still due.
struct ProgrammeResumed {
  static constexpr auto kKind = "programme.resumed";
  std::int64_t programme = 0;
  std::string local_start;
  std::int64_t item = 0;    // place in the rundown that comes next, from 0
  std::int64_t off_ms = 0;  // the last checkpoint before the station went off
  std::int64_t back_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ProgrammeResumed, (), (programme, local_start, item, off_ms, back_ms))

// What follows could not be written when it happened (the disk was full, or failed) and has its own times.
struct AsRunLate {
  static constexpr auto kKind = "asrun.late";
  std::int64_t entries = 0;   // that waited
  std::int64_t since_ms = 0;  // when the oldest of them happened
  std::string what;           // of the disk; empty: the station went off in between
};
BOOST_DESCRIBE_STRUCT(AsRunLate, (), (entries, since_ms, what))

struct DeckFailed {
  static constexpr auto kKind = "deck.failed";
  std::string what;  // "signal 11 (Segmentation fault)"
  std::string deck;  // its name
};
BOOST_DESCRIBE_STRUCT(DeckFailed, (), (what, deck))

struct DeckRestarted {
  static constexpr auto kKind = "deck.restarted";
  std::string video_output, audio_output;
  std::string deck;  // its name
};
BOOST_DESCRIBE_STRUCT(DeckRestarted, (), (video_output, audio_output, deck))

// A way of receiving that somebody added or took away while the station ran.
struct SourceAdded {
  static constexpr auto kKind = "source.added";
  std::string name, means, where, trust;  // means: web; where: the URL
};
BOOST_DESCRIBE_STRUCT(SourceAdded, (), (name, means, where, trust))

struct SourceRemoved {
  static constexpr auto kKind = "source.removed";
  std::string name, means, where;
};
BOOST_DESCRIBE_STRUCT(SourceRemoved, (), (name, means, where))

// A recording of a live channel that somebody ordered for later, and that it is wanted no longer.
struct RecordingPlanned {
  static constexpr auto kKind = "recording.planned";
  std::int64_t plan = 0;                                 // from 1 on
  std::string channel, title, local_start, zone, rrule;  // rrule: empty: once
  std::int64_t duration_ms = 0;
};
BOOST_DESCRIBE_STRUCT(RecordingPlanned, (), (plan, channel, title, local_start, zone, rrule, duration_ms))

struct RecordingRemoved {
  static constexpr auto kKind = "recording.removed";
  std::int64_t plan = 0;
};
BOOST_DESCRIBE_STRUCT(RecordingRemoved, (), (plan))

struct ClockSet {
  static constexpr auto kKind = "clock.set";
  std::int64_t now_ms = 0;
  std::string trust;
};
BOOST_DESCRIBE_STRUCT(ClockSet, (), (now_ms, trust))

// A person says that the clock is right as it is.
struct ClockConfirmed {
  static constexpr auto kKind = "clock.confirmed";
  std::int64_t now_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ClockConfirmed, (), (now_ms))

// A person says below which time the clock is not to be believed.
struct ClockFloorSet {
  static constexpr auto kKind = "clock.floor_set";
  std::int64_t floor_ms = 0;
};
BOOST_DESCRIBE_STRUCT(ClockFloorSet, (), (floor_ms))

}  // namespace edu::logs
