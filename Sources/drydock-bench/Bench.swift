internal import CommandLineKit
internal import Core
internal import FoundationEssentials
internal import Glibc
internal import ProcessKit

/// Measures Drydock beside its peers, in the same run on the same machine.
///
/// One subcommand per subject, each in a file of its own; without a subcommand, or with `all`, all of them run.
/// Ends with 1 when a binding figure is missed or a subject could not be measured.
@main
struct Bench {
    static let subjects: [(name: String, run: @Sendable (BenchPlace) async throws -> [Figure])] = [
        ("startup", StartupBench.run),
        ("sandbox", SandboxBench.run),
        ("toolchain", ToolchainBench.run),
        ("journal", JournalBench.run),
        ("memory", MemoryBench.run),
        ("snapshot", SnapshotBench.run),
        ("chat", ChatBench.run),
    ]

    static let usage = """
        usage: drydock-bench [--folder FOLDER] [all | SUBJECT ...]
        subjects: \(subjects.map(\.name).joined(separator: ", "))
        FOLDER is where files are written; the default is the memory file system /dev/shm.
        'drydock-bench chat --base-url URL' is a load by itself; more by 'drydock-bench chat --base-url'.
        """

    static func main() async throws {
        var words = CommandLine.arguments.dropFirst()
        if words.first == "chat", words.count > 1, words.dropFirst().contains(where: { $0.hasPrefix("--base-url") }) {
            await load(words.dropFirst())
        }
        var folder = "/dev/shm"
        if let place = words.firstIndex(of: "--folder"), place + 1 < words.endIndex {
            folder = words[place + 1]
            words.removeSubrange(place...(place + 1))
        }
        let unknown = words.filter { word in word != "all" && !subjects.contains { $0.name == word } }
        guard unknown.isEmpty else {
            print(usage)
            exit(64)
        }
        let chosen = subjects.filter { words.isEmpty || words.contains("all") || words.contains($0.name) }
        let (figures, failed) = try await measure(chosen, below: folder)
        print("\n" + Figure.table(figures))
        let missed = figures.filter(\.isMissedBound)
        for figure in missed {
            print("missed: \(figure.what)")
        }
        exit(missed.isEmpty && !failed ? 0 : 1)
    }

    /// One load, and the end of the program.
    private static func load(_ words: ArraySlice<String>) async -> Never {
        do {
            OpenFileLimit.raise()
            HeapSettings.prepare()
            let result = try await ChatLoad.run(ChatOptions(words))
            print(String(decoding: try JSON.bytes(of: result), as: UTF8.self))
            exit(0)
        } catch let error as ChatOptionError {
            try? StandardStream.error.write("drydock-bench: \(error)\n\(ChatOptions.usage)\n")
            exit(64)
        } catch {
            try? StandardStream.error.write("drydock-bench: \(error)\n")
            exit(1)
        }
    }

    private static func measure(
        _ chosen: [(name: String, run: @Sendable (BenchPlace) async throws -> [Figure])],
        below folder: String
    ) async throws -> (figures: [Figure], failed: Bool) {
        var failed = false
        let type = try await Subprocess.run(
            ["stat", "-f", "-c", "%T", folder],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        let scratch = "\(folder)/drydock-bench-\(UInt32.random(in: 0 ... .max))"
        let place = BenchPlace(
            folder: scratch,
            fileSystem: type.text.filter { $0 != "\n" },
            binary: ProcessInfo.processInfo.environment["DRYDOCK_BINARY"]
        )
        print("files below \(folder) (\(place.fileSystem)); load before: \(SmallFile.text("/proc/loadavg") ?? "?")")
        let missing = ["bwrap", "tar", "zstd", "nix-store", "restic", "borg", "python3"].filter {
            !Measuring.exists($0)
        }
        print(missing.isEmpty ? "all peers are installed" : "missing peers: " + missing.joined(separator: ", "))
        var figures: [Figure] = []
        for subject in chosen {
            print("== \(subject.name)")
            try await Measuring.shell("mkdir -p \(scratch)")
            do {
                let measured = try await subject.run(place)
                print(Figure.table(measured))
                figures += measured
            } catch {
                // The others are worth having all the same; a subject that was asked for must not be missing unseen.
                print("could not be measured: \(error)")
                failed = true
            }
            fflush(nil)
            try await Measuring.shell("chmod -R u+w \(scratch); rm -rf \(scratch)")
        }
        print("load after: \(SmallFile.text("/proc/loadavg") ?? "?")")
        return (figures, failed)
    }
}
