#pragma once
#include "../CLinux/late.h"
#include <git2.h>

/// The functions of libgit2 that are used.
#define SHIM_GIT(F) \
    F(blob_create_from_buffer) F(blob_free) F(blob_lookup) F(blob_rawcontent) F(blob_rawsize) \
    F(branch_name_is_valid) F(commit_author) F(commit_create) F(commit_free) F(commit_lookup) F(commit_message) \
    F(commit_parent_id) F(commit_parentcount) F(commit_tree_id) F(diff_free) F(diff_get_delta) \
    F(diff_num_deltas) F(diff_options_init) F(diff_tree_to_tree) F(error_last) F(fetch_options_init) \
    F(index_add) F(index_entry_stage) F(index_entrycount) F(index_free) F(index_get_byindex) \
    F(index_has_conflicts) F(index_open) F(index_read_tree) F(index_remove) F(index_write) \
    F(index_write_tree_to) F(libgit2_init) F(libgit2_opts) F(merge_base) F(merge_commits) F(merge_file) \
    F(merge_file_input_init) F(merge_file_options_init) F(merge_file_result_free) F(merge_options_init) \
    F(object_free) F(object_lookup) F(object_type) F(odb_free) F(odb_hash) F(odb_object_free) F(odb_read) \
    F(packbuilder_free) F(packbuilder_insert) F(packbuilder_new) F(packbuilder_set_threads) \
    F(packbuilder_write) F(patch_free) F(patch_from_diff) F(patch_line_stats) F(reference_create) \
    F(reference_create_matching) F(reference_free) F(reference_iterator_free) F(reference_iterator_new) \
    F(reference_name_to_id) F(reference_next_name) F(reference_remove) F(remote_create_anonymous) \
    F(remote_fetch) F(remote_free) F(repository_free) F(repository_init_ext) F(repository_init_options_init) \
    F(repository_odb) F(repository_open_bare) F(revwalk_free) F(revwalk_new) F(revwalk_next) F(revwalk_push) \
    F(revwalk_sorting) F(signature_free) F(signature_new) F(tag_target_id) F(tree_entry_byindex) \
    F(tree_entry_filemode_raw) F(tree_entry_id) F(tree_entry_name) F(tree_entry_type) F(tree_entrycount) \
    F(tree_free) F(tree_lookup)

/// libgit2, which is opened with its first use and not linked.
struct shim_git {
#define SHIM_MEMBER(function) __typeof__(git_##function) *function;
    SHIM_GIT(SHIM_MEMBER)
#undef SHIM_MEMBER
};

/// Of the version whose header this is: another one's structures may differ.
static const char *const shim_git_library = "libgit2.so." LIBGIT2_SOVERSION;

/// Fills the table; returns NULL, or what the linker says is missing.
static inline const char *shim_load_git(struct shim_git *table) {
    static const struct shim_late wanted[] = {
#define SHIM_ENTRY(function) {"git_" #function, offsetof(struct shim_git, function)},
        SHIM_GIT(SHIM_ENTRY)
#undef SHIM_ENTRY
    };
    return shim_open_late(shim_git_library, wanted, sizeof wanted / sizeof *wanted, table);
}

/// `git_libgit2_opts` is variadic, which Swift cannot import.
static inline int shim_git_empty_search_path(const struct shim_git *git, int level) {
    return git->libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
}

static inline int shim_git_set_owner_validation(const struct shim_git *git, int enabled) {
    return git->libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}
