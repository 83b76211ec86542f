internal import Core
internal import Models
internal import Sandbox
internal import Snapshots
internal import Warehouse
internal import Workspace

/// What the phases of one branch of a run have found out so far.
struct CrewScope: Sendable {
    var plan: Plan?
    /// The run's main tree; `nil` before the repository is made.
    var main: TreeKeeper?
    /// The component whose crew this scope belongs to; `nil` outside the fan-out.
    var crew: CrewState?
    /// The crews when they have ended, in the plan's order.
    var crews: [CrewState] = []
    var verification: VerifyMark?
    /// The first command of the last verification that did not pass.
    var failedVerification: StepPath?
    var verdict: VerdictMark?
    /// Whether every gate so far was passed; `nil` before the first.
    var gatePassed: Bool?
    var snapshot: SnapshotRecord?
}

extension CrewScope {
    /// The command because of which the result is not verified, if it was one.
    var failedCommand: StepPath? { failedVerification ?? crews.lazy.compactMap { $0.failedCheck }.first }
}

/// One component and what its crew has made of it.
struct CrewState: Sendable {
    let component: PlannedComponent
    let folder: ProjectPath
    let guide: Guide
    let names: ProjectNames
    let keeper: TreeKeeper
    /// `nil` until it is entered.
    var toolchain: ChosenToolchain?
    /// What the scaffold made, or why there is none.
    var scaffold = ScaffoldOutcome.none
    var workers: [WorkerRole] = []
    /// The commands that workers of the last round asked for.
    var requested: [[String]] = []
    var checks: [CommandOutcome] = []
    /// The command of the last check that did not pass.
    var failedCheck: StepPath?
    var review: Review?
    /// Paths on which the workers did not agree in the last chat; the tree holds the first author's version.
    var conflicts: [String] = []

    /// What the workers are told at the beginning of a chat: what the last review and the last chat left to do.
    var feedback: [String] {
        let open = conflicts.map { "'\($0)' was left in conflict; agree on one version and write the whole file." }
        return (review.map { [$0.feedback] } ?? []) + open
    }

    var checksPassed: Bool { !checks.isEmpty && checks.allSatisfy { $0.succeeded } }
    var accepted: Bool { review?.accepted == true && checksPassed && conflicts.isEmpty }
}

/// How a component's first files came about.
enum ScaffoldOutcome: Codable, Equatable, Sendable {
    case none
    case made(files: [String])
    case generated(because: String)
}
