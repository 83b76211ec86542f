internal import Core
internal import FoundationEssentials
internal import ProcessKit
internal import Synchronization

/// What this machine allows of isolation, asked once for each process.
package struct IsolationProbe: Sendable {
    /// How a command's use of the machine is limited.
    package enum LimitKind: String, Sendable {
        case controlGroupsOne = "cgroup v1"
        case controlGroupsTwo = "cgroup v2"
        /// Limits of single processes, and a watch over all of them.
        case watch = "rlimits and a watch"
    }

    /// bubblewrap's path, if it is installed.
    package var program: String?
    package var version: String?
    /// Why no sandbox can be had; `nil` when one can.
    package var fault: SandboxError?
    package var limits: LimitKind

    private static let cached = Mutex<IsolationProbe?>(nil)

    /// The answer for this machine.
    package static func shared() async throws -> IsolationProbe {
        if let known = cached.withLock({ $0 }) { return known }
        let probe = try await measure(environment: ProcessInfo.processInfo.environment)
        cached.withLock { $0 = probe }
        return probe
    }

    /// Tries bubblewrap with the namespaces of a real sandbox.
    package static func measure(environment: [String: String]) async throws -> IsolationProbe {
        let limits: LimitKind =
            switch ControlGroupHost.shared?.version {
            case .one: .controlGroupsOne
            case .two: .controlGroupsTwo
            case nil: .watch
            }
        guard let program = BubblewrapRunner.locate(path: environment["PATH"]) else {
            return IsolationProbe(program: nil, version: nil, fault: .helperMissing, limits: limits)
        }
        let brief = Subprocess.Limits(time: .seconds(10), output: 4_096)
        let version = try await Subprocess.run([program, "--version"], environment: [:], limits: brief)
        let attempt = try await Subprocess.run(
            [
                program, "--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
                "/bin/true",
            ],
            environment: [:],
            limits: brief
        )
        return IsolationProbe(
            program: program,
            version: version.text.split(separator: " ").last.map { String($0).trimmed },
            fault: attempt.succeeded ? nil : fault(attempt.errorText),
            limits: limits
        )
    }

    /// What stands behind a message with which bubblewrap ended before it ran anything.
    static func fault(_ message: String) -> SandboxError {
        fault(message) { SmallFile.text($0) }
    }

    /// - Parameters:
    ///   - message: bubblewrap's own words.
    ///   - read: Reads a kernel setting's file.
    /// - Returns: A fault that names the setting which forbids the sandbox, where one is known to.
    package static func fault(_ message: String, read: (String) -> String?) -> SandboxError {
        let text = message.trimmed
        let lower = text.lowercased()
        let denied = [
            "no permissions", "operation not permitted", "permission denied", "no space left", "exceeded", "uid map",
        ]
        guard denied.contains(where: lower.contains), lower.contains("namespace") || lower.contains("uid map") else {
            return .setupFailed(text)
        }
        for (name, forbidding, remedy) in settings {
            let path = "/proc/sys/" + name.replacing(".", with: "/")
            guard read(path)?.trimmed == forbidding else { continue }
            return .namespacesForbidden(reason: "\(name) = \(forbidding) forbids user namespaces", remedy: remedy)
        }
        return .namespacesForbidden(
            reason: "user namespaces are forbidden here (\(text))",
            remedy: "allow user namespaces; in a container, start it with a seccomp profile that allows them"
        )
    }

    private static let settings: [(name: String, forbidding: String, remedy: String)] = [
        ("kernel.unprivileged_userns_clone", "0", "as root: sysctl kernel.unprivileged_userns_clone=1"),
        ("user.max_user_namespaces", "0", "as root: sysctl user.max_user_namespaces=10000"),
        (
            "kernel.apparmor_restrict_unprivileged_userns", "1",
            "as root: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap"
        ),
    ]
}
