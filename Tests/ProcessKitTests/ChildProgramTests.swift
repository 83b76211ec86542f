import Foundation
import TestSupport
import Testing

@Suite("A program that a test starts", .tags(.medium), .timeLimit(.minutes(1)))
struct ChildProgramTests {
    @Test("reads its input, writes both outputs, starts in its folder and ends with its status")
    func streams() async throws {
        let script = "cat; pwd; echo \"$A\"; echo err >&2; exit 7"
        let outcome = try await ChildProgram.run(
            "sh",
            ["-c", script],
            environment: ["A": "1"],
            folder: "/usr/bin",
            input: "in\n"
        )
        #expect(outcome.output == "in\n/usr/bin\n1\n")
        #expect(outcome.errors == "err\n")
        #expect(outcome.status == 7)
        #expect(try await ChildProgram.run("sh", ["-c", script], together: true).output.hasSuffix("\nerr\n"))
    }

    @Test("has neither a blocked nor an ignored signal, and no open file but its streams")
    func freshStart() async throws {
        let open = unsafe Glibc.open("/dev/null", O_RDONLY)
        defer { close(open) }
        let fcntlFlags = fcntl(open, F_GETFD)
        #expect(fcntlFlags == 0, "not close-on-exec")
        // Signals 32 and 33 are glibc's own, which it lets nobody change; so the last 31 bits are what counts.
        let script = "sed -n 's/^Sig\\(Blk\\|Ign\\):[[:space:]]*//p' /proc/self/status; ls /proc/$$/fd"
        let words = try await ChildProgram.run("sh", ["-c", script]).output.split(whereSeparator: \.isWhitespace)
        try #require(words.count > 2)
        for mask in words.prefix(2) {
            #expect(UInt64(mask, radix: 16).map { $0 & 0x7FFF_FFFF } == 0, "\(words)")
        }
        #expect(words.dropFirst(2) == ["0", "1", "2"])
    }

    @Test("can be killed and waited for")
    func kill() async throws {
        let child = try ChildProgram("sleep", ["600"], streams: ("/dev/null", "/dev/null", "/dev/null"))
        child.send(SIGKILL)
        #expect(await child.status() == 128 + SIGKILL)
        #expect(child.waitForStatus() == 128 + SIGKILL)
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(child.processID)"))
    }

    @Test("says so when it cannot be started")
    func missing() async {
        await #expect(throws: POSIXError(.ENOENT)) { try await ChildProgram.run("/nowhere/at/all", []) }
        await #expect(throws: POSIXError(.ENOENT)) { try await ChildProgram.run("true", [], folder: "/nowhere") }
    }
}
