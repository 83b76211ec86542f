internal import CGit2

/// The library's process-wide state.
enum GitLibrary {
    /// Starts libgit2 once and takes every configuration outside the repository away from it.
    ///
    /// The owner of a repository's folder is not checked: the check protects from programs that a
    /// foreign configuration names, and libgit2 starts none.
    static func prepare() {
        _ = isReady
    }

    private static let isReady: Bool = {
        guard git_libgit2_init() > 0 else { return false }
        let levels = [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        ]
        for level in levels {
            guard shim_git_empty_search_path(Int32(level.rawValue)) == 0 else { return false }
        }
        return shim_git_set_owner_validation(0) == 0
    }()
}
