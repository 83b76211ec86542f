import Core
import Foundation
import Models
import TestSupport
import Testing

@Suite("A circuit breaker", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(5)))
struct CircuitBreakerTests {
    private struct Down: Error {}

    private let time = ScriptedTime()
    private let notices = Notices()
    private let model = ModelIdentity(provider: "a", name: "org/model:7b")

    /// A breaker of its own over the test's folder, as another process would have it.
    private func breaker() -> CircuitBreaker {
        let folder = TemporaryDirectory.current.appending(path: "state/breakers").path
        return CircuitBreaker(FileBreakerStore(folder: folder), clock: time)
    }

    private func fail(_ breaker: CircuitBreaker, _ count: Int = 1) async {
        for _ in 0..<count { _ = try? await call(breaker) { throw Down() } }
    }

    @discardableResult
    private func call(_ breaker: CircuitBreaker, _ body: () async throws -> Int = { 1 }) async throws -> Int {
        func judge(_ error: any Error) -> CircuitBreaker.Verdict { error is Down ? .fails(reason: "down") : .unknown }
        return try await breaker.run(model, notices.observer, judging: judge, body)
    }

    private func isRefused(_ breaker: CircuitBreaker) async -> Bool {
        do {
            try await call(breaker)
            return false
        } catch {
            return error is CircuitBreaker.Open
        }
    }

    @Test("opens with the fifth failure in a row, for 60 s")
    func opens() async throws {
        let breaker = breaker()
        await fail(breaker, 4)
        #expect(try await call(breaker) == 1)
        await fail(breaker, 4)
        #expect(notices.all.isEmpty)
        let start = time.milliseconds
        await fail(breaker)
        #expect(notices.kinds == [.breakerOpened])
        #expect(notices.all.first?.description == "'a/org/model:7b' is left alone for a while: down")
        let open = await #expect(throws: CircuitBreaker.Open.self) { try await call(breaker) }
        #expect(open?.until == start + 60_000 && open?.reason == "down")
        await #expect(throws: CircuitBreaker.Open.self) { try await breaker.check(model, .none) }
        time.advance(by: 59_999)
        #expect(await isRefused(breaker))
        time.advance(by: 1)
        #expect(await !isRefused(breaker))
        #expect(notices.kinds == [.breakerOpened, .breakerClosed])
        await fail(breaker, 4)
        #expect(await !isRefused(breaker))
    }

    @Test("opens again when the trial fails")
    func trialFails() async throws {
        let breaker = breaker()
        await fail(breaker, 5)
        time.advance(by: 60_000)
        await fail(breaker)
        #expect(await isRefused(breaker))
        #expect(notices.kinds == [.breakerOpened, .breakerOpened])
        time.advance(by: 60_000)
        #expect(await !isRefused(breaker))
    }

    @Test("lets one of many calls through when it is half open, of one process and of several", arguments: [1, 2])
    func probe(processes: Int) async throws {
        let breakers = (0..<processes).map { _ in breaker() }
        await fail(breakers[0], 5)
        time.advance(by: 60_000)
        let gate = Gate()
        let passed = Counter()
        let refused = Counter()
        await withTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    do {
                        try await self.call(breakers[number % processes]) {
                            passed.add()
                            await gate.wait()
                            return 1
                        }
                    } catch {
                        refused.add()
                    }
                }
            }
            await until { passed.value + refused.value == 20 }
            #expect(passed.value == 1 && refused.value == 19)
            gate.open()
        }
        #expect(notices.kinds == [.breakerOpened, .breakerClosed])
        for breaker in breakers { #expect(await !isRefused(breaker)) }
    }

    @Test("is the same for all processes, and outlives them")
    func restart() async throws {
        await fail(breaker(), 3)
        await fail(breaker(), 2)
        let other = breaker()
        #expect(await isRefused(other))
        let states = try await other.states()
        #expect(states.map(\.record.model) == [model] && states.map(\.record.failures) == [5])
        #expect(states.map(\.state) == [.open(until: time.milliseconds + 60_000)])
        time.advance(by: 60_000)
        #expect(try await other.states().map(\.state) == [.halfOpen])
        try await call(other)
        #expect(try await breaker().states().map(\.state) == [.closed])
    }

    @Test("is not held up by a process that died amid its trial")
    func deadProcess() async throws {
        let breaker = breaker()
        await fail(breaker, 5)
        time.advance(by: 60_000)
        let folder = TemporaryDirectory.current.appending(path: "state/breakers").path
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let name = try #require(names.first { $0.hasSuffix(".json") })
        let probe = folder + "/" + name.dropLast(5) + ".probe"
        let ready = TemporaryDirectory.current.appending(path: "ready").path
        // One process that starts no other: a child would hold the lock a moment longer.
        let script = """
            import fcntl, sys, time
            file = open(sys.argv[1], "w")
            fcntl.flock(file, fcntl.LOCK_EX)
            open(sys.argv[2], "w").close()
            time.sleep(600)
            """
        let null = "/dev/null"
        let holder = try ChildProgram("python3", ["-c", script, probe, ready], streams: (null, null, null))
        await until { FileManager.default.fileExists(atPath: ready) }
        #expect(await isRefused(breaker))
        holder.send(SIGKILL)
        _ = await holder.status()
        #expect(await !isRefused(breaker))
    }

    @Test("stays half open after a trial that says nothing, such as a cancelled one")
    func unknown() async throws {
        let breaker = breaker()
        await fail(breaker, 5)
        time.advance(by: 60_000)
        for _ in 0..<3 {
            await #expect(throws: CancellationError.self) { try await call(breaker) { throw CancellationError() } }
        }
        #expect(try await breaker.states().map(\.state) == [.halfOpen])
        #expect(await !isRefused(breaker))
    }

    @Test("forgets failures that are long ago, and takes an end far away for that of a clock set back")
    func memory() async throws {
        let breaker = breaker()
        await fail(breaker, 4)
        time.advance(by: 600_001)
        await fail(breaker)
        #expect(await !isRefused(breaker))
        await fail(breaker, 5)
        #expect(await isRefused(breaker))
        time.advance(by: -86_400_000)
        #expect(await !isRefused(breaker))
    }

    @Test("is closed when its file is damaged, and says so once")
    func damaged() async throws {
        let first = breaker()
        await fail(first, 5)
        let folder = TemporaryDirectory.current.appending(path: "state/breakers")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        let file = folder.appending(path: try #require(names.first))
        let whole = try Data(contentsOf: file)
        let parts: [Data] = (0..<whole.count).map { whole.prefix($0) } + [Data([0xFF, 0, 0x7B]), Data("[1]".utf8)]
        for part in parts where part != whole.dropLast() {
            try part.write(to: file)
            let (other, told) = (breaker(), Notices())
            try await other.check(model, told.observer)
            try await other.check(model, told.observer)
            #expect(told.kinds == [.breakerUnsaved], "\(part.count)")
            #expect(told.all.first?.reason.contains("is damaged") == true)
            #expect(try await other.states().map(\.record) == [BreakerRecord(model)])
        }
    }

    @Test("goes by what this process sees when its folder cannot be used, and says so once")
    func unwritable() async throws {
        let file = TemporaryDirectory.current.appending(path: "file")
        try Data().write(to: file)
        let breaker = CircuitBreaker(FileBreakerStore(folder: file.path + "/breakers"), clock: time)
        try await call(breaker)
        await fail(breaker, 5)
        #expect(notices.kinds == [.breakerUnsaved, .breakerOpened])
        #expect(await isRefused(breaker))
        time.advance(by: 60_000)
        #expect(await !isRefused(breaker))
        #expect(notices.kinds == [.breakerUnsaved, .breakerOpened, .breakerClosed])
    }

    @Test("knows models apart whose names differ in their last letter only, however long")
    func names() async throws {
        let folder = TemporaryDirectory.current.appending(path: "names").path
        let breaker = CircuitBreaker(FileBreakerStore(folder: folder), clock: time)
        let long = String(repeating: "日", count: 150)
        let models = [long + "a", long + "b", "x/y", "x%2fy", "..", "a b", "A b"]
        for name in models {
            let model = ModelIdentity(provider: "../p", name: name)
            for _ in 0..<5 {
                _ = try? await breaker.run(model, .none, judging: { _ in .fails(reason: "") }, { throw Down() })
            }
        }
        #expect(try await breaker.states().map(\.record.model.name).sorted() == models.sorted())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2 * models.count)
    }
}
