// Boost.URL itself, compiled here: Debian's library of it would be one more package for one parser.
#include <boost/url/src.hpp>
