import Foundation
import HTTPClientKit
import Testing

/// Runs `body` with a client, shuts it down and checks that nothing of it is left.
func withClient<Result>(
    _ configuration: HTTPClientConfiguration = HTTPClientConfiguration(),
    _ body: (HTTPClient) async throws -> Result
) async throws -> Result {
    let client = HTTPClient(configuration)
    do {
        let result = try await body(client)
        #expect(client.counters.runningTransfers == 0)
        #expect(client.counters.waitingTransfers == 0)
        await client.shutdown()
        #expect(client.counters.openConnections == 0)
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}

extension HTTPClient {
    /// The text of an answer's body.
    func text(_ request: HTTPRequest) async throws -> String {
        try await send(request).body.text
    }

    /// The fault with which a request ends, if it does.
    func fault(_ request: HTTPRequest) async -> HTTPFault? {
        do {
            _ = try await send(request)
            return nil
        } catch {
            return error
        }
    }

    /// The reason for which a request fails.
    func reason(_ request: HTTPRequest) async -> HTTPFault.Reason? {
        await fault(request)?.reason
    }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}

/// Waits until a condition holds; the time limit of the whole test run ends it otherwise.
func eventually(_ condition: () -> Bool) async throws {
    while !condition() {
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// The open descriptors of this process.
func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}
