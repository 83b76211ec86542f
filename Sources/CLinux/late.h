#pragma once
// For libraries that are opened when they are first needed: see docs/decisions/0009-libraries-opened-late.md.
// Not part of the module CLinux; the headers of such libraries include it.
#include <dlfcn.h>
#include <stddef.h>

/// A function's name in the library, and where its address goes in the table.
struct shim_late {
    const char *name;
    size_t offset;
};

/// Opens a library for the rest of the process's life and fills a table with its functions; returns NULL, or what
/// the linker says is missing.
static inline const char *shim_open_late(const char *library, const struct shim_late *wanted, size_t count,
                                         void *table) {
    void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
    if (!handle)
        return dlerror();
    for (size_t index = 0; index < count; index++) {
        void *function = dlsym(handle, wanted[index].name);
        if (!function)
            return dlerror();
        *(void **)((char *)table + wanted[index].offset) = function;
    }
    return NULL;
}
