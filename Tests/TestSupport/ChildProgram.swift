import CLinux
import Foundation
import Synchronization

/// A program that a test has started: the one way in which tests start programs.
///
/// Foundation's own class for this crashes now and then when a test program starts many children, lets them inherit
/// blocked signals, and leaks when nobody waits. A child of this class begins as from a fresh shell: no signal is
/// blocked or ignored, and of the test program's open files it has its three streams alone.
package final class ChildProgram: Sendable {
    private enum State {
        /// With whoever waits for the end.
        case running([@Sendable (Int32) -> Void])
        case ended(Int32)
    }

    package let processID: Int32
    private let state = Mutex(State.running([]))

    /// Starts a program with its streams in files, which have to exist; `/dev/null` is one.
    ///
    /// - Parameters:
    ///   - program: A path, or a name that is looked up on the test program's own `PATH`.
    ///   - arguments: Those after the program's name.
    ///   - environment: All variables; those of the test program when `nil`.
    ///   - folder: Where it starts; the test program's own folder when `nil`.
    ///   - streams: The files for standard input, output and errors. The latter two are emptied first.
    /// - Throws: `POSIXError` when a file cannot be opened or the program cannot be started.
    package convenience init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        folder: String? = nil,
        streams: (input: String, output: String, errors: String)
    ) throws {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        for (file, flags) in [
            (streams.input, O_RDONLY), (streams.output, O_WRONLY | O_TRUNC), (streams.errors, O_WRONLY | O_TRUNC),
        ] {
            let descriptor = unsafe open(file, flags | O_CLOEXEC)
            guard descriptor >= 0 else { throw POSIXError.current }
            descriptors.append(descriptor)
        }
        try self.init(program, arguments, environment: environment, folder: folder, descriptors: descriptors)
    }

    /// Starts a program with copies of these descriptors as its streams.
    ///
    /// - Parameters:
    ///   - program: A path, or a name that is looked up on the test program's own `PATH`.
    ///   - arguments: Those after the program's name.
    ///   - environment: All variables; those of the test program when `nil`.
    ///   - folder: Where it starts; the test program's own folder when `nil`.
    ///   - descriptors: Standard input, output and errors, each above 2.
    /// - Throws: `POSIXError` when it cannot be started.
    init(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]?,
        folder: String?,
        descriptors: [Int32]
    ) throws {
        let environment = environment ?? ProcessInfo.processInfo.environment
        processID = try SpawnRequest(
            argv: [program] + arguments,
            environment: environment.map { "\($0.key)=\($0.value)" },
            folder: folder,
            descriptors: descriptors
        ).spawn()
        Thread.detachNewThread { self.reap() }
    }

    /// Sends a signal, unless the program has ended.
    package func send(_ signal: Int32) {
        state.withLock { state in
            // The identifier belongs to this child as long as nobody has reaped it, which happens under the lock.
            if case .running = state { kill(processID, signal) }
        }
    }

    /// Waits for the end: the exit status, or 128 and the signal.
    package func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            whenEnded { continuation.resume(returning: $0) }
        }
    }

    /// The same for code that cannot suspend: blocks the calling thread.
    @discardableResult
    package func waitForStatus() -> Int32 {
        let ended = DispatchSemaphore(value: 0)
        let status = Mutex<Int32>(0)
        whenEnded { code in
            status.withLock { $0 = code }
            ended.signal()
        }
        ended.wait()
        return status.withLock { $0 }
    }

    private func whenEnded(_ act: @escaping @Sendable (Int32) -> Void) {
        let status: Int32? = state.withLock { state in
            switch state {
            case .running(let others):
                state = .running(others + [act])
                return nil
            case .ended(let status): return status
            }
        }
        if let status { act(status) }
    }

    private func reap() {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(processID), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        let (status, waiting) = state.withLock { state in
            var code: Int32 = 0
            while unsafe waitpid(processID, &code, 0) < 0 && errno == EINTR {}
            let signal = code & 0x7F
            let status = signal == 0 ? code >> 8 & 0xFF : 128 + signal
            guard case .running(let waiting) = state else { return (status, [@Sendable (Int32) -> Void]()) }
            state = .ended(status)
            return (status, waiting)
        }
        for act in waiting { act(status) }
    }
}

/// What `posix_spawn` is asked for.
private struct SpawnRequest {
    let argv: [String]
    let environment: [String]
    let folder: String?
    let descriptors: [Int32]

    func spawn() throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let folder { unsafe shim_change_directory(&actions, folder) }
        for (number, descriptor) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        unsafe shim_close_from(&actions, Int32(descriptors.count))
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = unsafe argv.map { unsafe strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            for index in argv.indices { unsafe free(words[index]) }
            for index in environment.indices { unsafe free(variables[index]) }
        }
        var process: pid_t = 0
        let code = unsafe posix_spawnp(&process, argv[0], &actions, &attributes, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return process
    }
}

extension POSIXError {
    /// What the last call of the kernel failed with.
    static var current: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
}
