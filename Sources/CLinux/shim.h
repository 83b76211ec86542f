#pragma once
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// Calls of Linux that Swift cannot import: variadic ones, and those that its module of the C library leaves out.

static inline int shim_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

static inline int shim_pidfd_signal(int descriptor, int number) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0);
}

/// Marks every descriptor from `first` on as close-on-exec.
static inline int shim_close_on_exec(unsigned int first) {
    return (int)syscall(SYS_close_range, first, ~0U, 1U << 2);
}

static inline int shim_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

static inline int shim_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1U); }

static inline int shim_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }

static inline int shim_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

static inline int shim_change_directory(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

/// Sets the soft and the hard limit of another process.
static inline int shim_limit(pid_t process, int resource, uint64_t limit) {
    const uint64_t value[2] = {limit, limit};
    return (int)syscall(SYS_prlimit64, process, resource, value, NULL);
}

/// Has the heap grow, and shrink, in larger steps: without this each step of 4 KiB is a system call. And with
/// an arena for each processor, not in eight: what is free in one serves no thread of another.
static inline void shim_set_heap(int step, int kept) {
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    mallopt(M_ARENA_MAX, processors > 2 ? (int)processors : 2);
    mallopt(M_TOP_PAD, step);
    mallopt(M_TRIM_THRESHOLD, kept);
}

/// Lifts this process's own soft limit of open descriptors to its hard one, but not above `most`.
static inline int shim_raise_descriptors(uint64_t most) {
    uint64_t value[2];
    const int resource = 7;
    if (syscall(SYS_prlimit64, 0, resource, NULL, value) != 0) return -1;
    const uint64_t wanted = value[1] < most ? value[1] : most;
    if (value[0] >= wanted) return 0;
    value[0] = wanted;
    return (int)syscall(SYS_prlimit64, 0, resource, value, NULL);
}

static inline int shim_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

static inline int shim_child_signal_ignored(void) {
    struct sigaction action;
    return sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// The version of Landlock's interface; -1 without it. The number is the same on all architectures since Linux 5.13.
static inline int shim_landlock_version(void) { return (int)syscall(444, (void *)0, 0UL, 1U); }
