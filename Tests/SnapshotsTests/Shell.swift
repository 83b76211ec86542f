import Foundation
import TestSupport
import Testing

/// Runs a real program, as a person would, and returns what it printed.
@discardableResult
func run(_ argv: [String], in folder: String? = nil, expecting status: Int32? = 0) throws -> String {
    var environment = ProcessInfo.processInfo.environment
    for name in ["AUTHOR", "COMMITTER"] {
        environment["GIT_\(name)_NAME"] = "Test"
        environment["GIT_\(name)_EMAIL"] = "test@localhost"
        environment["GIT_\(name)_DATE"] = "1700000000 +0000"
    }
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    let outcome = try ChildProgram.run(
        argv[0],
        Array(argv.dropFirst()),
        environment: environment,
        folder: folder,
        together: true
    )
    if let status {
        try #require(outcome.status == status, "\(argv.joined(separator: " ")): \(outcome.output)")
    }
    return outcome.output
}
