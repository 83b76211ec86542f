import Foundation
import ProcessKit
import TestSupport
import Testing

@Suite("A subprocess", .tags(.medium), .timeLimit(.minutes(1)))
struct SubprocessTests {
    private let environment = ["PATH": "/usr/bin:/bin"]

    private func shell(_ script: String, limits: Subprocess.Limits = .init()) async throws -> Subprocess.Output {
        try await Subprocess.run(["sh", "-c", script], environment: environment, limits: limits)
    }

    @Test("keeps both outputs apart and gives the status")
    func outputs() async throws {
        let output = try await shell("echo out; echo err >&2; exit 7")
        #expect(output.text == "out\n")
        #expect(output.errorText == "err\n")
        #expect(output.exit == .exited(7))
    }

    @Test("is held to what it writes, under whatever name and however deep")
    func countsEveryFile() async throws {
        let folder = NSTemporaryDirectory() + "drydock-" + UUID().uuidString
        // Deeper than Foundation can remove.
        defer { _ = try? ChildProgram.run("/bin/rm", ["-rf", folder]) as ProgramOutcome }
        let start = FileSystemUsage.now
        let odd = try await shell("mkdir '\(folder)' && head -c 1000000 /dev/zero >\"\(folder)/$(printf 'f\\377')\"")
        #expect(odd.succeeded)
        #expect(FileSystemUsage.written(below: folder, since: start).bytes >= 1_000_000)
        #expect(FileSystemUsage.written(below: folder, since: start).files == 1)
        let deep = """
            chdir $ARGV[0]; for (1..40) { mkdir "d" x 200; chdir "d" x 200 } open F, ">", "f"; print F "x" x 100000;
            """
        let made = try await Subprocess.run(["perl", "-e", deep, folder], environment: environment)
        #expect(made.succeeded)
        #expect(FileSystemUsage.written(below: folder, since: start).bytes > 1 << 50)
    }

    @Test("has only the environment that it was given")
    func environmentIsWhole() async throws {
        let output = try await Subprocess.run(["/usr/bin/env"], environment: ["A": "1"])
        #expect(output.text == "A=1\n")
    }

    @Test("inherits no descriptor, even one that is not close-on-exec")
    func descriptors() async throws {
        let leak = dup2(1, 77)
        defer { close(leak) }
        let output = try await shell("ls /proc/self/fd")
        #expect(output.text.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test("starts with default signals and none blocked")
    func signals() async throws {
        let output = try await shell("grep -E '^Sig(Blk|Ign)' /proc/self/status")
        // The C library ignores its own two signals, 32 and 33, in every program that it spawns.
        #expect(output.text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000180000000\n")
    }

    @Test("reads an empty standard input, or the given one")
    func input() async throws {
        #expect(try await shell("cat").text == "")
        let output = try await Subprocess.run(["cat"], environment: environment, input: Array("hello".utf8))
        #expect(output.text == "hello")
    }

    @Test("is ended at its time limit, even when it ignores TERM")
    func timeLimit() async throws {
        let started = ContinuousClock.now
        let output = try await shell("trap '' TERM; sleep 30 & wait; sleep 30", limits: .init(time: .milliseconds(200)))
        #expect(output.timedOut)
        #expect(ContinuousClock.now - started < .seconds(1.2))
    }

    @Test("does not wait for a grandchild that holds its output")
    func heldPipe() async throws {
        let started = ContinuousClock.now
        let output = try await shell("setsid sleep 3 & echo done")
        #expect(output.text == "done\n")
        #expect(ContinuousClock.now - started < .seconds(2))
    }

    @Test("is ended when its task is cancelled")
    func cancellation() async throws {
        let started = ContinuousClock.now
        let task = Task { try await shell("exec sleep 30") }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - started < .seconds(1))
    }

    @Test("keeps the head and the tail of a flood")
    func flood() async throws {
        let output = try await shell("echo first; yes | head -c 10000000; echo last", limits: .init(output: 10_000))
        #expect(output.stdout.count < 10_100)
        #expect(output.text.hasPrefix("first\n"))
        #expect(output.text.hasSuffix("last\n"))
        #expect(output.text.contains("bytes left out"))
    }

    @Test("says which program or folder is missing")
    func missing() async throws {
        await #expect(throws: ProcessError.programMissing("no-such-program")) {
            try await Subprocess.run(["no-such-program"], environment: environment)
        }
        await #expect(throws: ProcessError.directoryMissing("/no/such/folder")) {
            try await Subprocess.run(["true"], environment: environment, directory: "/no/such/folder")
        }
        await #expect(throws: ProcessError.malformed("a\0b")) {
            try await Subprocess.run(["true", "a\0b"], environment: environment)
        }
    }

    @Test("runs many at once and leaves no zombie")
    func many() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask { try await shell("exit 0").succeeded }
            }
            for try await succeeded in group {
                #expect(succeeded)
            }
        }
    }
}
