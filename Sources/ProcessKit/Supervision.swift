internal import CLinux
internal import Glibc

/// How a child ended.
package enum ProcessExit: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    init(waitStatus status: Int32) {
        self = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .signalled(status & 0x7f)
    }

    /// The number that a shell would give: the status, or 128 and the signal.
    package var shellStatus: Int32 {
        switch self {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        }
    }
}

/// Why a child was ended before it was done.
package enum StopReason: String, Hashable, Sendable {
    case cancelled
    case wallClock
    case cpu
    case memory
    case processes
    case disk
    case files
    case output
}

/// A started child that has not been waited for, so that its number cannot have passed to another process.
package struct ChildHandle: Sendable {
    package let process: Int32
    let descriptor: Int32
    /// Whether it was born in the group of its request.
    package let isInGroup: Bool

    package func signal(_ number: Int32) {
        _ = shim_pidfd_signal(descriptor, number)
    }

    /// Sends a signal to the child's process group.
    package func signalGroup(_ number: Int32) {
        kill(-process, number)
    }
}

/// What belongs to one child, and how it is ended; used by the child's supervising thread alone.
package protocol Custody {
    /// Looks at what the child uses; a reason ends it. Called about every 20 to 100 ms.
    mutating func check() -> StopReason?
    /// Asks all that belongs to the child to end.
    mutating func terminate()
    /// Ends all that belongs to the child.
    mutating func kill()
    /// Ends what the child left behind, when it has ended.
    mutating func cleanUp()
}

/// The custody of a child that is ended by its process group.
package struct GroupCustody: Custody {
    private let child: ChildHandle

    package init(of child: ChildHandle) {
        self.child = child
    }

    package mutating func check() -> StopReason? { nil }
    package mutating func terminate() { child.signalGroup(SIGTERM) }
    package mutating func kill() { child.signalGroup(SIGKILL) }
    package mutating func cleanUp() { child.signalGroup(SIGKILL) }
}

/// What a supervised child is held to.
package struct SupervisionLimits: Sendable {
    /// How long the child may run; `nil` for ever.
    package var wallClock: Duration?
    /// How many bytes of each of its outputs are kept; the rest is read and dropped.
    package var outputBytes: Int
    /// How long after TERM comes KILL.
    package var grace: Duration
    /// How often ``Custody/check()`` is called; `nil` never.
    package var checkInterval: Duration?

    package init(
        wallClock: Duration? = nil,
        outputBytes: Int = 16 << 20,
        grace: Duration = .milliseconds(500),
        checkInterval: Duration? = nil
    ) {
        self.wallClock = wallClock
        self.outputBytes = outputBytes
        self.grace = grace
        self.checkInterval = checkInterval
    }
}

/// One child from its start to its end, watched by the calling thread.
package struct Supervision {
    package struct Outcome: Sendable {
        package var exit: ProcessExit
        /// Why the child was ended, if it did not end by itself.
        package var stop: StopReason?
        package var output: OutputCapture
        package var errors: OutputCapture
        package var duration: Duration
    }

    /// What the child's descriptors are.
    package enum Streams: Sendable {
        /// Standard output and error apart.
        case separate
        /// Both in one stream, in the order in which they were written.
        case merged
    }

    private let limits: SupervisionLimits
    private let stop: StopSwitch
    private let onLine: ((String) -> Void)?

    private var output: OutputCapture
    private var errors: OutputCapture
    private var lines = LineSplitter()
    private var reason: StopReason?
    private var killAt: ContinuousClock.Instant?
    private var wasKilled = false

    private init(_ limits: SupervisionLimits, _ stop: StopSwitch, _ onLine: ((String) -> Void)?) {
        self.limits = limits
        self.stop = stop
        self.onLine = onLine
        output = OutputCapture(limit: limits.outputBytes)
        errors = OutputCapture(limit: limits.outputBytes)
    }

    /// Starts a child, watches it and waits for it; blocks the calling thread, which must not be a pool's.
    ///
    /// - Parameters:
    ///   - request: What to start.
    ///   - streams: Whether standard error has a pipe of its own.
    ///   - input: The descriptor that becomes standard input; `nil` for /dev/null.
    ///   - passing: Descriptors that become the child's from 3 on.
    ///   - limits: What the child is held to.
    ///   - stop: The switch that ends it.
    ///   - onLine: Gets each line of the output; must be quick.
    ///   - custody: Makes the custody of the new child; if it throws, the child is killed.
    /// - Returns: How the child ended and what it wrote.
    /// - Throws: ``ProcessError``, or what `custody` throws.
    package static func run<Owner: Custody>(
        _ request: SpawnRequest,
        streams: Streams,
        input: Int32? = nil,
        passing: [Int32] = [],
        limits: SupervisionLimits,
        stop: StopSwitch,
        onLine: ((String) -> Void)? = nil,
        custody: (ChildHandle) throws -> Owner
    ) throws -> Outcome {
        let started = ContinuousClock.now
        let null = try Descriptor.null()
        let outputPipe = try Descriptor.pipe(nonBlocking: true)
        let errorPipe = try Descriptor.pipe(nonBlocking: true)
        let errorEnd = streams == .merged ? outputPipe.writing.number : errorPipe.writing.number
        let descriptors = [input ?? null.number, outputPipe.writing.number, errorEnd] + passing
        let spawned = try SpawnThread.shared.spawn(request, descriptors: descriptors)
        let process = spawned.process
        let outputEnd = outputPipe.keepReading()
        let errorsEnd = errorPipe.keepReading()
        let number = shim_pidfd_open(process)
        guard number >= 0 else {
            let code = errno
            Self.discard(process)
            throw ProcessError.refused("watch a program", code: code)
        }
        let descriptor = Descriptor(adopting: number)
        let child = ChildHandle(process: process, descriptor: descriptor.number, isInGroup: spawned.isInGroup)
        var owner: Owner
        do {
            owner = try custody(child)
        } catch {
            Self.discard(process)
            throw error
        }
        var supervision = Supervision(limits, stop, onLine)
        supervision.watch(&owner, child, outputEnd, errorsEnd, since: started)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        owner.cleanUp()
        supervision.drain(outputEnd, errorsEnd)
        return Outcome(
            exit: ProcessExit(waitStatus: status),
            stop: supervision.reason,
            output: supervision.output,
            errors: supervision.errors,
            duration: ContinuousClock.now - started
        )
    }

    private static func discard(_ process: Int32) {
        kill(-process, SIGKILL)
        kill(process, SIGKILL)
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
    }

    /// Returns when the child has ended; it is not waited for yet.
    private mutating func watch(
        _ owner: inout some Custody,
        _ child: ChildHandle,
        _ outputEnd: borrowing Descriptor,
        _ errorsEnd: borrowing Descriptor,
        since started: ContinuousClock.Instant
    ) {
        let deadline = limits.wallClock.map { started + $0 }
        var nextCheck = limits.checkInterval.map { started + $0 }
        var watched = [child.descriptor, stop.descriptor.number, outputEnd.number, errorsEnd.number].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        while true {
            let wakeUp = [reason == nil ? deadline : nil, nextCheck, killAt].compactMap { $0 }.min()
            unsafe poll(&watched, nfds_t(watched.count), Self.milliseconds(until: wakeUp))
            if watched[2].revents != 0, !take(from: outputEnd, isError: false) { watched[2].fd = -1 }
            if watched[3].revents != 0, !take(from: errorsEnd, isError: true) { watched[3].fd = -1 }
            if watched[0].revents != 0 { return }
            let now = ContinuousClock.now
            if watched[1].revents != 0 {
                watched[1].fd = -1
                begin(.cancelled, &owner, now)
            }
            if let deadline, now >= deadline { begin(.wallClock, &owner, now) }
            if let due = nextCheck, now >= due {
                if let reason = owner.check() { begin(reason, &owner, now) }
                nextCheck = limits.checkInterval.map { ContinuousClock.now + $0 }
            }
            if let due = killAt, now >= due {
                owner.kill()
                killAt = now + .milliseconds(50)
            }
        }
    }

    /// Starts to end the child, once.
    private mutating func begin(
        _ reason: StopReason,
        _ owner: inout some Custody,
        _ now: ContinuousClock.Instant
    ) {
        guard self.reason == nil else { return }
        self.reason = reason
        killAt = now + limits.grace
        owner.terminate()
    }

    /// Reads one chunk and says whether there may be more.
    private mutating func take(from end: borrowing Descriptor, isError: Bool) -> Bool {
        guard let chunk = end.readChunk() else { return false }
        if isError {
            errors.append(chunk)
        } else {
            output.append(chunk)
        }
        if let onLine {
            lines.append(chunk, deliver: onLine)
        }
        return true
    }

    /// Reads what is still in the pipes; whoever else holds them open is not waited for.
    private mutating func drain(_ outputEnd: borrowing Descriptor, _ errorsEnd: borrowing Descriptor) {
        // A pipe holds 64 KiB unless its owner enlarged it: 1 MiB is the most that an ordinary user may ask for.
        for _ in 0..<64 {
            let before = output.count + errors.count
            _ = take(from: outputEnd, isError: false)
            _ = take(from: errorsEnd, isError: true)
            if output.count + errors.count == before { break }
        }
        if let onLine {
            lines.finish(deliver: onLine)
        }
    }

    private static func milliseconds(until instant: ContinuousClock.Instant?) -> Int32 {
        guard let instant else { return -1 }
        let (seconds, attoseconds) = (instant - ContinuousClock.now).components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        return Int32(clamping: max(0, milliseconds + 1))
    }
}
