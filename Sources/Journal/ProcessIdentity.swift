internal import FoundationEssentials

/// Which process of which machine something is, so that another one can tell whether it still lives.
package struct ProcessIdentity: Codable, Hashable, Sendable {
    /// The machine's name for itself, or empty when it has none.
    package let machine: String
    /// The machine's boot; another one after a restart.
    package let boot: String
    /// The process-number space: the same number in another space is another process.
    package let space: String
    package let process: Int32
    /// When the process began, in clock ticks since the boot: numbers are used again.
    package let start: UInt64

    package init(machine: String, boot: String, space: String, process: Int32, start: UInt64) {
        self.machine = machine
        self.boot = boot
        self.space = space
        self.process = process
        self.start = start
    }

    /// This process.
    package static let current: ProcessIdentity = {
        let process = ProcessInfo.processInfo.processIdentifier
        return ProcessIdentity(
            machine: text(of: "/etc/machine-id"),
            boot: text(of: "/proc/sys/kernel/random/boot_id"),
            space: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "",
            process: process,
            start: startTime(of: process) ?? 0
        )
    }()

    /// Whether the process has certainly ended; false when this machine cannot know.
    package var hasEnded: Bool {
        let here = ProcessIdentity.current
        guard boot == here.boot else {
            return !machine.isEmpty && machine == here.machine
        }
        guard space == here.space else { return false }
        return Self.startTime(of: process) != start
    }

    /// The start time of a living process, or `nil` when there is none or only its exit status is left.
    private static func startTime(of process: Int32) -> UInt64? {
        // The name, second field, may hold spaces and parentheses: fields count from the last one.
        guard let end = text(of: "/proc/\(process)/stat").split(separator: ")").last else { return nil }
        let fields = end.split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    private static func text(of path: String) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { return "" }
        let text = String(decoding: data, as: UTF8.self)
        return String(text.prefix { $0 != "\n" })
    }
}

extension ProcessIdentity: CustomStringConvertible {
    package var description: String {
        let here = boot == Self.current.boot && space == Self.current.space
        return "the process \(process)" + (here ? "" : " of another machine")
    }
}
