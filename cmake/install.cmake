# `cmake --install build/release --prefix /usr`: the programs, the service, the settings, the man pages.
include(GNUInstallDirs)

install(TARGETS edustationd edustation edustation-send RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# Only the daemon starts these (base/child_process.cpp finds them there).
install(TARGETS edustation-deck edustation-disc edustation-probe edustation-record edustation-workbook RUNTIME DESTINATION lib/edustation)
install(FILES systemd/edustationd.service DESTINATION lib/systemd/system)
install(FILES systemd/edustation.sysusers DESTINATION lib/sysusers.d RENAME edustation.conf)
install(FILES systemd/edustation.tmpfiles DESTINATION lib/tmpfiles.d RENAME edustation.conf)
install(FILES docs/man/edustation.1 docs/man/edustation-send.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/man/edustationd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES docs/man/zh_CN/edustation.1 docs/man/zh_CN/edustation-send.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/zh_CN/man1)
install(FILES docs/man/zh_CN/edustationd.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/zh_CN/man8)
install(FILES tools/completions/edustation.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME edustation)
install(FILES tools/completions/_edustation DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES tools/completions/edustation.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# The settings of a station are the operator's: a file that is there already stays as it is.
install(CODE "set(shipped \"${PROJECT_SOURCE_DIR}/config/station.toml\")")
install(CODE [[
  if(NOT EXISTS "$ENV{DESTDIR}/etc/edustation/station.toml")
    file(INSTALL "${shipped}" DESTINATION /etc/edustation) # below DESTDIR by itself
  endif()
]])
