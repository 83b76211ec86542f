import Core
import Foundation
import GitKit
import TestSupport
import Workspace

/// A clock that stands still, so that the same work gives the same commits.
struct FixedClock: WallClock {
    let milliseconds: Int64 = 1_700_000_000_000
}

/// The real git program, as a second opinion.
@discardableResult
func git(_ arguments: String..., in folder: String) throws -> String {
    let outcome = try ChildProgram.run(
        "/usr/bin/git",
        arguments,
        environment: [
            "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C",
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            "GIT_AUTHOR_NAME": "Somebody", "GIT_AUTHOR_EMAIL": "s@example.org",
            "GIT_COMMITTER_NAME": "Somebody", "GIT_COMMITTER_EMAIL": "s@example.org",
        ],
        folder: folder,
        together: true
    )
    guard outcome.status == 0 else { throw ProgramError(arguments, outcome) }
    return outcome.output
}

/// A program that failed, and what it said.
struct ProgramError: Error {
    let arguments: [String]
    let status: Int32
    let output: String

    init(_ arguments: [String], _ outcome: ProgramOutcome) {
        self.arguments = arguments
        status = outcome.status
        output = outcome.output
    }
}

/// Runs shell lines in a tree, as a hostile command of a project would.
func shell(_ lines: String, in folder: String) throws {
    let outcome = try ChildProgram.run("/bin/sh", ["-ec", lines], folder: folder, together: true)
    guard outcome.status == 0 else { throw ProgramError([lines], outcome) }
}

/// A new workspace in the test's own folder.
func makeWorkspace(_ name: String = "project") async throws -> Workspace {
    try await Workspace.create(at: TemporaryDirectory.current.path + "/" + name, clock: FixedClock())
}

extension WorkTree {
    @discardableResult
    func save(_ message: String = "Work", step: String = "step") async throws -> CommitOutcome {
        try await commitAll(
            message: message,
            trailers: [Trailer(Trailer.run, "r1"), Trailer(Trailer.step, step)],
            refusing: .none
        )
    }

    func put(_ path: String, _ text: String, executable: Bool = false) async throws {
        try await write(ProjectPath(path), Array(text.utf8), executable: executable)
    }

    func text(_ path: String) async throws -> String? {
        try await read(ProjectPath(path)).map { String(decoding: $0.content, as: UTF8.self) }
    }

    /// What git's own program says about the tree: nothing when all is well.
    func opinion() throws -> String {
        try git("status", "--porcelain=v1", in: path) + git("fsck", "--strict", "--no-dangling", in: path)
    }
}
