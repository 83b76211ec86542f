import CLinux
import Foundation

/// What a program came to that was run to its end.
package struct ProgramOutcome: Sendable {
    /// The exit status, or 128 and the signal.
    package let status: Int32
    /// Standard output; with the errors, in the order in which they came, when they were to go to one place.
    package let output: String
    /// Standard errors, unless they went to the output.
    package let errors: String
}

extension ChildProgram {
    /// Runs a program to its end; blocks the calling thread.
    ///
    /// - Parameters:
    ///   - program: A path, or a name that is looked up on the test program's own `PATH`.
    ///   - arguments: Those after the program's name.
    ///   - environment: All variables; those of the test program when `nil`.
    ///   - folder: Where it starts; the test program's own folder when `nil`.
    ///   - input: What it can read.
    ///   - together: Whether the errors go to the output.
    /// - Returns: How it ended, and what it wrote.
    /// - Throws: `POSIXError` when it cannot be started.
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        folder: String? = nil,
        input: String = "",
        together: Bool = false
    ) throws -> ProgramOutcome {
        let streams = try MemoryStreams(input: input, together: together)
        let child = try ChildProgram(
            program,
            arguments,
            environment: environment,
            folder: folder,
            descriptors: streams.descriptors
        )
        return streams.outcome(child.waitForStatus())
    }

    /// Runs a program to its end without blocking a thread.
    ///
    /// - Parameters:
    ///   - program: A path, or a name that is looked up on the test program's own `PATH`.
    ///   - arguments: Those after the program's name.
    ///   - environment: All variables; those of the test program when `nil`.
    ///   - folder: Where it starts; the test program's own folder when `nil`.
    ///   - input: What it can read.
    ///   - together: Whether the errors go to the output.
    /// - Returns: How it ended, and what it wrote.
    /// - Throws: `POSIXError` when it cannot be started.
    package static func run(
        _ program: String,
        _ arguments: [String],
        environment: [String: String]? = nil,
        folder: String? = nil,
        input: String = "",
        together: Bool = false
    ) async throws -> ProgramOutcome {
        let streams = try MemoryStreams(input: input, together: together)
        let child = try ChildProgram(
            program,
            arguments,
            environment: environment,
            folder: folder,
            descriptors: streams.descriptors
        )
        return streams.outcome(await child.status())
    }
}

/// A child's streams in files that lie in memory.
///
/// Unlike pipes they need no one to drain them, and a grandchild that keeps them open delays nothing.
private final class MemoryStreams: Sendable {
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    private let together: Bool

    var descriptors: [Int32] { [input, output, together ? output : errors] }

    init(input text: String, together: Bool) throws {
        self.together = together
        input = unsafe shim_memory_file("input")
        output = unsafe shim_memory_file("output")
        errors = unsafe shim_memory_file("errors")
        guard input >= 0, output >= 0, errors >= 0 else { throw POSIXError.current }
        try FileHandle(fileDescriptor: input, closeOnDealloc: false).write(contentsOf: Data(text.utf8))
        lseek(input, 0, SEEK_SET)
    }

    func outcome(_ status: Int32) -> ProgramOutcome {
        ProgramOutcome(status: status, output: text(output), errors: together ? "" : text(errors))
    }

    private func text(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            // The child has moved the offset that it shares with this descriptor.
            let count = unsafe pread(descriptor, &part, part.count, off_t(bytes.count))
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }

    deinit {
        for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) }
    }
}
