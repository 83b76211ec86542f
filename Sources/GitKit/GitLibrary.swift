internal import CGit2

/// The functions of libgit2, to be called behind ``GitLibrary/prepare()``.
nonisolated(unsafe) let libgit2 = unsafe GitLibrary.opened.functions

/// The library itself, opened with its first use, and its process-wide state.
enum GitLibrary {
    /// Starts libgit2 once and takes every configuration outside the repository away from it.
    ///
    /// The owner of a repository's folder is not checked: the check protects from programs that a
    /// foreign configuration names, and libgit2 starts none.
    ///
    /// - Throws: What keeps the library from working here, the same each time.
    static func prepare() throws(GitError) {
        if let problem = unsafe opened.problem { throw GitError(.start, code: -1, message: problem) }
    }

    fileprivate nonisolated(unsafe) static let opened: (functions: shim_git, problem: String?) = {
        var functions = shim_git()
        let missing = unsafe shim_load_git(&functions)
        let problem = unsafe missing.map { unsafe String(cString: $0) } ?? start(&functions)
        return (functions, problem)
    }()

    private static func start(_ functions: inout shim_git) -> String? {
        guard functions.libgit2_init() > 0 else { return "its initialization failed" }
        let levels = [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        ]
        for level in levels {
            guard unsafe shim_git_empty_search_path(&functions, Int32(level.rawValue)) == 0 else {
                return "it cannot be kept from reading configuration outside of the repository"
            }
        }
        return unsafe shim_git_set_owner_validation(&functions, 0) == 0 ? nil : "it insists on the owner of folders"
    }
}
