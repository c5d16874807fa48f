// Content-MD5 (RFC 1864) is the MD5 of base.
#pragma once

#include "base/md5.h"

namespace edu::flute {

using edu::Md5;
using edu::Md5Digest;

}  // namespace edu::flute
