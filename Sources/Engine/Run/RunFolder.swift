package import Core

/// Where a run keeps its files while it is under way; all of it goes when the run has ended.
package struct RunFolder: Sendable, Equatable {
    /// `<state>/runs/<run>`.
    package let path: String

    package init(runs: String, run: RunID) {
        path = runs + "/" + run.description
    }

    /// The main work tree, with the run's repository in it.
    package var tree: String { path + "/tree" }

    /// The home folder that all commands of the run share.
    package var home: String { path + "/home" }

    /// The work tree of one component's crew.
    package func worktree(_ component: String) -> String { path + "/crews/" + component }
}
