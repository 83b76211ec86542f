internal import Glibc
internal import ProcessKit

/// The processes of one command: what they use, and how they are ended.
///
/// In a sandbox `root` is the first process of its namespace: the kernel ends all others with it. Without isolation it is
/// the command itself, and `marker` finds what left its process group.
final class CommandCustody: Custody {
    private let root: ProcessReference?
    private let child: ChildHandle
    private let isolated: Bool
    private let limits: CommandLimits
    private let group: ControlGroup?
    private let disk: DiskWatch
    private let marker: String?
    private var checks = 0
    /// The limit at which the kernel refused the command something, when it ended before that was noticed.
    private(set) var lastLimit: CommandResult.Ending?

    /// Puts `root` under its limits; it must be waiting, or born in `group`, which is removed with the rest.
    init(
        root: ProcessReference?,
        child: ChildHandle,
        isolated: Bool,
        limits: CommandLimits,
        disk: DiskWatch,
        group: ControlGroup?,
        marker: String? = nil
    ) {
        self.child = child
        self.isolated = isolated
        self.limits = limits
        self.disk = disk
        self.marker = marker
        if let group, child.isInGroup || root.map({ group.add($0.process) }) == true {
            self.group = group
        } else {
            group?.remove()
            self.group = nil
        }
        // With 1 the kernel writes no core file and starts no program that would take one, with 0 it starts it.
        root?.limit(.coreSize, to: 1)
        root?.limit(.fileSize, to: limits.fileBytes)
        root?.limit(.cpuSeconds, to: limits.cpu + 1)
        if isolated, geteuid() != 0 {
            // It counts the user's processes in the sandbox's own user namespace; root is exempt from it.
            root?.limit(.processes, to: limits.processes + 16)
        }
        self.root = root
    }

    func check() -> StopReason? {
        checks += 1
        if let reason = group.map(groupReason) ?? tableReason() { return reason }
        // Every 200 ms.
        guard checks.isMultiple(of: 4) else { return nil }
        return disk.exceeded { self.processes.map { $0.process } }
    }

    private func groupReason(_ group: ControlGroup) -> StopReason? {
        if group.memoryKills > 0 { return .memory }
        if group.refusedProcesses > 0 { return .processes }
        if let cpu = group.cpuMilliseconds, cpu > limits.cpu * 1_000 { return .cpu }
        return nil
    }

    private func tableReason() -> StopReason? {
        let all = processes
        if all.reduce(0, { $0 + $1.threads }) > limits.processes { return .processes }
        if all.reduce(0, { $0 + $1.memoryBytes }) > limits.memoryBytes { return .memory }
        let first = isolated ? (root?.process).flatMap { ProcessTable.usage(of: $0)?.cpuMilliseconds } ?? 0 : 0
        return first + all.reduce(0, { $0 + $1.cpuMilliseconds }) > limits.cpu * 1_000 ? .cpu : nil
    }

    /// The command's own; in a sandbox the first process is bubblewrap's.
    private var processes: [ProcessUsage] {
        guard let root = root?.process else { return [] }
        let others = ProcessTable.descendants(of: root)
        return isolated ? others : [ProcessTable.usage(of: root)].compactMap(\.self) + others
    }

    /// Asks the command's own processes to end; bubblewrap would swallow the signal.
    func terminate() {
        guard let process = root?.process else { return child.signal(SIGKILL) }
        if !isolated {
            child.signalGroup(SIGTERM)
            group?.signal(SIGTERM)
        }
        ProcessTable.signal(SIGTERM, descendantsOf: process)
    }

    func kill() {
        root?.signal(SIGKILL)
        if root == nil || !isolated {
            child.signalGroup(SIGKILL)
            child.signal(SIGKILL)
        }
        group?.killAll()
        killMarked()
    }

    func cleanUp() {
        if isolated {
            // When bubblewrap has ended its namespace has too, unless it was killed before it could see to that.
            root?.signal(SIGKILL)
        } else {
            child.signalGroup(SIGKILL)
        }
        // The command has ended; its namespace takes a while longer to go.
        switch group.flatMap(groupReason) {
        case .memory: lastLimit = .memoryLimit
        case .processes: lastLimit = .processLimit
        default: break
        }
        if isolated {
            root?.waitForEnd(milliseconds: 1_000)
        }
        group?.remove()
        killMarked()
    }

    private func killMarked() {
        guard let marker else { return }
        ProcessTable.kill(markedBy: marker)
    }
}
