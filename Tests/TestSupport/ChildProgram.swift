import Foundation
import Synchronization

/// A program that a test has started, with its streams in files.
///
/// Foundation's own class for this crashes now and then when a test program starts many children, and lets them inherit
/// blocked signals.
package final class ChildProgram: Sendable {
    package let processID: Int32
    private let ended: AsyncStream<Void>
    private let result = Mutex<Int32>(0)

    /// - Parameters:
    ///   - path: The program's absolute path.
    ///   - arguments: Those after the program's name.
    ///   - environment: All variables.
    ///   - folder: Where it starts.
    ///   - streams: The files for standard input, output and errors, which have to exist.
    /// - Throws: `POSIXError` when it cannot be started.
    package init(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        folder: String,
        streams: (input: String, output: String, errors: String)
    ) throws {
        let (ended, continuation) = AsyncStream.makeStream(of: Void.self)
        self.ended = ended
        let process = try Self.spawn(
            ["/usr/bin/env", "--chdir", folder, path] + arguments,
            environment.map { "\($0.key)=\($0.value)" },
            [streams.input, streams.output, streams.errors]
        )
        processID = process
        Thread.detachNewThread {
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
            let signal = status & 0x7F
            self.result.withLock { $0 = signal == 0 ? status >> 8 & 0xFF : 128 + signal }
            continuation.finish()
        }
    }

    package func send(_ signal: Int32) {
        kill(processID, signal)
    }

    /// Waits for the end: the exit status, or 128 and the signal.
    package func status() async -> Int32 {
        for await _ in ended {}
        return result.withLock { $0 }
    }

    private static func spawn(
        _ argv: [String],
        _ environment: [String],
        _ files: [String]
    ) throws -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in files.enumerated() {
            let flags = number == 0 ? O_RDONLY : O_WRONLY | O_TRUNC
            unsafe posix_spawn_file_actions_addopen(&actions, Int32(number), file, flags, 0)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = unsafe argv.map { unsafe strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            for index in 0..<argv.count { unsafe free(words[index]) }
            for index in 0..<environment.count { unsafe free(variables[index]) }
        }
        var process: pid_t = 0
        let code = unsafe posix_spawn(&process, argv[0], &actions, &attributes, &words, &variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return process
    }
}
