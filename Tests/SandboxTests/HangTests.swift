import Core
import Foundation
import ProcessKit
import Sandbox
import Synchronization
import TestSupport
import Testing

/// A way to run commands, with the kernel's groups or with our own watch.
enum Keeping: String, CaseIterable, Sendable {
    case sandboxWithGroups
    case sandboxWithWatch
    case directWithGroups
    case directWithWatch

    var runner: any CommandRunner {
        get throws {
            switch self {
            case .sandboxWithGroups: try BubblewrapRunner(hiding: [], cache: TestSite.cache)
            case .sandboxWithWatch: try BubblewrapRunner(hiding: [], cache: TestSite.cache, groups: nil)
            case .directWithGroups: DirectRunner()
            case .directWithWatch: DirectRunner(groups: nil)
            }
        }
    }

    var isSandbox: Bool { self == .sandboxWithGroups || self == .sandboxWithWatch }

    static var usable: [Keeping] {
        ControlGroupHost.shared == nil ? [.sandboxWithWatch, .directWithWatch] : allCases
    }
}

/// A command that would not end, or would not end well.
struct Hang: Sendable, CustomTestStringConvertible {
    var name: String
    /// `@` stands for a text that marks the processes.
    var script: String
    var limits: CommandLimits
    var ending: CommandResult.Ending
    var onlyInSandbox = false
    /// How many lines the script has printed when it is at its limit; `nil` where only the kernel knows.
    var linesAtLimit: Int?

    var testDescription: String { name }

    private static let second = CommandLimits(wallClock: 1)

    static let all = [
        Hang(
            name: "ignores TERM",
            script: "trap '' TERM; while :; do sleep 1.@; done",
            limits: second,
            ending: .timedOut
        ),
        Hang(name: "floods its output", script: "exec yes @", limits: second, ending: .timedOut),
        Hang(
            name: "sleeps in the background of a session of its own",
            script: "setsid sh -c 'setsid sleep 9@ & sleep 9@' & wait; sleep 9@",
            limits: second,
            ending: .timedOut
        ),
        Hang(
            name: "takes processor time",
            script: "while :; do :; done # @",
            limits: CommandLimits(wallClock: 20, cpu: 1),
            ending: .cpuLimit
        ),
        Hang(
            name: "takes memory",
            script: "head -c 2000000000 /dev/zero | tail; sleep 9@",
            limits: CommandLimits(wallClock: 20, memoryBytes: 100 << 20),
            ending: .memoryLimit
        ),
        Hang(
            name: "takes memory by itself",
            script: "exec tail /dev/zero # @",
            limits: CommandLimits(wallClock: 20, memoryBytes: 100 << 20),
            ending: .memoryLimit
        ),
        Hang(
            name: "makes many processes",
            script: "for i in $(seq 300); do sleep 9@ & echo; done; sleep 9@",
            limits: CommandLimits(wallClock: 20, processes: 64),
            ending: .processLimit,
            linesAtLimit: 64
        ),
        Hang(
            name: "forks without end",
            // Each generation waits: without a control group the watch, late on a busy machine, must see it in time.
            script: "f() { sleep 9@ & echo >&2; sleep 0.6; f | f & f; }; f",
            limits: CommandLimits(wallClock: 20, processes: 64),
            ending: .processLimit,
            onlyInSandbox: true,
            linesAtLimit: 64
        ),
        Hang(
            name: "fills the disk with many files",
            script: "for i in $(seq 999); do head -c 2000000 /dev/zero > f$i; echo; done; sleep 9@",
            limits: CommandLimits(wallClock: 20, diskBytes: 100 << 20),
            ending: .diskLimit,
            linesAtLimit: 53
        ),
        Hang(
            name: "makes empty files without end",
            script: "i=0; while :; do i=$((i+1)); mkdir d$i; (cd d$i; seq 500 | xargs touch); echo; done # @",
            limits: CommandLimits(wallClock: 20, files: 3_000),
            ending: .fileLimit,
            linesAtLimit: 6
        ),
        Hang(
            name: "fills the disk with a deleted file",
            script: "exec 5> f; rm f; for i in $(seq 999); do head -c 2000000 /dev/zero >&5; echo; done; sleep 9@",
            limits: CommandLimits(wallClock: 20, diskBytes: 100 << 20),
            ending: .diskLimit,
            linesAtLimit: 53
        ),
        Hang(
            name: "writes one large file",
            script: "exec head -c 200000000 /dev/zero > f # @",
            limits: CommandLimits(wallClock: 20, fileBytes: 10 << 20),
            ending: .diskLimit
        ),
    ]

    static var cases: [(Hang, Keeping)] {
        all.flatMap { hang in
            Keeping.usable.filter { $0.isSandbox || !hang.onlyInSandbox }.map { (hang, $0) }
        }
    }
}

@Suite("A command that hangs", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(2)), .serialized)
struct HangTests {
    private let place: TestSite

    init() throws {
        place = try TestSite()
    }

    /// How many processes have this text in their arguments.
    private func count(marked mark: String) -> Int {
        ProcessTable.all().filter { usage in
            SmallFile.text("/proc/\(usage.process)/cmdline")?.contains(mark) == true
        }.count
    }

    @Test("is gone within a second of its limit", arguments: Hang.cases)
    func limit(hang: Hang, keeping: Keeping) async throws {
        let mark = "\(UInt32.random(in: 100_000...999_999))"
        let script = hang.script.replacing("@", with: mark)
        let printed = Instants()
        let command = TestSite.shell(script, limits: hang.limits)
        let result = try await keeping.runner.run(command, in: place.site) { _ in printed.add() }
        let ended = ContinuousClock.now
        #expect(result.ending == hang.ending)
        #expect(count(marked: mark) == 0)
        if let lines = hang.linesAtLimit {
            // Where the kernel keeps the limit, the last line is the one before it.
            let reached = try #require(printed.all.prefix(lines).last)
            #expect(ended - reached < .seconds(1))
        }
        if hang.ending == .timedOut {
            #expect(result.durationMilliseconds < hang.limits.wallClock * 1_000 + 1_000)
        }
        #expect(result.output.utf8.count < hang.limits.outputBytes + 1_000)
    }

    /// Commands that are cancelled; `@` stands for a text that marks the processes.
    static let cancelled = [
        "trap '' TERM; setsid sleep 9@ & echo up; while :; do sleep 9@; done",
        "(setsid sh -c 'trap \"\" TERM; setsid sleep 9@ & sleep 9@' &); echo up; sleep 9@",
        "sleep 9@ & exec yes @",
        "echo up; while :; do sleep 9@ & sleep 0.02; done",
        "echo up; i=0; while :; do i=$((i+1)); head -c 2000000 /dev/zero > f$((i % 9)); done # @",
        "echo up; read line < /dev/tty; cat; sleep 9@",
    ]

    @Test("is gone within a second of being cancelled", arguments: cancelled, Keeping.usable)
    func cancellation(script: String, keeping: Keeping) async throws {
        let mark = "\(UInt32.random(in: 100_000...999_999))"
        let script = script.replacing("@", with: mark)
        let lines = Lines()
        let runner = try keeping.runner
        let task = Task { [place] in
            try await runner.run(TestSite.shell(script), in: place.site) { lines.append($0) }
        }
        while lines.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let started = ContinuousClock.now
        task.cancel()
        let result = try await task.value
        #expect(result.ending == .cancelled)
        #expect(result.exitCode == 130)
        #expect(ContinuousClock.now - started < .seconds(1))
        #expect(count(marked: mark) == 0)
    }

    @Test("finds nothing on its standard input", arguments: Keeping.usable)
    func input(keeping: Keeping) async throws {
        let result = try await keeping.runner.run(TestSite.shell("cat; echo end"), in: place.site)
        #expect(result.output == "end\n")
        #expect(result.durationMilliseconds < 1_000)
    }

    @Test("is asked to end before it is made to", arguments: Keeping.usable)
    func politeness(keeping: Keeping) async throws {
        let script = "trap 'echo asked > f; exit 0' TERM; sleep 20 & wait"
        let command = TestSite.shell(script, limits: CommandLimits(wallClock: 1))
        let result = try await keeping.runner.run(command, in: place.site)
        #expect(result.ending == .timedOut)
        #expect(result.exitCode == 124)
        #expect(try String(contentsOfFile: place.tree + "/f", encoding: .utf8) == "asked\n")
    }

    @Test("leaves nothing when it ends by itself", arguments: Keeping.usable)
    func leftovers(keeping: Keeping) async throws {
        let mark = "\(UInt32.random(in: 100_000...999_999))"
        let script = "setsid setsid sleep 9\(mark) & sleep 9\(mark) & sleep 0.1; echo end"
        let result = try await keeping.runner.run(TestSite.shell(script), in: place.site)
        #expect(result.succeeded)
        #expect(count(marked: mark) == 0)
    }

    @Test("removes its control groups")
    func groups() async throws {
        guard let host = ControlGroupHost.shared else { return }
        let before = FolderListing.names(host.processes).filter { $0.hasPrefix("drydock-\(getpid())-") }
        _ = try await BubblewrapRunner(hiding: [], cache: TestSite.cache).run(
            TestSite.shell("sleep 5 & true"),
            in: place.site
        )
        let after = FolderListing.names(host.processes).filter { $0.hasPrefix("drydock-\(getpid())-") }
        #expect(Set(after).subtracting(before).isEmpty)
    }
}

@Suite("A long command", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct LongCommandTests {
    /// All ways at once, each with a runner of its own: the time passes once.
    @Test("ends by itself when nothing else happens for 20 seconds")
    func idle() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for keeping in Keeping.usable {
                let place = try TestSite()
                group.addTask {
                    let command = TestSite.shell("sleep 20; echo end", limits: CommandLimits(wallClock: 40))
                    let result = try await keeping.runner.run(command, in: place.site)
                    #expect(result.output == "end\n", "\(keeping)")
                    #expect(result.succeeded, "\(keeping)")
                }
            }
            try await group.waitForAll()
        }
    }
}

/// When something happened, each time.
private final class Instants: Sendable {
    private let list = Mutex<[ContinuousClock.Instant]>([])

    var all: [ContinuousClock.Instant] { list.withLock { $0 } }

    func add() {
        list.withLock { $0.append(.now) }
    }
}
