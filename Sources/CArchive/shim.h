#pragma once
#include "../CLinux/late.h"
#include <archive.h>
#include <archive_entry.h>

/// The C library hides this call from Swift.
extern int syncfs(int descriptor);

/// The functions of libarchive that are used.
#define SHIM_ARCHIVE(F) \
    F(entry_clear) F(entry_copy_pathname) F(entry_copy_symlink) F(entry_filetype) F(entry_free) \
    F(entry_hardlink) F(entry_new) F(entry_pathname) F(entry_perm) F(entry_set_filetype) F(entry_set_gid) \
    F(entry_set_mtime) F(entry_set_perm) F(entry_set_size) F(entry_set_uid) F(entry_size) F(entry_symlink) \
    F(error_string) F(read_data) F(read_data_block) F(read_free) F(read_new) F(read_next_header) F(read_open) \
    F(read_open_memory) F(read_support_filter_zstd) F(read_support_format_raw) F(read_support_format_tar) \
    F(write_add_filter_zstd) F(write_close) F(write_data) F(write_free) F(write_header) F(write_new) \
    F(write_open) F(write_set_bytes_in_last_block) F(write_set_bytes_per_block) F(write_set_filter_option) \
    F(write_set_format_pax_restricted) F(write_set_format_raw)

/// libarchive, which is opened with its first use and not linked.
struct shim_archive {
#define SHIM_MEMBER(function) __typeof__(archive_##function) *function;
    SHIM_ARCHIVE(SHIM_MEMBER)
#undef SHIM_MEMBER
};

static const char *const shim_archive_library = "libarchive.so.13";

/// Fills the table; returns NULL, or what the linker says is missing.
static inline const char *shim_load_archive(struct shim_archive *table) {
    static const struct shim_late wanted[] = {
#define SHIM_ENTRY(function) {"archive_" #function, offsetof(struct shim_archive, function)},
        SHIM_ARCHIVE(SHIM_ENTRY)
#undef SHIM_ENTRY
    };
    return shim_open_late(shim_archive_library, wanted, sizeof wanted / sizeof *wanted, table);
}
