// The program `edustation`.
#include <cstdlib>
#include <exception>
#include <iostream>

#include <unistd.h>

#include "app/console.h"

int main(int count, char** values) {
  try {
    const auto environment = [](const std::string& name) {
      const char* value = std::getenv(name.c_str());
      return std::string(value ? value : "");
    };
    edu::app::Console console{std::cin, std::cout, std::cerr,
                              ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO), environment};
    const auto exit = edu::app::run_cli({values + 1, values + count}, console);
    std::cout.flush();
    return std::cout ? static_cast<int>(exit) : static_cast<int>(edu::app::Exit::refused);
  } catch (const std::exception& error) {
    std::cerr << "edustation: " << error.what() << "\n";
    return static_cast<int>(edu::app::Exit::refused);
  }
}
