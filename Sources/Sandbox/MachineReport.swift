internal import Core
internal import ProcessKit

/// What a look at the machine found, part by part, each with a remedy where something is wrong.
package struct MachineReport: Codable, Hashable, Sendable {
    package enum Status: String, CaseIterable, Codable, Comparable, Sendable {
        case ok
        /// Drydock works, with less: a lower level, a stack that cannot be built.
        case warning
        /// Drydock cannot do its main job.
        case problem

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
        package static func < (left: Status, right: Status) -> Bool { left.rank < right.rank }
    }

    package struct Finding: Codable, Hashable, Sendable {
        /// Such as `bubblewrap` or `toolchain rust`.
        package let name: String
        package let status: Status
        /// What was found, on one line.
        package let detail: String
        /// What a person can do; there whenever the status is not `ok`.
        package let remedy: String?

        package static func ok(_ name: String, _ detail: String) -> Finding {
            Finding(name: name, status: .ok, detail: detail.printable, remedy: nil)
        }

        package static func warning(_ name: String, _ detail: String, remedy: String) -> Finding {
            Finding(name: name, status: .warning, detail: detail.printable, remedy: remedy)
        }

        package static func problem(_ name: String, _ detail: String, remedy: String) -> Finding {
            Finding(name: name, status: .problem, detail: detail.printable, remedy: remedy)
        }
    }

    /// A stack whose toolchain is looked for.
    package struct Stack: Hashable, Sendable {
        package let name: String
        /// The programs it needs, the one whose version counts first.
        package let tools: [String]
        /// The packages of Debian that bring them.
        package let packages: [String]

        package init(name: String, tools: [String], packages: [String]) {
            self.name = name
            self.tools = tools
            self.packages = packages
        }
    }

    package var findings: [Finding]

    package init(findings: [Finding]) {
        self.findings = findings
    }

    /// The worst status of all.
    package var status: Status { findings.map(\.status).max() ?? .ok }
}

/// Looks at the machine; each look has a time limit, and none that fails stops the others.
package struct MachineInspection: Sendable {
    let stateFolder: String
    let cacheFolder: String
    let environment: [String: String]
    let hostFlake: FlakeSource
    let nixpkgs: String?
    let isOffline: Bool
    let stacks: [MachineReport.Stack]
    /// How long one program may take to answer.
    let limit: Duration

    /// - Parameters:
    ///   - stateFolder: Where runs, the store and snapshots are, or will be.
    ///   - cacheFolder: As for ``ToolchainResolver``.
    ///   - environment: The environment of the person who runs Drydock.
    ///   - hostFlake: The flake without inputs.
    ///   - nixpkgs: A flake reference in place of the public nixpkgs.
    ///   - isOffline: Whether nothing may be asked beyond this machine.
    ///   - stacks: The stacks to look for.
    ///   - limit: How long one program may take to answer.
    package init(
        stateFolder: String,
        cacheFolder: String,
        environment: [String: String],
        hostFlake: FlakeSource,
        nixpkgs: String? = nil,
        isOffline: Bool = false,
        stacks: [MachineReport.Stack],
        limit: Duration = .seconds(10)
    ) {
        self.stateFolder = stateFolder
        self.cacheFolder = cacheFolder
        self.environment = environment
        self.hostFlake = hostFlake
        self.nixpkgs = nixpkgs
        self.isOffline = isOffline
        self.stacks = stacks
        self.limit = limit
    }

    /// All findings, in the order in which they are shown.
    package func report() async -> MachineReport {
        var findings = kernel
        findings += await isolation()
        findings += await nix()
        findings += await disk()
        findings += await toolchains()
        return MachineReport(findings: findings)
    }

    // MARK: Kernel and isolation

    private var kernel: [MachineReport.Finding] {
        let features = [
            KernelFeatures.hasSystemCallFilters ? "seccomp" : "no seccomp",
            KernelFeatures.hasProcessDescriptors ? "pidfd" : "no pidfd",
            KernelFeatures.landlockVersion.map { "Landlock \($0)" } ?? "no Landlock",
            KernelFeatures.userNamespaceLimit.map { "\($0) user namespaces" } ?? "no user namespaces",
        ]
        let detail = KernelFeatures.release + ": " + features.joined(separator: ", ")
        guard KernelFeatures.hasSystemCallFilters, KernelFeatures.hasProcessDescriptors else {
            return [.problem("kernel", detail, remedy: "use a kernel of 5.4 or newer with seccomp filters")]
        }
        guard let limit = KernelFeatures.userNamespaceLimit, limit > 0 else {
            return [.problem("kernel", detail, remedy: "as root: sysctl user.max_user_namespaces=10000")]
        }
        return [.ok("kernel", detail)]
    }

    private func isolation() async -> [MachineReport.Finding] {
        do {
            return Self.findings(of: try await IsolationProbe.measure(environment: environment))
        } catch {
            return [.problem("bubblewrap", "\(error)", remedy: "run 'scripts/setup', or: apt-get install bubblewrap")]
        }
    }

    /// What a probe of the isolation means.
    package static func findings(of probe: IsolationProbe) -> [MachineReport.Finding] {
        let limits: MachineReport.Finding =
            switch probe.limits {
            case .controlGroupsOne, .controlGroupsTwo: .ok("limits", "by \(probe.limits.rawValue)")
            case .watch:
                .warning(
                    "limits",
                    "by \(probe.limits.rawValue): no control group can be made",
                    remedy: "run as root, or in a session with delegated control groups (systemd-run --user --scope)"
                )
            }
        guard let program = probe.program else {
            let remedy = "run 'scripts/setup', or: apt-get install bubblewrap"
            return [.problem("bubblewrap", "not installed", remedy: remedy), limits]
        }
        let version = "\(program), \(probe.version ?? "of an unknown version")"
        guard let fault = probe.fault else { return [.ok("bubblewrap", version + ", makes sandboxes"), limits] }
        // The hint of the other faults leads here.
        let remedy =
            if case .namespacesForbidden(_, let remedy) = fault { remedy } else {
                "try as root, or in a container that allows user namespaces and mounts of /proc"
            }
        return [.problem("bubblewrap", "\(version): \(fault)", remedy: remedy), limits]
    }

    // MARK: Disk

    private func disk() async -> [MachineReport.Finding] {
        // A child does the writing: a dead network file system would hold us for ever.
        let script = "mkdir -p \"$1\" && : > \"$1/.doctor.$$\" && rm \"$1/.doctor.$$\""
        let output = try? await Subprocess.run(
            ["/bin/sh", "-c", script, "sh", stateFolder],
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            directory: "/",
            limits: Subprocess.Limits(time: limit, output: 4_096)
        )
        guard let output, output.succeeded else {
            let words = output.map { $0.timedOut ? "does not answer" : $0.errorText } ?? "cannot be tried"
            let line = words.split(separator: "\n").first.map(String.init) ?? words
            let remedy = "make the folder writable, or set DRYDOCK_HOME to another one"
            return [.problem("state folder", "\(stateFolder): \(line)", remedy: remedy)]
        }
        return [.ok("state folder", "\(stateFolder) can be written")]
            + Self.space(FileSystemUsage.freeBytes(stateFolder))
    }

    /// What so many free bytes mean: a build wants gigabytes, a journal megabytes.
    package static func space(_ free: Int?) -> [MachineReport.Finding] {
        guard let free else { return [] }
        let detail = "\(free >> 20) MiB free"
        let remedy = "free some space ('drydock prune' drops old snapshots), or set DRYDOCK_HOME to a larger disk"
        switch free {
        case ..<(200 << 20): return [.problem("disk", detail, remedy: remedy)]
        case ..<(2 << 30): return [.warning("disk", detail, remedy: remedy)]
        default: return [.ok("disk", detail)]
        }
    }
}
