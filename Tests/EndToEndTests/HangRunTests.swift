import Core
import Foundation
import TestSupport
import Testing

/// Commands that will not end by themselves, through the whole product.
@Suite("A run whose commands hang", .tags(.large), .temporaryDirectory)
struct HangRunTests {
    private var program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
        program.environment["DRYDOCK_LIMITS_WALL_CLOCK"] = "1s"
        program.environment["DRYDOCK_FIX_ATTEMPTS"] = "0"
    }

    /// How one command behaves; MARK stands for a number of seconds by which its processes are found.
    private static let behaviours: [(name: String, script: String)] = [
        ("ignores TERM", "trap '' TERM; while :; do sleep MARK; done"),
        ("forks twice", "(setsid sh -c 'trap \"\" TERM; sleep MARK & sleep MARK' >/dev/null 2>&1 &) ; sleep MARK"),
        ("floods its output", "sleep MARK & while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done"),
        ("stops itself", "sleep MARK & kill -STOP $$"),
    ]

    @Test("because it", arguments: behaviours.map { $0.name })
    func hangs(behaviour: String) async throws {
        let mark = Marked()
        let script = try #require(Self.behaviours.first { $0.name == behaviour }).script
        try program.addGuide(build: script.replacing("MARK", with: "\(mark.seconds)"))
        let outcome = try await program.run(program.harbourCall())
        #expect(mark.processes().isEmpty)
        #expect(outcome.status == 4, "\(outcome.errors)")
        try checkBuild(outcome.json(), exitCode: 124, duration: 1_000...2_500)
    }

    /// What the report says of the build on the final tree: its status, and how long it took, in milliseconds.
    private func checkBuild(_ report: JSONValue, exitCode: JSONValue, duration: ClosedRange<Int64>) throws {
        #expect(report["state"] == "failed")
        #expect(report["failure"]?["class"] == "quality")
        let build = try #require(report["checks"]?[0])
        #expect(build["exitCode"] == exitCode)
        #expect(build["durationMs"]?.integer.map(duration.contains) == true, "\(build.text)")
    }

    @Test("finds nobody on its standard input, and ends")
    func standardInput() async throws {
        try program.addGuide(build: "cat; read line; test $? -ne 0")
        let outcome = try await program.run(program.harbourCall(), input: "typed\n")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test("leaves a child behind that outlives the command, and it is gone with it")
    func leftBehind() async throws {
        let mark = Marked()
        try program.addGuide(build: "setsid sleep \(mark.seconds) >/dev/null 2>&1 & true")
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(mark.processes().isEmpty)
    }

    @Test("forks without end and is stopped at the limit of processes")
    func forks() async throws {
        let mark = Marked()
        var program = program
        program.environment["DRYDOCK_LIMITS_PROCESSES"] = "40"
        program.environment["DRYDOCK_LIMITS_WALL_CLOCK"] = "5s"
        try program.addGuide(build: "while :; do sleep \(mark.seconds) & done")
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 4, "\(outcome.errors)")
        #expect(mark.processes().isEmpty)
    }

    @Test("fills the disk and is stopped at its limit")
    func fillsDisk() async throws {
        var program = program
        program.environment["DRYDOCK_LIMITS_DISK"] = "4MiB"
        program.environment["DRYDOCK_LIMITS_WALL_CLOCK"] = "20s"
        try program.addGuide(build: "i=0; while :; do i=$((i+1)); head -c 500000 /dev/zero > f$i || exit 1; done")
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 4, "\(outcome.errors)")
        try checkBuild(outcome.json(), exitCode: 137, duration: 0...5_000)
    }
}
