import Core
import ProcessKit

/// Whether an agent can be used on this machine, and if not, why.
package struct AgentStatus: Codable, Sendable, Hashable {
    package let name: String
    /// Where the program is; `nil` when it is not on `PATH`.
    package let program: String?
    /// What it says its version is; `nil` when it says nothing in time.
    package let version: String?
    /// What is missing, as a part of a sentence; `nil` when the agent can be used.
    package let reason: String?
    /// What a person can do about it.
    package let hint: String?
    package let capabilities: [AgentCapability]

    package var isAvailable: Bool { reason == nil }
}

/// Looks for agents without a network: whether they are on `PATH`, which version they are, and whether they are logged in.
package struct AgentProbe: Sendable {
    /// How long a program may take to say its version.
    package static let versionLimit = Duration.seconds(10)
    private static let versionLength = 80

    private let environment: [String: String]
    private let allowsBilling: Bool

    /// - Parameters:
    ///   - environment: All variables of the person who runs Drydock.
    ///   - allowsBilling: Whether keys that are charged by use count as a login.
    package init(environment: [String: String], allowsBilling: Bool = false) {
        self.environment = environment
        self.allowsBilling = allowsBilling
    }

    /// The agents, in their order; all are looked for at once.
    package func statuses(of profiles: [AgentProfile]) async -> [AgentStatus] {
        await withTaskGroup(of: (Int, AgentStatus).self) { group in
            for (place, profile) in profiles.enumerated() {
                group.addTask { (place, await status(of: profile)) }
            }
            var found: [Int: AgentStatus] = [:]
            for await (place, status) in group { found[place] = status }
            return profiles.indices.compactMap { found[$0] }
        }
    }

    package func status(of profile: AgentProfile) async -> AgentStatus {
        let program = program(of: profile)
        let version = if let program, profile.enabled { await self.version(of: profile, program) } else { String?.none }
        var (reason, hint) = (String?.none, String?.none)
        if !profile.enabled {
            (reason, hint) = ("it is switched off by configuration", "leave 'enabled' out of its entry below 'agents'")
        } else if let problem = profile.problems.first {
            (reason, hint) = ("its profile cannot be used: \(problem)", "mend the configuration")
        } else if program == nil {
            reason = "there is no '\(profile.command.printable)' on PATH"
            hint = "install \(profile.name.printable)"
        } else if case .missing(let what) = login(of: profile) {
            (reason, hint) = ("not logged in: \(what)", "run '\(profile.loginHint ?? profile.command)' and log in")
        }
        return AgentStatus(
            name: profile.name,
            program: program,
            version: version,
            reason: reason,
            hint: hint,
            capabilities: profile.capabilities.sorted { $0.rawValue < $1.rawValue }
        )
    }

    /// The program's absolute path, or `nil`.
    package func program(of profile: AgentProfile) -> String? {
        ExecutableSearch.find(profile.command, path: environment["PATH"])
    }

    package func login(of profile: AgentProfile) -> AgentLogin {
        AgentLogin(of: profile, environment: environment, allowsBilling: allowsBilling)
    }

    /// The first line that the program prints when it is asked for its version.
    package func version(of profile: AgentProfile, _ program: String) async -> String? {
        let own = environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
        let output = try? await Subprocess.run(
            [program] + profile.versionArguments,
            environment: own.merging(profile.settings) { mine, _ in mine },
            directory: "/",
            limits: Subprocess.Limits(time: Self.versionLimit, output: 64 << 10)
        )
        guard let output, output.succeeded else { return nil }
        return ProgramOutput.plain(output.text).split(separator: "\n").first.map {
            SafeText.cut(String($0), limit: Self.versionLength).printable
        }
    }
}
