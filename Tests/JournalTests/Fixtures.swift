import Core
import Foundation
import Journal
import Synchronization
import TestSupport

/// A run's name that is the same in every test run.
func runID(_ number: Int) -> RunID {
    RunID(milliseconds: 1_700_000_000_000 + Int64(number), random: UInt64(number))
}

/// A clock that a test moves by hand.
final class ManualClock: WallClock {
    private let now: Mutex<Int64>

    init(_ start: Int64 = 1_700_000_000_000) {
        now = Mutex(start)
    }

    var milliseconds: Int64 { now.withLock(\.self) }

    func advance(by duration: Duration) {
        now.withLock { $0 += duration.milliseconds }
    }
}

/// A living process that is certainly not this one: the parent of all others.
let otherLivingProcess = identity(process: 1, start: startTime(of: 1))

/// A process of this machine that has ended: its number, if it is used at all, belongs to another one.
let deadProcess = identity(process: ProcessInfo.processInfo.processIdentifier, start: 1)

func identity(process: Int32, start: UInt64) -> ProcessIdentity {
    let here = ProcessIdentity.current
    return ProcessIdentity(
        machine: here.machine,
        boot: here.boot,
        space: here.space,
        process: process,
        start: start
    )
}

private func startTime(of process: Int32) -> UInt64 {
    let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 19 ? UInt64(fields[19]) ?? 0 : 0
}

var journalPath: String { TemporaryDirectory.current.appending(path: "journal.db").path }

func openStore() async throws -> SQLiteJournal {
    try await SQLiteJournal(path: journalPath)
}

/// A run with its first event and a lease of this process.
func startRun(_ store: any JournalStore, _ number: Int = 1, at: Int64 = 1_000) async throws -> Lease {
    let run = runID(number)
    try await store.createRun(run, at: at, first: [EventDraft(.runCreated, body: ["title": "t"])], blobs: [])
    return try await store.acquireLease(on: run, owner: .current, duration: .seconds(30), at: at)
}

/// A live journal on a fresh run.
func startJournal(
    _ store: any JournalStore,
    _ number: Int = 1,
    redactor: Redactor = .none
) async throws -> RunJournal {
    let lease = try await startRun(store, number, at: SystemClock().milliseconds)
    return try await RunJournal(store: store, run: lease.run, lease: lease, redactor: redactor)
}

/// The journal as a process sees it that takes the run over after this one died.
func reopened(
    _ journal: RunJournal,
    in store: (any JournalStore)? = nil,
    mode: RunJournal.Mode = .live
) async throws -> RunJournal {
    try await journal.release()
    let store = store ?? journal.store
    let now = SystemClock().milliseconds
    let lease =
        mode == .replay
        ? nil : try await store.acquireLease(on: journal.run, owner: .current, duration: .seconds(30), at: now)
    return try await RunJournal(store: store, run: journal.run, lease: lease, mode: mode)
}

/// Counts calls from many tasks.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock(\.self) }

    @discardableResult
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}

extension StepPath: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) {
        self.init(value)
    }
}
