package import Core

/// Why a run cannot begin, go on or be delivered.
package enum RunError: ReportableError, Equatable {
    case emptyDescription
    case descriptionTooLong(Int)
    case descriptionHoldsNUL
    case targetTaken(String)
    case targetNoFolder(String, isLink: Bool)
    case targetUnwritable(String, reason: String)
    case unknownStack(String)
    case notFound(String)
    case ambiguous(String, candidates: [String])
    case alreadyEnded(RunID, RunState)
    case alreadyPaused(RunID)
    /// A process drives the run at this moment.
    case stillRunning(RunID)
    /// Nobody drives the run, and it can go on.
    case notEnded(RunID, RunState)
    case treeLost(String)
    case valuesDropped(RunID)
    case mergeConflict(component: String, paths: [String])
    case noFiles(component: String)
    case missingTools([String])
    /// The model that the run began with is not the one that is configured here.
    case modelUnavailable(RunReport.Model, here: RunReport.Model)

    package var kind: FaultKind {
        switch self {
        case .emptyDescription, .descriptionTooLong, .descriptionHoldsNUL, .targetTaken, .targetNoFolder,
            .targetUnwritable, .unknownStack, .ambiguous, .alreadyEnded, .alreadyPaused, .notEnded:
            .usage
        case .notFound, .valuesDropped: .notFound
        case .stillRunning: .busy
        case .treeLost: .damaged
        case .mergeConflict, .noFiles, .missingTools: .unverified
        case .modelUnavailable: .configuration
        }
    }

    package var description: String {
        switch self {
        case .emptyDescription: "the description is empty"
        case .descriptionTooLong(let count):
            "the description has \(count) characters; at most \(RunRequest.descriptionLimit) are allowed"
        case .descriptionHoldsNUL: "the description holds a NUL character"
        case .targetTaken(let folder): "the folder '\(folder.printable)' exists and is not empty"
        case .targetNoFolder(let path, let isLink):
            "'\(path.printable)' is \(isLink ? "a symbolic link" : "a file"), and no folder that could take the result"
        case .targetUnwritable(let folder, let reason): "the folder '\(folder.printable)' cannot be written: \(reason)"
        case .unknownStack(let words): words
        case .notFound(let name): "there is no run '\(name.printable)'"
        case .ambiguous(let name, let candidates):
            "'\(name.printable)' could be any of \(candidates.joined(separator: ", "))"
        case .alreadyEnded(let run, let state): "the run \(run) is \(state.rawValue) already"
        case .alreadyPaused(let run): "the run \(run) is paused already"
        case .stillRunning(let run): "the run \(run) is under way in another process"
        case .notEnded(let run, let state):
            "the run \(run) \(state == .running ? "was interrupted" : "is \(state.rawValue)") and has not ended"
        case .treeLost(let path): "the run's work tree '\(path.printable)' is gone"
        case .valuesDropped(let run): "what the steps of the run \(run) stored was dropped by 'drydock prune'"
        case .mergeConflict(let component, let paths):
            "the work on '\(component.printable)' conflicts with the rest in \(paths.map { "'\($0.printable)'" }.joined(separator: ", "))"
        case .noFiles(let component): "no files were produced for '\(component.printable)'"
        case .missingTools(let tools): "missing on this machine: \(tools.joined(separator: ", "))"
        case .modelUnavailable(let model, let here):
            "the run began with the model '\(model.description.printable)', but here there is '\(here.description.printable)'"
        }
    }

    package var hint: String? {
        switch self {
        case .emptyDescription: "say what to build, e.g. drydock new \"a command line tool in Rust that counts words\""
        case .descriptionTooLong, .descriptionHoldsNUL: "shorten it, or put details into files of the project later"
        case .targetTaken, .targetNoFolder: "name another folder with --into"
        case .targetUnwritable: "name a folder that you may write with --into"
        case .notFound: "'drydock runs' lists the runs"
        case .alreadyEnded: "'drydock retry' starts it again as a new run"
        case .stillRunning: "wait for its end, or end it with 'drydock cancel'"
        case .alreadyPaused, .notEnded: "'drydock resume' goes on with it, 'drydock cancel' ends it"
        case .treeLost: "'drydock retry' starts the run again"
        case .valuesDropped: "'drydock retry' does it again as a new run"
        case .missingTools:
            "'scripts/setup --all' installs the toolchains of all stacks; 'drydock doctor' says which are missing"
        case .unknownStack: "'drydock guides list' shows the stacks that can be built"
        case .modelUnavailable:
            "configure that model again, or begin a new run with the one that is here: 'drydock new'"
        case .ambiguous: "type more of the name; 'drydock runs' lists the runs"
        case .mergeConflict, .noFiles: "'drydock show' says which steps led there; 'drydock retry' starts the run again"
        }
    }
}
