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

    /// The home folder of the commands that make the first files in the main tree.
    package var home: String { path + "/home" }

    /// The home folder of one crew's commands.
    ///
    /// Tools read settings and start-up files from their home. What a crew's commands leave there must not have a
    /// say in the checks of the main tree, nor in another crew's.
    package func home(of component: String) -> String { path + "/home-" + component }

    /// The home folder of the commands that verify one component in the main tree.
    ///
    /// What the tests of one component leave in theirs must not decide about another one.
    package func verificationHome(of component: String) -> String { path + "/verify-" + component }

    /// Where one call of an agent has its work tree and its home, while it lasts.
    package func agent(_ name: String) -> String { path + "/agents/" + name }

    /// The work tree of one component's crew.
    package func worktree(_ component: String) -> String { path + "/crews/" + component }
}
