# `cmake --install build/release --prefix /usr`: the programs, the service, the settings, the man pages.
include(GNUInstallDirs)

install(TARGETS edustationd edustation edustation-send RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Only the daemon starts these (base/child_process.cpp finds them there).
install(TARGETS edustation-deck edustation-disc edustation-probe edustation-record edustation-workbook RUNTIME DESTINATION lib/edustation)
install(FILES systemd/edustationd.service systemd/edustation-deck.socket systemd/edustation-deck@.service DESTINATION lib/systemd/system)
install(FILES systemd/edustation.sysusers DESTINATION lib/sysusers.d RENAME edustation.conf)
install(FILES systemd/edustation.tmpfiles DESTINATION lib/tmpfiles.d RENAME edustation.conf)
install(FILES docs/man/edustation.1 docs/man/edustation-send.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/edustationd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES docs/man/zh_CN/edustation.1 docs/man/zh_CN/edustation-send.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/zh_CN/man1)
install(FILES docs/man/zh_CN/edustationd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/zh_CN/man8)
install(FILES tools/completions/edustation.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME edustation)
install(FILES tools/completions/_edustation DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES tools/completions/edustation.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# The settings of a station are the operator's: a file that is there already stays as it is. It may hold passwords, so
# only root and the service read it; where the account is not there yet, systemd-tmpfiles gives it its group later.
install(CODE "set(shipped \"${PROJECT_SOURCE_DIR}/config/station.toml\")")
install(CODE [[
  if(NOT EXISTS "$ENV{DESTDIR}/etc/edustation/station.toml")
    file(INSTALL "${shipped}" DESTINATION /etc/edustation # below DESTDIR by itself
      PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
    if("$ENV{DESTDIR}" STREQUAL "")
      execute_process(COMMAND chgrp edustation /etc/edustation/station.toml ERROR_QUIET)
    endif()
  endif()
]])

# `cmake --build build/release --target uninstall` takes away what was installed from this build.
add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt
          -DSHIPPED=${PROJECT_SOURCE_DIR}/config/station.toml -P ${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake
  VERBATIM)
