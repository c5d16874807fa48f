// DVD-Videos made by ffmpeg and dvdauthor, once per test program: two titles of 12 and 14 s and a loop of 3
// s.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "receiver/volumes/disc_plan.h"
#include "receiving.h"

namespace edu::receiver {

inline void shell(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
}

class SampleDvd {
 public:
  SampleDvd() {
    std::string chains;
    for (const int seconds : {12, 14, 3}) {
      const auto length = std::to_string(seconds);
      const auto film = (folder_ / (length + ".mpg")).string();
      shell("ffmpeg -nostdin -loglevel error -f lavfi -i testsrc2=size=352x288:rate=25:duration=" + length +
            " -f lavfi -i sine=frequency=440:duration=" + length + " -target pal-dvd -s 352x288 -b:v 400k " +
            film);
      chains += "<pgc><vob file='" + film + "'/></pgc>";
    }
    // The first chain a second time, as discs do that want to confuse whoever copies them.
    write_file(folder_ / "dvd.xml", "<dvdauthor dest='" + (folder_ / "guoshu").string() +
                                        "'><vmgm/><titleset><titles><video format='pal'/>" + chains +
                                        "</titles></titleset></dvdauthor>");
    shell("VIDEO_FORMAT=PAL dvdauthor -x " + (folder_ / "dvd.xml").string() + " >/dev/null 2>&1");
    shell("genisoimage -quiet -dvd-video -V GUOSHU -o " + image().string() + " " + tree().string() +
          " 2>/dev/null");
  }

  fs::path image() const { return folder_ / "disc.iso"; }
  fs::path tree() const { return folder_ / "guoshu"; }

  // A copy of the image, changed.
  template <class Change>
  fs::path changed(const fs::path& to, Change change) const {
    auto bytes = content_of(image());
    change(bytes);
    write_file(to, bytes);
    return to;
  }

 private:
  test::TempFolder folder_;
};

inline const SampleDvd& sample_dvd() {
  static const SampleDvd dvd;
  return dvd;
}

// Calls `change` with each sector of a video.
template <class Change>
void each_pack(std::string& image, Change change) {
  for (std::size_t at = 0; at + kSector <= image.size(); at += kSector)
    if (image.compare(at, 4, std::string("\0\0\1\xba", 4)) == 0) change(&image[at]);
}

}  // namespace edu::receiver
