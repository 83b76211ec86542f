#pragma once
#include <git2.h>

/// `git_libgit2_opts` is variadic, which Swift cannot import.
static inline int shim_git_empty_search_path(int level) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
}

static inline int shim_git_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}
