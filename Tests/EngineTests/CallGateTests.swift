import Core
import Engine
import Foundation
import Journal
import JournalTesting
import Models
import Synchronization
import TestSupport
import Testing

/// Calls pass in small numbers through what comes before a model is asked, and in any number after it.
@Suite("Many calls at once", .tags(.medium), .temporaryDirectory)
struct CallGateTests {
    /// More than may prepare their questions at a time.
    private static let crowd = 400

    @Test("are all under way together: who waits for an answer keeps nobody else from asking", .timeLimit(.minutes(2)))
    func together() async throws {
        let model = Roundtable(seats: Self.crowd)
        let caller = ModelCaller(ofNew: try await journal(), model: model)
        try await withThrowingTaskGroup { group in
            for number in 0..<Self.crowd {
                group.addTask { _ = try await caller.call(Self.request(number), at: StepPath("call-\(number)")) }
            }
            try await group.waitForAll()
        }
        #expect(model.seated == Self.crowd)
    }

    @Test("are prepared by no more than so many at a time", .timeLimit(.minutes(2)))
    func width() async throws {
        let store = SlowStore(try await SQLiteJournal(path: TemporaryDirectory.current.path + "/slow.sqlite"))
        // None of them is answered before all have begun, so what is counted is intents.
        let caller = ModelCaller(ofNew: try await journal(in: store), model: Roundtable(seats: Self.crowd))
        try await withThrowingTaskGroup { group in
            for number in 0..<Self.crowd {
                group.addTask { _ = try await caller.call(Self.request(number), at: StepPath("call-\(number)")) }
            }
            while store.most < CallGate.width { try await Task.sleep(for: .milliseconds(5)) }
            #expect(store.most == CallGate.width)
            group.cancelAll()
            while (await group.nextResult()) != nil {}
        }
    }

    @Test(
        "leave room for the next ones, whether they fail, are recorded already or are cancelled",
        .timeLimit(.minutes(2))
    )
    func room() async throws {
        let journal = try await journal()
        let failing = ModelCaller(ofNew: journal, model: ScriptedProvider([:]))
        for number in 0..<Self.crowd {
            await #expect(throws: ScriptedProvider.Unscripted.self) {
                try await failing.call(Self.request(number), at: StepPath("failing-\(number)"))
            }
        }
        let answering = ModelCaller(
            ofNew: journal,
            model: ScriptedProvider(["review": [.text("{}")]], repeatsLast: true)
        )
        for _ in 0..<Self.crowd {
            _ = try await answering.call(Self.request(0), at: StepPath("recorded"))
        }
        let waiting = ModelCaller(ofNew: journal, model: Roundtable(seats: .max))
        for number in 0..<Self.crowd {
            let call = Task { try await waiting.call(Self.request(number), at: StepPath("cancelled-\(number)")) }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
        }
        #expect(try await answering.call(Self.request(1), at: StepPath("last")).text == "{}")
    }

    private static func request(_ number: Int) -> ModelRequest {
        ModelRequest(contract: "review", instructions: "", input: ["number": .integer(Int64(number))], schema: [:])
    }

    private func journal() async throws -> RunJournal {
        try await journal(in: SQLiteJournal(path: TemporaryDirectory.current.path + "/journal.sqlite"))
    }

    private func journal(in store: some JournalStore) async throws -> RunJournal {
        let now = SystemClock().milliseconds
        let run = RandomIdentifiers().nextRun(at: now)
        try await store.createRun(run, at: now, first: [EventDraft(.runCreated)], blobs: [])
        let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(300), at: now)
        return try await RunJournal(store: store, run: run, lease: lease)
    }
}

/// A model that answers nobody until all are there.
private final class Roundtable: ModelProvider {
    let identity = ModelIdentity(provider: "roundtable", name: "roundtable")
    private let seats: Int
    private let taken = Atomic(0)

    init(seats: Int) { self.seats = seats }

    var seated: Int { taken.load(ordering: .relaxed) }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        taken.add(1, ordering: .relaxed)
        while seated < seats { try await Task.sleep(for: .milliseconds(5)) }
        return ModelReply(text: "{}")
    }
}

/// A store whose appends take a while, so that those that wait together can be counted.
private final class SlowStore: ForwardingStore {
    let base: any JournalStore
    private let inside = Mutex((now: 0, most: 0))

    init(_ base: any JournalStore) { self.base = base }

    var most: Int { inside.withLock(\.most) }

    func append(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        inside.withLock { inside in
            inside.now += 1
            inside.most = max(inside.most, inside.now)
        }
        defer { inside.withLock { $0.now -= 1 } }
        try await Task.sleep(for: .milliseconds(50))
        return try await base.append(drafts, blobs: blobs, to: run, at: at, under: lease)
    }
}
