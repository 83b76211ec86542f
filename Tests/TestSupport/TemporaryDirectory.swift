package import Foundation
package import Testing

/// A directory of the running test's own, made before it and removed after it.
package enum TemporaryDirectory {
    @TaskLocal package static var current: URL = FileManager.default.temporaryDirectory
}

/// The trait that gives each test function, and each argument of it, a fresh directory.
package struct TemporaryDirectoryTrait: TestTrait, SuiteTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "drydock-test-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try await TemporaryDirectory.$current.withValue(directory, operation: function)
    }
}

extension Trait where Self == TemporaryDirectoryTrait {
    package static var temporaryDirectory: Self { Self() }
}
