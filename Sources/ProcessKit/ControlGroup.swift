internal import Glibc
internal import Synchronization

/// Where control groups can be made on this machine, found once for each process.
package struct ControlGroupHost: Hashable, Sendable {
    package enum Version: Int, Sendable {
        case one = 1
        case two = 2
    }

    package var version: Version
    /// The folders that a group is made in: one for version 2, one for each controller for version 1.
    package var memory: String
    package var processes: String
    /// `nil` when processor time cannot be read.
    package var cpu: String?
    /// Whether a thread of ours can go into a group alone and come back, so that a child is born there.
    package private(set) var lendsThreads = false

    package init(version: Version, memory: String, processes: String, cpu: String?) {
        self.version = version
        self.memory = memory
        self.processes = processes
        self.cpu = cpu
    }

    private static let found = Mutex<ControlGroupHost??>(nil)

    /// The place where this process can make groups, or `nil`.
    package static var shared: ControlGroupHost? {
        found.withLock { cached in
            if let cached { return cached }
            let host = detect()
            host?.removeAbandoned()
            cached = .some(host)
            return host
        }
    }

    private static func detect() -> ControlGroupHost? {
        let own = SmallFile.text("/proc/self/cgroup") ?? ""
        let mounts = SmallFile.text("/proc/self/mountinfo") ?? ""
        let candidates = ControlGroupLayout(ownGroups: own, mounts: mounts).candidates
        var host = candidates.first { host in
            host.prepare()
            guard let group = ControlGroup(in: host, memoryBytes: 1 << 30, processes: 64) else { return false }
            group.remove()
            return true
        }
        let lendsThreads = host?.takesThread() ?? false
        host?.lendsThreads = lendsThreads
        return host
    }

    /// Puts the calling thread where our process is, which changes nothing but shows that it could come back.
    ///
    /// In version 2 a thread cannot leave the rest of its process for a group with a memory limit.
    fileprivate func takesThread() -> Bool {
        version == .one && folders.allSatisfy { SmallFile.write("0", to: $0 + "/tasks") }
    }

    /// Puts the calling thread where our process is; what the kernel refuses for a moment is tried again.
    package func takeThreadBack() {
        for _ in 0..<100 {
            if takesThread() { return }
            usleep(1_000)
        }
    }

    var folders: Set<String> { Set([memory, processes] + [cpu].compactMap { $0 }) }

    /// Removes the groups of processes that were killed before they could do so.
    ///
    /// The kernel keeps every group that still holds a process.
    package func removeAbandoned() {
        for folder in folders {
            for name in FolderListing.names(folder) {
                guard let owner = ControlGroup.owner(ofGroup: name), kill(owner, 0) != 0, errno == ESRCH else {
                    continue
                }
                unsafe rmdir(folder + "/" + name)
            }
        }
    }

    /// Hands the controllers down to groups below, where version 2 has not done so yet.
    private func prepare() {
        guard version == .two else { return }
        SmallFile.write("+memory +pids", to: memory + "/cgroup.subtree_control")
    }
}

/// The kernel's tables of groups and mounts, as text.
package struct ControlGroupLayout {
    private let ownGroups: String
    private let mounts: String

    /// - Parameters:
    ///   - ownGroups: What `/proc/self/cgroup` holds.
    ///   - mounts: What `/proc/self/mountinfo` holds.
    package init(ownGroups: String, mounts: String) {
        self.ownGroups = ownGroups
        self.mounts = mounts
    }

    /// The places to try, best first.
    package var candidates: [ControlGroupHost] {
        versionOne + versionTwo
    }

    /// Lines like `4:memory:/path`; version 2 has number 0 and no controller.
    private func ownPath(_ controller: String) -> String? {
        for line in ownGroups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",").map(String.init)
            if controllers.contains(controller) || (controller.isEmpty && parts[0] == "0") { return String(parts[2]) }
        }
        return nil
    }

    private func mountPoint(type: String, controller: String) -> (point: String, root: String)? {
        for line in mounts.split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let left = halves[0].split(separator: " ")
            let right = halves[1].split(separator: " ")
            guard left.count > 4, right.count > 2, right[0] == type else { continue }
            let options = right[2].split(separator: ",").map(String.init)
            if controller.isEmpty || options.contains(controller) { return (String(left[4]), String(left[3])) }
        }
        return nil
    }

    /// Our own group's folder, where a mount shows it.
    private func folder(type: String, controller: String) -> String? {
        guard let mount = mountPoint(type: type, controller: controller), let path = ownPath(controller) else {
            return nil
        }
        let isBelow = path == mount.root || path.hasPrefix(mount.root + "/")
        let relative = isBelow ? String(path.dropFirst(mount.root.count)) : path
        return relative == "/" || relative.isEmpty ? mount.point : mount.point + relative
    }

    private var versionOne: [ControlGroupHost] {
        guard let memory = folder(type: "cgroup", controller: "memory"),
            let processes = folder(type: "cgroup", controller: "pids")
        else { return [] }
        let cpu = folder(type: "cgroup", controller: "cpuacct")
        return [ControlGroupHost(version: .one, memory: memory, processes: processes, cpu: cpu)]
    }

    /// Our own group, and the one above: a group that holds processes cannot hand controllers down.
    private var versionTwo: [ControlGroupHost] {
        guard let own = folder(type: "cgroup2", controller: "") else { return [] }
        let above = own.lastIndex(of: "/").map { String(own[..<$0]) } ?? own
        let mount = mountPoint(type: "cgroup2", controller: "")?.point ?? own
        let folders = own == mount ? [own] : [own, above]
        return folders.map { ControlGroupHost(version: .two, memory: $0, processes: $0, cpu: $0) }
    }
}

/// A control group of one command: limits in the kernel, and a list of all its processes.
package struct ControlGroup: Sendable {
    private static let counter = Atomic(0)
    private static let prefix = "drydock-"

    private let host: ControlGroupHost
    private let name: String

    /// Makes a group with limits; `nil` when the kernel refuses any part of it.
    package init?(in host: ControlGroupHost, memoryBytes: Int, processes: Int) {
        self.host = host
        name = "\(Self.prefix)\(getpid())-\(Self.counter.add(1, ordering: .relaxed).newValue)"
        var made = true
        for folder in folders where unsafe mkdir(folder, 0o755) != 0 {
            made = made && errno == EEXIST
        }
        guard made, setLimits(memoryBytes, processes) else {
            remove()
            return nil
        }
    }

    /// The process that made the group of this name; `nil` for a group that is none of ours.
    static func owner(ofGroup name: String) -> Int32? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, Int(parts[1]) != nil, let owner = Int32(parts[0]), owner > 0 else { return nil }
        return owner
    }

    private var memory: String { host.memory + "/" + name }
    private var processes: String { host.processes + "/" + name }
    private var cpu: String? { host.cpu.map { $0 + "/" + name } }
    private var folders: Set<String> { Set([memory, processes] + [cpu].compactMap { $0 }) }

    private func setLimits(_ memoryBytes: Int, _ count: Int) -> Bool {
        guard SmallFile.write("\(count)", to: processes + "/pids.max") else { return false }
        switch host.version {
        case .one:
            guard SmallFile.write("\(memoryBytes)", to: memory + "/memory.limit_in_bytes") else { return false }
            // Only there when the kernel counts swap.
            SmallFile.write("\(memoryBytes)", to: memory + "/memory.memsw.limit_in_bytes")
        case .two:
            guard SmallFile.write("\(memoryBytes)", to: memory + "/memory.max") else { return false }
            SmallFile.write("0", to: memory + "/memory.swap.max")
            SmallFile.write("1", to: memory + "/memory.oom.group")
        }
        return true
    }

    /// Puts a process into the group, with all the children that it will have; says whether that worked.
    package func add(_ process: Int32) -> Bool {
        folders.allSatisfy { SmallFile.write("\(process)", to: $0 + "/cgroup.procs") }
    }

    /// Puts the calling thread, and no other of ours, into the group until ``leave()``; says whether it is there.
    ///
    /// A child that it starts meanwhile is born in the group. To move a process the kernel waits until no processor can be
    /// forking any more, which takes as long as a whole command; a thread may move itself at once.
    func enter() -> Bool {
        guard host.lendsThreads else { return false }
        if folders.allSatisfy({ SmallFile.write("0", to: $0 + "/tasks") }) { return true }
        leave()
        return false
    }

    /// Takes the calling thread back to where our process is.
    func leave() {
        host.takeThreadBack()
    }

    /// How many processes were killed because the group had no more memory.
    package var memoryKills: Int {
        switch host.version {
        case .one: Self.value("oom_kill", in: memory + "/memory.oom_control")
        case .two: Self.value("oom_kill", in: memory + "/memory.events")
        }
    }

    /// How many times a process could not be made.
    package var refusedProcesses: Int { Self.value("max", in: processes + "/pids.events") }

    /// Processor time so far, or `nil` when the kernel does not count it.
    package var cpuMilliseconds: Int? {
        guard let cpu else { return nil }
        switch host.version {
        case .one: return SmallFile.text(cpu + "/cpuacct.usage").flatMap { Int($0.dropLast()) }.map { $0 / 1_000_000 }
        case .two: return Self.value("usage_usec", in: cpu + "/cpu.stat") / 1_000
        }
    }

    /// The processes in the group now.
    package var members: [Int32] {
        (SmallFile.text(processes + "/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
    }

    /// Sends a signal to all processes of the group, to ours never.
    package func signal(_ number: Int32) {
        for process in members where process != getpid() {
            kill(process, number)
        }
    }

    /// Kills all processes of the group; no new one can come into being meanwhile.
    package func killAll() {
        if host.version == .two, SmallFile.write("1", to: processes + "/cgroup.kill") { return }
        SmallFile.write("0", to: processes + "/pids.max")
        signal(SIGKILL)
    }

    /// Kills what is left in the group and removes it.
    package func remove() {
        for attempt in 0..<100 {
            var left = false
            for folder in folders where unsafe rmdir(folder) != 0 && errno != ENOENT {
                left = true
            }
            guard left else { return }
            killAll()
            usleep(attempt < 10 ? 500 : 5_000)
        }
    }

    /// The number after `key` in a file of lines of a word and a number.
    private static func value(_ key: String, in path: String) -> Int {
        for line in (SmallFile.text(path) ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == key { return Int(words[1]) ?? 0 }
        }
        return 0
    }
}
