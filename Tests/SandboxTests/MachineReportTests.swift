import Core
import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("A look at the machine", .tags(.medium), .temporaryDirectory)
struct MachineReportTests {
    private func inspection(
        environment: [String: String]? = nil,
        state: String? = nil,
        stacks: [MachineReport.Stack] = [],
        limit: Duration = .seconds(30)
    ) throws -> MachineInspection {
        MachineInspection(
            stateFolder: state ?? ToolchainSupport.folder + "/state",
            cacheFolder: ToolchainSupport.folder + "/cache",
            environment: environment ?? ProcessInfo.processInfo.environment,
            hostFlake: try ToolchainSupport.flake("host"),
            nixpkgs: "path:/nowhere/at/all",
            stacks: stacks,
            limit: limit
        )
    }

    @Test("finds each part once, and has a remedy for whatever is not in order")
    func real() async throws {
        let stacks = [
            MachineReport.Stack(name: "cpp", tools: ["g++", "cmake"], packages: ["g++", "cmake"]),
            MachineReport.Stack(name: "odd", tools: ["no-such-tool"], packages: ["odd"]),
        ]
        let report = try await inspection(stacks: stacks).report()
        let names = report.findings.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(["kernel", "bubblewrap", "limits", "nix", "state folder", "disk"]).isSubset(of: names))
        #expect(names.suffix(2) == ["toolchain cpp", "toolchain odd"])
        for finding in report.findings {
            #expect((finding.remedy == nil) == (finding.status == .ok), "\(finding)")
            #expect(!finding.detail.isEmpty && !finding.detail.contains("\n"), "\(finding)")
        }
        let kernel = try #require(report.findings.first { $0.name == "kernel" })
        let release = try String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        #expect(kernel.detail.hasPrefix(release.trimmingCharacters(in: .whitespacesAndNewlines)))
        let odd = try #require(report.findings.last)
        #expect(
            odd
                == .warning(
                    "toolchain odd",
                    "not found: no-such-tool",
                    remedy: "run 'scripts/setup --all', or: apt-get install odd"
                )
        )
        #expect(report.status >= .warning)
    }

    @Test("says where a tool is and which version it has")
    func version() async throws {
        // Some tools write colours even where there is no terminal.
        let answer = #"[ "$1" = --version ] && printf '\033[1mfrob 1.2\033[0m\n'; echo more"#
        let path = try ToolchainSupport.script("tools/bin/frob", answer)
        var environment = ToolchainSupport.environment(path: "tools/bin")
        environment["NIX_CONFIG"] = "substituters ="
        let stack = MachineReport.Stack(name: "frob", tools: ["frob"], packages: [])
        let report = try await inspection(environment: environment, stacks: [stack]).report()
        #expect(report.findings.last == .ok("toolchain frob", "\(path), frob 1.2"))
    }

    @Test("waits for no program longer than its limit", .timeLimit(.minutes(1)))
    func hanging() async throws {
        try ToolchainSupport.script("tools/bin/frob", "trap '' TERM; sleep 100")
        try ToolchainSupport.script("tools/bin/nix", "[ \"$1\" = --version ] && { echo nix 2.8; exit; }; sleep 100")
        let stack = MachineReport.Stack(name: "frob", tools: ["frob"], packages: ["frob"])
        let environment = ToolchainSupport.environment(path: "tools/bin")
        let start = ContinuousClock.now
        let report = try await inspection(environment: environment, stacks: [stack], limit: .seconds(1)).report()
        #expect(ContinuousClock.now - start < .seconds(40))
        #expect(report.findings.last?.detail.hasSuffix("does not say its version") == true)
        let nix = try #require(report.findings.first { $0.name == "nix" })
        #expect(nix.status == .warning)
        #expect(nix.detail.contains("took longer than 1 s"))
    }

    @Test("calls a state folder that cannot be made a problem, with the reason")
    func stateFolder() async throws {
        try "".write(toFile: ToolchainSupport.folder + "/file", atomically: true, encoding: .utf8)
        let state = ToolchainSupport.folder + "/file/state"
        let report = try await inspection(state: state).report()
        let finding = try #require(report.findings.first { $0.name == "state folder" })
        #expect(finding.status == .problem)
        #expect(finding.detail.contains("Not a directory"))
        #expect(finding.remedy?.contains("DRYDOCK_HOME") == true)
        #expect(report.status == .problem)
    }

    @Test("leaves nothing behind in the state folder")
    func tidy() async throws {
        let state = ToolchainSupport.folder + "/a 'b' $c"
        let report = try await inspection(state: state).report()
        #expect(report.findings.contains(.ok("state folder", state + " can be written")))
        #expect(try FileManager.default.contentsOfDirectory(atPath: state).isEmpty)
    }

    @Test(
        "judges free space by what a build needs",
        arguments: [(100 << 20, MachineReport.Status.problem), (1 << 30, .warning), (50 << 30, .ok)]
    )
    func space(free: Int, status: MachineReport.Status) {
        #expect(MachineInspection.space(free).map(\.status) == [status])
    }

    @Test("names the way to a sandbox where there is none")
    func isolation() async throws {
        var probe = try await IsolationProbe.measure(environment: [:])
        probe.program = nil
        probe.fault = .helperMissing
        probe.limits = .watch
        let missing = MachineInspection.findings(of: probe)
        #expect(missing.map(\.status) == [.problem, .warning])
        #expect(missing.first?.remedy?.contains("apt-get install bubblewrap") == true)
        probe.program = "/usr/bin/bwrap"
        probe.fault = .namespacesForbidden(reason: "forbidden here", remedy: "sysctl it")
        probe.limits = .controlGroupsTwo
        let findings = MachineInspection.findings(of: probe)
        #expect(findings.first?.status == .problem)
        #expect(findings.first?.detail.contains("forbidden here") == true)
        #expect(findings.first?.remedy == "sysctl it")
        #expect(findings.last == .ok("limits", "by cgroup v2"))
    }
}
