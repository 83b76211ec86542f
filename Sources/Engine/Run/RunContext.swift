internal import Core
internal import Journal
internal import Models
internal import Sandbox
internal import Warehouse

/// What all parts of one run share while this process drives it.
struct RunContext: Sendable {
    let run: RunID
    let inputs: RunInputs
    /// The model that the run began with; in a replay another one may be configured here.
    let model: ModelIdentity
    let journal: RunJournal
    let parts: EngineParts
    /// The guides, flakes and skills that the run began with.
    let warehouse: Warehouse
    let folder: RunFolder
    let ledger: BudgetLedger
    let marks: MarkBook
    let caller: ModelCaller
    let locks = LockSweep()

    var request: RunRequest { inputs.request }

    /// Records what a person or a report wants to know; the same thing is not recorded twice.
    func note(_ kind: EventKind, at step: StepPath? = nil, _ payload: some Encodable & Sendable) async throws {
        try await marks.note(kind, at: step, JSONValue(encoding: payload))
    }

    /// What was last noted of a kind at a step; `nil` when nothing was.
    func noted<Mark: Decodable>(_ kind: EventKind, at step: StepPath, as type: Mark.Type) async throws -> Mark? {
        try await marks.noted(kind, at: step)?.decoded(as: type)
    }
}
