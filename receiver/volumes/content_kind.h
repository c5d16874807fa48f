// What a file that is not called like media holds, by its first bytes: most of a stick is pictures and
// documents, and no process need be started to pass them over. Pure.
#pragma once

#include <string_view>

namespace edu::receiver {

// "picture", "document" (and archives), "program", "text" (also subtitles and lists), "empty"; "" when it may
// be media and has to be looked into. `head`: the first 512 bytes, or the whole of a shorter file.
std::string_view other_content(std::string_view head);

}  // namespace edu::receiver
