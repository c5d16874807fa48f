// The settings of a station as plain structs, one for each module, each member with its default and unit.
// config/loader.h fills them from station.toml; the shipped station.toml shows and explains every one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace edu::config {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Station {
  std::string name = "未命名站点";          // printed at the head of books and pages
  std::string number;                       // the county's number of this station, may be empty
  std::string time_zone = "Asia/Shanghai";  // an IANA zone
  std::string language = "zh";              // zh or en: of books and pages where the reader asks for none
};

struct Data {
  std::filesystem::path folder = "/var/lib/edustation";  // docs/formats.md describes what lies in it
};

struct Receiver {
  std::filesystem::path inbox;            // the watched folder; empty: `inbox` in the data folder
  seconds settle{2};                      // how long a file must lie unchanged before it is taken
  std::uint64_t largest_file_mb = 65536;  // MiB; larger files are refused
  unsigned at_once = 2;                   // files taken in at the same time
  // Refused files in quarantine, of each source; beyond it the oldest go.
  std::uint64_t quarantine_mb = 2048;    // MiB
  std::uint64_t quarantine_files = 200;  // refused files
  unsigned quarantine_days = 90;
};

// USB volumes and discs that are mounted while the station runs.
struct Volumes {
  // Off by default: people carry private films on sticks, and the station would put them all into a library
  // that everybody sees. `edustation library import PATH` takes one volume when somebody means it.
  bool watch = false;
  std::vector<std::string> roots{"/media", "/run/media"};  // volumes mounted below these are read
  unsigned depth = 4;                                      // levels of folders that are walked
  unsigned most_files = 500;                               // that are taken from one volume
  seconds shortest_title{10};                              // of a DVD-Video; shorter ones are menus
};

// One multicast channel, a [[channel]] of station.toml. Any number of them.
struct Channel {
  std::string name;                  // shown in records; must be there, and each is another
  std::string group;                 // multicast (or the station's own) address, IPv4 or IPv6
  std::uint16_t port = 0;            // UDP
  std::string interface;             // network interface, "dvb0_0"; empty: the system's choice
  std::string source;                // sender's address: source-specific join; empty: any sender
  std::vector<std::uint64_t> tsi;    // sessions that are wanted; empty: all
  std::string bandwidth;             // a note for people: "8 Mbit/s, nightly 01:00-05:00"
  std::string rs_points = "powers";  // powers, zero_powers or integers: of the sender's Reed-Solomon code
  std::uint64_t memory_mb = 40;      // MiB for blocks that are being received
  std::uint64_t buffer_mb = 16;      // MiB of socket buffer that is asked for
  std::filesystem::path transport_stream;  // a file of MPEG-TS to take the datagrams from; empty: none
  minutes web_fill_after{30};      // what an object lacks is fetched from the web then; 0: never by itself
  unsigned web_fill_percent = 10;  // of the object, at most, is fetched without being asked to
  unsigned mpe_pid = 0;            // of IP over MPE sections in a transport stream; 0: plain datagrams
};

// A minisign public key whose signatures this station believes.
struct TrustKey {
  std::string name;  // whose it is, for people
  std::string key;   // "RW…", 56 characters
};

// Per way of receiving: "required", "preferred" or "off" (receiver/trust/trust.h).
struct Trust {
  std::string folder = "off";  // the watched folder, and files that a person imports
  std::string multicast = "preferred";
  std::string web = "required";
  std::vector<TrustKey> keys;  // [[trust.key]]
};

// A list of courseware on the web, or a feed: one [[catalogue]].
struct Catalogue {
  std::string name;                  // unique; letters, digits, blanks … of any script
  std::string url;                   // http or https
  std::vector<std::string> mirrors;  // of the catalogue itself
  std::string trust;                 // required, preferred or off; empty: as trust.web
  minutes interval{60};              // between two looks
  std::string window;                // "22:00-06:00", local: files are fetched then; empty: always
  std::uint64_t rate_kbit = 0;       // kbit/s at most; 0: no limit
  std::string proxy;                 // a URL; empty: none
  std::filesystem::path ca_file;     // certificates to trust instead of the system's; empty: the system's
  std::string origin;                // where it stands: "station.toml:12"; not a setting
};

// A live channel that can be recorded: one [[live]].
struct Live {
  std::string name;      // unique; letters, digits, blanks … of any script
  std::string url;       // udp, rtp, rtsp, http or https; may hold a password, so it is never shown as it is
  unsigned service = 0;  // programme number (service id) in a multiplex; 0: the first with pictures or sound
  std::string origin;    // where it stands: "station.toml:12"; not a setting
};

// How live channels are recorded.
struct Recording {
  seconds pre_roll{30};   // a planned recording begins this long before its time
  seconds post_roll{60};  // and ends this long after it
  minutes longest{240};   // by hand, where nobody says how long
  unsigned at_once = 2;   // channels recorded at the same time
};

struct Library {
  unsigned reserve_percent = 5;     // of the file system; the larger of the two is kept free
  std::uint64_t reserve_mb = 2048;  // MiB
  unsigned keep_years = 10;         // keep-until of courseware whose manifest names none; 0: for ever
};

struct Probe {
  seconds time_limit{10};         // of processor time, and twice of waiting, for one file
  std::uint64_t memory_mb = 512;  // MiB of address space
};

struct Player {
  std::string video_output = "auto";  // auto, x11, wayland, drm or none
  std::string audio_output = "auto";  // auto or none
  bool fullscreen = true;
  unsigned volume = 100;              // percent
  seconds preload{5};                 // before the start: the file is opened, paused at its first frame
  seconds checkpoint{5};              // how often the minutes played so far are made durable
  std::filesystem::path deck_socket;  // systemd starts the player there; empty: the daemon does
};

struct Scheduler {
  unsigned horizon_days = 14;  // the timeline that is kept resolved
  seconds late_limit{2};       // a programme that cannot start within this of its time is missed
};

struct People {
  minutes open_before{30};  // sign-in opens this long before a group programme
  std::vector<std::string> counted{"member", "cadre", "probationary"};  // categories that enter the rate
  bool excused_counts = true;     // an excused absence stays in the denominator
  unsigned credited_percent = 0;  // of the effective minutes one must have been there to count as present
};

struct Web {
  std::uint16_t port = 8750;           // on 127.0.0.1; 0: none, the Unix socket alone
  std::uint32_t header_limit = 16384;  // bytes
  std::uint32_t body_limit = 8 << 20;  // bytes; a roster of 50,000 people has 4 MiB
  seconds request_timeout{15};         // to receive one request, to write one answer, to idle between two
  unsigned connections = 128;          // on the Unix socket at the same time; further ones are told 503
  unsigned page_connections = 64;      // on TCP, places of their own
  unsigned streams = 32;               // answers that never end (events)
};

struct Log {
  std::string level = "info";  // debug, info, warning, error
};

struct Settings {
  Station station;
  Data data;
  Receiver receiver;
  Volumes volumes;
  std::vector<Channel> channels;
  Trust trust;
  Library library;
  Probe probe;
  Player player;
  Scheduler scheduler;
  People people;
  Web web;
  Log log;
  std::vector<Catalogue> catalogues;  // [[catalogue]]
  Recording recording;
  std::vector<Live> live;  // [[live]]
};

}  // namespace edu::config
