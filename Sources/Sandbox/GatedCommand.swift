internal import ProcessKit

/// A command that waits at a gate until it is under its limits: what all runners have in common.
struct GatedCommand {
    let limits: CommandLimits
    let disk: DiskWatch
    let streams: CommandStreams
    let stop: StopSwitch
    let onLine: (String) -> Void

    /// How a command ended, and the limit that it met when nobody had noticed yet.
    struct Ending {
        let outcome: Supervision.Outcome
        let lastLimit: CommandResult.Ending?
    }

    /// The numbers of the gate's ends, for the child that waits at it.
    struct Gate {
        let reading: Int32
        let writing: Int32
    }

    /// Starts a program that reads a line from the gate before it does anything else, and watches it to its end.
    ///
    /// - Parameters:
    ///   - request: What to start; its group is removed with it.
    ///   - marker: The variable that finds what has left the command's process group; `nil` in namespaces of its own.
    ///   - passing: The descriptors that become the child's from 3 on.
    ///   - root: The first process of the command itself, which waits.
    /// - Returns: How it ended.
    /// - Throws: `ProcessError` when it cannot be started.
    func run(
        _ request: SpawnRequest,
        marker: String? = nil,
        passing: (Gate) -> [Int32],
        root: (ChildHandle) -> ProcessReference?
    ) throws -> Ending {
        var custody: CommandCustody?
        defer {
            if custody == nil { request.group?.remove() }
        }
        var gate = try ChildPipe()
        let input = try streams.openInput()
        let outcome = try Supervision.run(
            request,
            streams: streams.kind,
            input: input?.descriptor.number,
            passing: passing(Gate(reading: gate.readingNumber, writing: gate.writingNumber)),
            limits: limits.supervision,
            stop: stop,
            onLine: onLine
        ) { child in
            gate.reading = nil
            let made = CommandCustody(
                root: root(child),
                child: child,
                isolated: marker == nil,
                limits: limits,
                disk: disk,
                group: request.group,
                marker: marker
            )
            gate.writing?.writeLine()
            gate.writing = nil
            custody = made
            return made
        }
        return Ending(outcome: outcome, lastLimit: custody?.lastLimit)
    }
}
