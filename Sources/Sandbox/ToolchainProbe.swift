internal import Core
internal import ProcessKit

/// Whether nixpkgs can be reached from this machine, asked at most once in ten minutes while the answer is no.
struct ToolchainProbe: Sendable {
    struct Answer: Codable, Equatable, Sendable {
        /// What was asked for.
        let reference: String
        /// Milliseconds since 1970.
        let at: Int64
        /// `nil` when nixpkgs can be reached, else the reason why not.
        let obstacle: String?
    }

    /// How long an answer of no is believed, in milliseconds.
    static let memory: Int64 = 600_000
    static let file = "nixpkgs.json"

    let nix: ToolchainNix
    let cache: ToolchainCache
    let environment: [String: String]
    /// A flake reference in place of the public nixpkgs.
    let nixpkgs: String?
    let clock: any WallClock
    var limit: Duration = .seconds(1)

    private var reference: String { nixpkgs ?? "https://cache.nixos.org" }

    /// The reason why nixpkgs cannot be had now, or `nil`.
    func obstacle() async throws -> String? {
        let now = clock.milliseconds
        if let known: Answer = cache.value(Self.file), known.reference == reference, let obstacle = known.obstacle,
            (0..<Self.memory).contains(now - known.at)
        {
            return obstacle
        }
        let obstacle = try await ask()
        try cache.store(Answer(reference: reference, at: now, obstacle: obstacle), as: Self.file)
        return obstacle
    }

    /// Makes the answer no for the next ten minutes, after a download that failed in spite of the probe.
    func remember(_ obstacle: String) throws {
        try cache.store(Answer(reference: reference, at: clock.milliseconds, obstacle: obstacle), as: Self.file)
    }

    private func ask() async throws -> String? {
        let scratch = cache.path("probe")
        try cache.makeFolder(scratch)
        let question =
            nixpkgs.map { ["flake", "metadata", "--json", $0] } ?? ["store", "ping", "--store", reference]
        let output = try await Subprocess.run(
            [nix.program] + question,
            environment: ToolchainNix.environment(
                from: environment,
                settings: ["connect-timeout = 1", "download-attempts = 1"],
                scratch: scratch
            ),
            directory: "/",
            limits: Subprocess.Limits(time: limit, output: 64 << 10)
        )
        if output.timedOut { return "'\(reference.printable)' did not answer within \(limit.components.seconds) s" }
        return output.succeeded ? nil : ToolchainNix.complaint(output.errorText)
    }
}
