import Foundation
import Testing

/// Runs a real program, as a person would, and returns what it printed.
@discardableResult
func run(_ argv: [String], in folder: String? = nil, expecting status: Int32? = 0) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = argv
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    var environment = ProcessInfo.processInfo.environment
    for name in ["AUTHOR", "COMMITTER"] {
        environment["GIT_\(name)_NAME"] = "Test"
        environment["GIT_\(name)_EMAIL"] = "test@localhost"
        environment["GIT_\(name)_DATE"] = "1700000000 +0000"
    }
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if let status {
        try #require(process.terminationStatus == status, "\(argv.joined(separator: " ")): \(output)")
    }
    return output
}
