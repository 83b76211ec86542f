import Foundation
import ProcessKit
import TestSupport
import Testing

@Suite("The place of control groups", .tags(.small))
struct ControlGroupLayoutTests {
    private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

    private func folders(own: String, mounts: String) -> [String] {
        ControlGroupLayout(ownGroups: own, mounts: mounts).candidates.map(\.memory)
    }

    @Test("is in version 2 the own group, and else the one above it")
    func unifiedHierarchy() {
        let own = "0::/user.slice/session-3.scope\n"
        let found = ControlGroupLayout(ownGroups: own, mounts: Self.unified).candidates
        #expect(found.map(\.memory) == ["/sys/fs/cgroup/user.slice/session-3.scope", "/sys/fs/cgroup/user.slice"])
        #expect(found.allSatisfy { $0.version == .two && $0.processes == $0.memory && $0.cpu == $0.memory })
    }

    @Test("is in version 2 the mount itself for a process in its root")
    func unifiedRoot() {
        #expect(folders(own: "0::/\n", mounts: Self.unified) == ["/sys/fs/cgroup"])
    }

    @Test("is counted from the part of the hierarchy that is mounted")
    func mountedPart() {
        let mounts = "41 40 0:26 /pods/a /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
        #expect(folders(own: "0::/pods/a\n", mounts: mounts) == ["/sys/fs/cgroup"])
        #expect(folders(own: "0::/pods/a/b\n", mounts: mounts) == ["/sys/fs/cgroup/b", "/sys/fs/cgroup"])
        #expect(folders(own: "0::/pods/ab\n", mounts: mounts).first == "/sys/fs/cgroup/pods/ab")
    }

    @Test("is in version 1 a folder for each controller, which come before version 2")
    func separateHierarchies() {
        let mounts = """
            31 30 0:27 / /cg/memory rw - cgroup cgroup rw,memory
            32 30 0:28 / /cg/pids rw - cgroup cgroup rw,pids
            33 30 0:29 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            34 30 0:30 / /cg/unified rw - cgroup2 cgroup2 rw
            """
        let own = "4:cpu,cpuacct:/\n3:pids:/\n2:memory:/deep\n0::/\n"
        let found = ControlGroupLayout(ownGroups: own, mounts: mounts).candidates
        #expect(
            found.first
                == ControlGroupHost(
                    version: .one,
                    memory: "/cg/memory/deep",
                    processes: "/cg/pids",
                    cpu: "/cg/cpu,cpuacct"
                )
        )
        #expect(found.dropFirst().map(\.memory) == ["/cg/unified"])
    }

    @Test("is nowhere without mounts, or when lines are not what they should be")
    func nothing() {
        #expect(folders(own: "", mounts: "").isEmpty)
        #expect(folders(own: "0::/\n", mounts: "30 23 0:26 / /sys/fs/cgroup rw").isEmpty)
        #expect(folders(own: "garbage", mounts: Self.unified).isEmpty)
    }
}

@Suite("Abandoned control groups", .tags(.medium), .temporaryDirectory)
struct AbandonedControlGroupTests {
    /// No process has a number above the kernel's highest one.
    private let nobody = 1 << 22 + 1

    @Test("are removed, while those of living processes and of others stay")
    func removal() throws {
        let folder = TemporaryDirectory.current.path
        let mine = "drydock-\(ProcessInfo.processInfo.processIdentifier)-1"
        let foreign = "drydock-\(nobody)-1-x"
        for name in ["drydock-\(nobody)-1", "drydock-\(nobody)-22", mine, foreign, "drydock-", "other-\(nobody)-1"] {
            try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: false)
        }
        ControlGroupHost(version: .two, memory: folder, processes: folder, cpu: nil).removeAbandoned()
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == ["drydock-", mine, foreign, "other-\(nobody)-1"].sorted())
    }
}

@Suite("The thread that starts children", .tags(.small), .temporaryDirectory)
struct LentThreadTests {
    @Test("is taken back from a group with one write for each controller, not with as many as it may need")
    func takenBack() throws {
        let folders = ["memory", "pids"].map { TemporaryDirectory.current.path + "/" + $0 }
        let pipes = try folders.map { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            let made = unsafe mkfifo(folder + "/tasks", 0o600)
            #expect(made == 0)
            return unsafe open(folder + "/tasks", O_RDWR | O_NONBLOCK | O_CLOEXEC)
        }
        defer { for pipe in pipes { close(pipe) } }
        ControlGroupHost(version: .one, memory: folders[0], processes: folders[1], cpu: nil).takeThreadBack()
        for pipe in pipes {
            var bytes = [UInt8](repeating: 0, count: 1_000)
            let count = unsafe read(pipe, &bytes, bytes.count)
            #expect(count == 1)
        }
    }
}

@Suite("A child with a control group", .tags(.medium))
struct GroupedChildTests {
    /// The lines of the groups that Drydock makes, in what a child says of its own.
    private func groups(of group: ControlGroup?) throws -> (isInGroup: Bool, lines: [Substring]) {
        let request = SpawnRequest(
            program: "/bin/cat",
            argv: ["cat", "/proc/self/cgroup"],
            environment: [:],
            group: group
        )
        var isInGroup = false
        let outcome = try Supervision.run(
            request,
            streams: .merged,
            limits: SupervisionLimits(wallClock: .seconds(60)),
            stop: StopSwitch()
        ) { child in
            isInGroup = child.isInGroup
            return GroupCustody(of: child)
        }
        let text = String(decoding: outcome.output.bytes, as: UTF8.self)
        return (isInGroup, text.split(separator: "\n").filter { $0.contains("/drydock-") })
    }

    @Test(
        "is born in it, while the thread that starts children is in none before and after",
        .enabled(if: ControlGroupHost.shared?.lendsThreads == true, "needs control groups of version 1")
    )
    func birth() throws {
        let host = try #require(ControlGroupHost.shared)
        let group = try #require(ControlGroup(in: host, memoryBytes: 1 << 30, processes: 64))
        defer { group.remove() }
        let folders = Set([host.memory, host.processes] + [host.cpu].compactMap { $0 })
        #expect(try groups(of: nil).lines.isEmpty)
        let inside = try groups(of: group)
        #expect(inside.isInGroup)
        #expect(inside.lines.count == folders.count)
        #expect(try groups(of: nil).lines.isEmpty)
        #expect(group.members.isEmpty)
    }

    @Test("is started all the same where the group is gone", .enabled(if: ControlGroupHost.shared != nil))
    func missing() throws {
        let host = try #require(ControlGroupHost.shared)
        let group = try #require(ControlGroup(in: host, memoryBytes: 1 << 30, processes: 64))
        group.remove()
        let outside = try groups(of: group)
        #expect(!outside.isInGroup)
        #expect(outside.lines.isEmpty)
    }

    @Test("is ended with it, and we are not", .enabled(if: ControlGroupHost.shared?.lendsThreads == true))
    func end() throws {
        let host = try #require(ControlGroupHost.shared)
        let group = try #require(ControlGroup(in: host, memoryBytes: 1 << 30, processes: 64))
        let request = SpawnRequest(program: "/bin/sleep", argv: ["sleep", "600"], environment: [:], group: group)
        let outcome = try Supervision.run(
            request,
            streams: .merged,
            limits: SupervisionLimits(wallClock: .seconds(60)),
            stop: StopSwitch()
        ) { child in
            // Our own number is among the members for as long as one of our threads is.
            #expect(group.members == [child.process])
            group.killAll()
            return GroupCustody(of: child)
        }
        #expect(outcome.exit == .signalled(SIGKILL))
        group.remove()
    }
}
