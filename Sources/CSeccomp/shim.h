#pragma once
#include <seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

/// `SCMP_ACT_ERRNO` is a macro with an argument, which Swift cannot import.
static inline uint32_t shim_refuse(uint16_t code) { return SCMP_ACT_ERRNO(code); }

static const uint32_t shim_allow = SCMP_ACT_ALLOW;
static const uint32_t shim_kill = SCMP_ACT_KILL_PROCESS;

/// A file in memory to export a filter to.
static inline int shim_filter_file(void) { return (int)syscall(SYS_memfd_create, "filter", 1U); }
