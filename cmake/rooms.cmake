# edu_room(NAME SOURCES … ROOMS … LINKS …): one folder, one library target edu_NAME.
# A room's include root holds that folder alone (a link in the build tree), so that <logs/journal.h> can be
# included only by a target that links edu_logs: the table of who may include whom is kept by the compiler.
function(edu_room NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LINKS" ${ARGN})
  set(root ${CMAKE_BINARY_DIR}/include/${NAME})
  file(MAKE_DIRECTORY ${root})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${NAME} SYMBOLIC)
  add_library(edu_${NAME} STATIC ${ARG_SOURCES})
  target_include_directories(edu_${NAME} PUBLIC ${root})
  list(TRANSFORM ARG_ROOMS PREPEND edu_)
  target_link_libraries(edu_${NAME} PUBLIC edu_flags ${ARG_ROOMS} PRIVATE ${ARG_LINKS})
  if(NOT NAME STREQUAL base)
    edu_precompiled(edu_${NAME})
  endif()
endfunction()

# Asio, Boost.JSON and SQLiteCpp take most of the time that a source of ours compiles: they are read once.
function(edu_precompiled TARGET)
  if(EDU_PCH)
    target_precompile_headers(${TARGET} REUSE_FROM edu_precompiled_headers)
  endif()
endfunction()

# edu_test(ROOM SOURCES … LINKS …): the tests of one room, linking that room alone and the test support.
function(edu_test ROOM)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${ROOM}_test ${ARG_SOURCES})
  target_link_libraries(${ROOM}_test PRIVATE edu_${ROOM} edu_test_support GTest::gmock GTest::gtest_main ${ARG_LINKS})
  edu_precompiled(${ROOM}_test)
  gtest_discover_tests(${ROOM}_test TEST_PREFIX ${ROOM}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 120)
endfunction()
