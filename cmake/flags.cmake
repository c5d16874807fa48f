# One interface target carries the flags of every source of ours.
add_library(edu_flags INTERFACE)
target_compile_options(edu_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align -Woverloaded-virtual
  -Wconversion -Wno-sign-conversion -Wformat=2 -Wimplicit-fallthrough
  # g++ 12 warns of Asio's own frame allocator, and sees bounds broken in std::string where none are.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-restrict>
  -fstack-protector-strong)
target_compile_definitions(edu_flags INTERFACE EDU_VERSION="${PROJECT_VERSION}")
if(EDU_UNITY) # what g++ takes for a header's there is a source's
  target_compile_options(edu_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(EDU_WERROR)
  target_compile_options(edu_flags INTERFACE -Werror)
endif()
if(EDU_SANITIZE)
  # With its sanitizers g++ takes what they check for uses of what is not set.
  target_compile_options(edu_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(edu_flags INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(edu_flags INTERFACE EDU_SANITIZED)
elseif(EDU_TSAN)
  target_compile_options(edu_flags INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(edu_flags INTERFACE -fsanitize=thread)
elseif(EDU_FUZZ)
  # Without "function": clang 14 cannot lay its prologue before a coroutine.
  target_compile_options(edu_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-omit-frame-pointer)
  target_link_options(edu_flags INTERFACE -fsanitize=address,undefined)
else()
  if(NOT CMAKE_CXX_FLAGS_RELWITHDEBINFO MATCHES "-O0")  # which glibc's checks need
    target_compile_definitions(edu_flags INTERFACE _FORTIFY_SOURCE=2)
  endif()
  target_link_options(edu_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
