# A room is a folder with one library target: edu_room(receiver/intake …) makes edu_receiver_intake.
# A room's include root holds that folder alone (a link in the build tree), so that <logs/journal/journal.h> can be
# included only by a target that links the room. `./dev lint` holds every include against the table of rooms in
# docs/architecture.md.
function(edu_include_root NAME TARGET SCOPE)
  string(REPLACE / _ id ${NAME})
  set(link ${CMAKE_BINARY_DIR}/include/${id}/${NAME})
  cmake_path(GET link PARENT_PATH parent)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${NAME} ${link} SYMBOLIC)
  target_include_directories(${TARGET} ${SCOPE} ${CMAKE_BINARY_DIR}/include/${id})
endfunction()

function(edu_link_rooms TARGET SCOPE)
  foreach(room ${ARGN})
    string(REPLACE / _ id ${room})
    target_link_libraries(${TARGET} ${SCOPE} edu_${id})
  endforeach()
endfunction()

# edu_room(NAME SOURCES … ROOMS … LINKS …): ROOMS are seen by everything that links this room, LINKS are private to it.
function(edu_room NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LINKS" ${ARGN})
  string(REPLACE / _ id ${NAME})
  add_library(edu_${id} STATIC ${ARG_SOURCES})
  edu_include_root(${NAME} edu_${id} PUBLIC)
  target_link_libraries(edu_${id} PUBLIC edu_flags PRIVATE ${ARG_LINKS})
  edu_link_rooms(edu_${id} PUBLIC ${ARG_ROOMS})
  if(NOT NAME STREQUAL base)
    edu_precompiled(edu_${id})
  endif()
endfunction()

# edu_parts(NAME SOURCES … ROOMS …): what a helper program of the room NAME shares with the daemon, as a library of
# its own, so that the program links nothing else of the room.
function(edu_parts NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS" ${ARGN})
  string(REPLACE / _ id ${NAME})
  add_library(edu_${id}_parts STATIC ${ARG_SOURCES})
  edu_include_root(${NAME} edu_${id}_parts PUBLIC)
  target_link_libraries(edu_${id}_parts PUBLIC edu_flags)
  edu_link_rooms(edu_${id}_parts PUBLIC ${ARG_ROOMS})
  edu_precompiled(edu_${id}_parts)
endfunction()

# edu_headers(NAME): a room that is headers alone.
function(edu_headers NAME)
  string(REPLACE / _ id ${NAME})
  add_library(edu_${id} INTERFACE)
  edu_include_root(${NAME} edu_${id} INTERFACE)
endfunction()

# Asio, Boost.JSON and SQLiteCpp take most of the time that a source of ours compiles: they are read once.
function(edu_precompiled TARGET)
  if(EDU_PCH)
    target_precompile_headers(${TARGET} REUSE_FROM edu_precompiled_headers)
  endif()
endfunction()

# Seconds that a test may take: its own, and those of a whole evening (e2e). A sanitizer makes it many times slower.
set(EDU_TEST_TIMEOUT 120)
set(EDU_E2E_TIMEOUT 300)
if(EDU_SANITIZE OR EDU_TSAN)
  set(EDU_TEST_TIMEOUT 600)
  set(EDU_E2E_TIMEOUT 1200)
endif()

# edu_test(ROOM SOURCES … LINKS …): the tests of one room, linking that room alone and the test support.
function(edu_test ROOM)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  string(REPLACE / _ id ${ROOM})
  string(REPLACE / . prefix ${ROOM})
  add_executable(${id}_test ${ARG_SOURCES})
  target_link_libraries(${id}_test PRIVATE edu_${id} edu_test_support GTest::gmock GTest::gtest_main ${ARG_LINKS})
  target_compile_definitions(${id}_test PRIVATE EDU_SOURCE_FOLDER="${PROJECT_SOURCE_DIR}")
  edu_precompiled(${id}_test)
  gtest_discover_tests(${id}_test TEST_PREFIX ${prefix}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${EDU_TEST_TIMEOUT})
endfunction()
