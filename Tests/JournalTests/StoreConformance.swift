import Core
import HashKit
import Journal
import Testing

/// What every driver of `JournalStore` keeps; a test calls each function with a fresh store.
struct StoreConformance {
    let store: any JournalStore

    /// All checks, each on runs of its own.
    static let checks: [(name: String, run: @Sendable (StoreConformance) async throws -> Void)] = [
        ("creates a run once", { try await $0.createsOnce() }),
        ("gives events back as they were appended", { try await $0.roundTrip() }),
        ("pages through events", { try await $0.paging() }),
        ("appends all events of a call or none", { try await $0.atomicity() }),
        ("refuses events without a lease, but not requests", { try await $0.leaseNeeded() }),
        ("gives a run to one owner at a time", { try await $0.oneOwner() }),
        ("takes over from the dead and the expired", { try await $0.takeOver() }),
        ("refuses an owner that was replaced", { try await $0.fencing() }),
        ("keeps each value once and checks it", { try await $0.blobs() }),
        ("lists runs with their latest marks", { try await $0.marks() }),
        ("appends concurrently without gaps", { try await $0.concurrency() }),
        ("changes its mark with each request", { try await $0.controlMark() }),
        ("drops old values and no event", { try await $0.retention() }),
        ("does not know other runs", { try await $0.unknownRun() }),
    ]

    func createsOnce() async throws {
        let lease = try await startRun(store)
        await #expect(throws: JournalError.runExists(lease.run)) { _ = try await startRun(store) }
        #expect(try await store.events(of: lease.run).map(\.kind) == [.runCreated])
    }

    func roundTrip() async throws {
        let lease = try await startRun(store)
        let value = Array("a value".utf8)
        let draft = EventDraft(
            EventKind("test.all"),
            step: "a/b c\n/é",
            input: .sha256(of: "in"),
            result: .sha256(of: value),
            body: [
                "text": "\"\\\n\t\u{1}é🦊\u{7f}", "n": 5, "min": .integer(.min), "d": .number(0.1), "t": true,
                "none": nil, "list": [1, [2, [:]], []],
            ]
        )
        let appended = try await store.append([draft], blobs: [NamedValue(value)], to: lease.run, at: 77, under: lease)
        let read = try await store.events(of: lease.run)
        #expect(read.dropFirst() == appended[...])
        let event = try #require(read.last)
        #expect(
            EventDraft(event.kind, step: event.step, input: event.input, result: event.result, body: event.body)
                == draft
        )
        #expect(event.at == 77)
        #expect(event.sequence == 2)
        #expect(try await store.verify(nil).isEmpty)
    }

    func paging() async throws {
        let lease = try await startRun(store)
        let drafts = (0..<20).map { EventDraft(EventKind("test.\($0)")) }
        try await store.append(drafts, blobs: [], to: lease.run, at: 2, under: lease)
        let page = try await store.events(of: lease.run, after: 5, limit: 4)
        #expect(page.map(\.sequence) == [6, 7, 8, 9])
        #expect(try await store.events(of: lease.run, after: 21, limit: 4).isEmpty)
    }

    func atomicity() async throws {
        let lease = try await startRun(store)
        let large = EventDraft(EventKind("test.large"), body: .string(String(repeating: "x", count: 400)))
        let error = await #expect(throws: JournalError.self) {
            try await store.append([EventDraft(EventKind("a")), large], blobs: [], to: lease.run, at: 2, under: lease)
        }
        #expect(error?.kind == .internalFault)
        await #expect(throws: JournalError.blobWithoutEvent(.sha256(of: [1]))) {
            try await store.append(
                [EventDraft(EventKind("a"))],
                blobs: [NamedValue([1])],
                to: lease.run,
                at: 2,
                under: lease
            )
        }
        #expect(try await store.events(of: lease.run).count == 1)
    }

    func leaseNeeded() async throws {
        let lease = try await startRun(store)
        let other = try await startRun(store, 2)
        for wrong in [nil, other] {
            await #expect(throws: JournalError.leaseNeeded(.stepBegan)) {
                try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: wrong)
            }
        }
        try await store.request(.pause, of: lease.run, at: 3)
        #expect(try await store.controlEvents(of: lease.run, after: 0).map(\.kind) == [.controlPause])
        #expect(try await store.controlEvents(of: lease.run, after: 2).isEmpty)
    }

    func oneOwner() async throws {
        let lease = try await startRun(store, at: 1_000)
        for owner in [ProcessIdentity.current, otherLivingProcess] {
            let error = await #expect(throws: JournalError.self) {
                try await store.acquireLease(on: lease.run, owner: owner, duration: .seconds(30), at: 2_000)
            }
            #expect(error?.kind == .busy)
        }
        #expect(try await store.holder(of: lease.run, at: 2_000) == .current)
        try await store.release(lease)
        #expect(try await store.holder(of: lease.run, at: 2_000) == nil)
        let next = try await store.acquireLease(
            on: lease.run,
            owner: otherLivingProcess,
            duration: .seconds(30),
            at: 2_000
        )
        #expect(next.token > lease.token)
        try await store.release(lease)
        #expect(try await store.holder(of: lease.run, at: 2_000) == otherLivingProcess)
    }

    func takeOver() async throws {
        let lease = try await startRun(store)
        try await store.release(lease)
        let long = Duration.seconds(3_600)
        _ = try await store.acquireLease(on: lease.run, owner: deadProcess, duration: long, at: 1_000)
        let second = try await store.acquireLease(on: lease.run, owner: otherLivingProcess, duration: long, at: 1_001)
        let renewed = try await store.renew(second, at: 2_000)
        #expect(renewed.expires == 2_000 + 3_600_000)
        await #expect(throws: JournalError.self) {
            try await store.acquireLease(on: lease.run, owner: .current, duration: long, at: renewed.expires - 1)
        }
        let third = try await store.acquireLease(on: lease.run, owner: .current, duration: long, at: renewed.expires)
        await #expect(throws: JournalError.leaseLost(lease.run)) { _ = try await store.renew(renewed, at: 3) }
        _ = try await store.renew(third, at: renewed.expires + 1)
    }

    func fencing() async throws {
        let old = try await startRun(store, at: 1_000)
        let new = try await store.acquireLease(
            on: old.run,
            owner: otherLivingProcess,
            duration: .seconds(30),
            at: old.expires
        )
        let error = await #expect(throws: JournalError.self) {
            try await store.append([EventDraft(.stepBegan)], blobs: [], to: old.run, at: 2, under: old)
        }
        #expect(error == .leaseLost(old.run))
        #expect(error?.kind == .busy)
        try await store.append([EventDraft(.stepBegan)], blobs: [], to: old.run, at: 2, under: new)
        #expect(try await store.events(of: old.run).count == 2)
    }

    func blobs() async throws {
        let lease = try await startRun(store)
        let values = [[], [0], [UInt8](repeating: 7, count: 100_000), Array(0...255)]
        for value in values + values {
            let draft = EventDraft(EventKind("test"), result: .sha256(of: value))
            try await store.append([draft], blobs: [NamedValue(value)], to: lease.run, at: 2, under: lease)
        }
        for value in values {
            #expect(try await store.blob(.sha256(of: value)) == value)
        }
        let unknown = Digest.sha256(of: "unknown")
        await #expect(throws: JournalError.blobMissing(unknown)) { try await store.blob(unknown) }
    }

    func marks() async throws {
        for number in 1...5 {
            let lease = try await startRun(store, number)
            let drafts: [EventDraft] = [
                EventDraft(.runResumed), EventDraft(EventKind("test")),
                EventDraft(.runResumed, body: ["n": .integer(Int64(number))]),
                EventDraft(.runResumed, step: "a"),
            ]
            try await store.append(drafts, blobs: [], to: lease.run, at: 5, under: lease)
        }
        let marks = try await store.latest(kinds: [.runResumed, .runCreated, .runFailed], limit: 2, before: runID(5))
        #expect(marks.map(\.run) == [runID(4), runID(3)])
        #expect(marks.first?.events.map(\.kind) == [.runCreated, .runResumed])
        #expect(marks.first?[.runResumed]?.body["n"] == 4)
        #expect(marks.first?[.runFailed] == nil)
        #expect(try await store.latest(kinds: [.runFailed], limit: nil, before: nil).count == 5)
        #expect(try await store.runs(limit: nil, before: nil) == (1...5).reversed().map(runID))
        #expect(try await store.runs(limit: 1, before: runID(3)) == [runID(2)])
    }

    func concurrency() async throws {
        let lease = try await startRun(store)
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask { [store] in
                    for number in 0..<50 {
                        let value = Array("\(task) \(number % 5)".utf8)
                        let draft = EventDraft(EventKind("test"), step: StepPath("\(task)"), result: .sha256(of: value))
                        let pair = [draft, draft]
                        let events = try await store.append(
                            pair,
                            blobs: [NamedValue(value)],
                            to: lease.run,
                            at: 2,
                            under: lease
                        )
                        #expect(events.count == 2)
                        #expect(events.first.map { $0.sequence + 1 } == events.last?.sequence)
                    }
                }
            }
            try await group.waitForAll()
        }
        let events = try await store.events(of: lease.run)
        #expect(events.map(\.sequence) == Array(1...801))
        #expect(try await store.verify(lease.run).isEmpty)
    }

    func controlMark() async throws {
        let lease = try await startRun(store)
        let before = try await store.controlMark(notOlderThan: .zero)
        try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        #expect(try await store.controlMark(notOlderThan: .zero) == before)
        try await store.append([EventDraft(.controlPause)], blobs: [], to: lease.run, at: 3, under: nil)
        // A commit of this process is seen at once, however old the number may be.
        let after = try await store.controlMark(notOlderThan: .seconds(60))
        #expect(after != before)
        #expect(try await store.controlMark(notOlderThan: .zero) == after)
    }

    func retention() async throws {
        let shared = Array("shared".utf8)
        let own = Array("own".utf8)
        let mark = Array("what a report is made of".utf8)
        var old = try await startRun(store, 1, at: 1_000)
        let young = try await startRun(store, 2, at: 9_000)
        for (lease, values) in [(old, [shared, own]), (young, [shared])] {
            let drafts = values.map { EventDraft(EventKind("test"), step: StepPath("a"), result: .sha256(of: $0)) }
            try await store.append(
                drafts,
                blobs: values.map(NamedValue.init),
                to: lease.run,
                at: lease.expires - 30_000,
                under: lease
            )
        }
        let input = Array("a kept input".utf8)
        let began = [EventDraft(.stepBegan, step: StepPath("b"), input: .sha256(of: input))]
        try await store.append(began, blobs: [NamedValue(input)], to: old.run, at: old.expires - 30_000, under: old)
        let marks = [EventDraft(EventKind("mark"), result: .sha256(of: mark))]
        try await store.append(marks, blobs: [NamedValue(mark)], to: old.run, at: old.expires - 30_000, under: old)
        // It can still go on, and needs its values for that.
        for kind in [EventKind.runResumed, .runPaused, .runParked] {
            try await store.append([EventDraft(kind)], blobs: [], to: old.run, at: 1_000, under: old)
            try await store.release(old)
            #expect(try await store.dropBlobs(ofRunsBefore: 5_000, at: 9_000, dryRun: false).runs.isEmpty)
            old = try await store.acquireLease(on: old.run, owner: .current, duration: .seconds(30), at: 1_000)
        }
        try await store.append([EventDraft(.runCompleted)], blobs: [], to: old.run, at: 1_000, under: old)
        #expect(try await store.dropBlobs(ofRunsBefore: 5_000, at: 9_000, dryRun: true).runs.isEmpty)
        try await store.release(old)
        for dryRun in [true, false] {
            let dropped = try await store.dropBlobs(ofRunsBefore: 5_000, at: 9_000, dryRun: dryRun)
            #expect(dropped.runs == [old.run])
            #expect(dropped.blobs == 2)
            #expect(dropped.bytes == Int64(own.count + input.count))
        }
        #expect(try await store.blob(.sha256(of: shared)) == shared)
        #expect(try await store.blob(.sha256(of: mark)) == mark)
        await #expect(throws: JournalError.blobMissing(.sha256(of: own))) { try await store.blob(.sha256(of: own)) }
        #expect(
            try await store.events(of: old.run).map(\.kind.rawValue) == [
                "run.created", "test", "test", "step.began", "mark", "run.resumed", "run.paused", "run.parked",
                "run.completed",
                "run.pruned",
            ]
        )
        #expect(try await store.verify(nil).isEmpty)
        #expect(try await store.dropBlobs(ofRunsBefore: 10_000, at: 10_000, dryRun: false).runs.isEmpty)
    }

    func unknownRun() async throws {
        let run = runID(77)
        let unknown = JournalError.runUnknown(run)
        await #expect(throws: unknown) { try await store.events(of: run) }
        await #expect(throws: unknown) { try await store.request(.cancel, of: run, at: 1) }
        await #expect(throws: unknown) { try await store.verify(run) }
        await #expect(throws: unknown) { try await store.holder(of: run, at: 1) }
        await #expect(throws: unknown) {
            try await store.acquireLease(on: run, owner: .current, duration: .seconds(1), at: 1)
        }
        #expect(try await store.verify(nil).isEmpty)
    }
}
