internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// The peak memory of a whole run from a blueprint: Drydock's own, not that of the tools that it starts.
enum MemoryBench {
    static func run(_ place: BenchPlace) async throws -> [Figure] {
        guard let binary = place.binary else {
            print("left out: DRYDOCK_BINARY names no program")
            return []
        }
        guard Measuring.exists("python3") else {
            print("left out: python3 is not installed")
            return []
        }
        let peak = place.folder + "/peak"
        // The kernel writes the mark into /proc for as long as the process lives: read until it has ended.
        let script = """
            \(binary) new --into \(place.folder)/project 'a command line tool in Python that counts words' \
            >\(place.folder)/log 2>&1 &
            while kill -0 $! 2>/dev/null; do
                sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$!/status >>\(peak) 2>/dev/null
                sleep 0.02
            done
            wait $!
            """
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": place.folder, "DRYDOCK_HOME": place.folder + "/home",
        ]
        let output = try await Subprocess.run(["/bin/sh", "-c", script], environment: environment)
        guard output.succeeded else {
            throw BenchError(line: "drydock new", output: SmallFile.text(place.folder + "/log") ?? "")
        }
        let marks = (SmallFile.text(peak) ?? "").split(separator: "\n").compactMap { Double($0) }
        return [
            Figure(
                what: "peak memory of a blueprint run",
                ours: (marks.max() ?? 0) / 1_024,
                unit: "MiB",
                limit: .aim(60)
            )
        ]
    }
}
