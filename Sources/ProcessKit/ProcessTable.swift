internal import CLinux
internal import Glibc

/// What /proc says of one process.
package struct ProcessUsage: Hashable, Sendable {
    package var process: Int32
    package var parent: Int32
    package var threads: Int
    /// Processor time of the process and of the children that it waited for, in milliseconds.
    package var cpuMilliseconds: Int
    /// Memory that only this process has, roughly: resident without shared pages.
    package var memoryBytes: Int
}

/// The processes of this machine, as /proc shows them.
package enum ProcessTable {
    /// All processes below `ancestor`, in no order, without itself.
    ///
    /// Inside a process namespace whose first process is `ancestor` these are all: orphans become its children.
    package static func descendants(of ancestor: Int32) -> [ProcessUsage] {
        var children: [Int32: [ProcessUsage]] = [:]
        for usage in all() {
            children[usage.parent, default: []].append(usage)
        }
        var found: [ProcessUsage] = []
        var waiting = [ancestor]
        while let parent = waiting.popLast() {
            let below = children.removeValue(forKey: parent) ?? []
            found += below
            waiting += below.map { $0.process }
        }
        return found
    }

    /// All processes that can be seen.
    package static func all() -> [ProcessUsage] {
        numbers().compactMap(usage(of:))
    }

    /// What is known of one process; `nil` when there is none of that number.
    package static func usage(of process: Int32) -> ProcessUsage? {
        guard let text = SmallFile.text("/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        // Fields from the third on; the second is a name in brackets that may hold anything.
        let fields = text[text.index(after: name)...].split(separator: " ").map { Int($0) ?? 0 }
        guard fields.count > 22 else { return nil }
        let ticks = fields[11...14].reduce(0, +)
        return ProcessUsage(
            process: process,
            parent: Int32(clamping: fields[1]),
            threads: fields[17],
            cpuMilliseconds: ticks * 1_000 / sysconf(Int32(_SC_CLK_TCK)),
            memoryBytes: memory(of: process)
        )
    }

    private static func memory(of process: Int32) -> Int {
        guard let text = SmallFile.text("/proc/\(process)/statm") else { return 0 }
        let pages = text.split(separator: " ").map { Int($0) ?? 0 }
        return pages.count > 2 ? max(0, pages[1] - pages[2]) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    private static func numbers() -> [Int32] {
        FolderListing.names("/proc").compactMap { Int32($0) }
    }

    /// Sends a signal to processes, each of which is first checked again to be below `ancestor`.
    ///
    /// The check is made while a descriptor holds the process's number, so that no stranger gets the signal.
    package static func signal(_ number: Int32, descendantsOf ancestor: Int32) {
        for usage in descendants(of: ancestor) {
            let descriptor = shim_pidfd_open(usage.process)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if isProcess(usage.process, below: ancestor) {
                _ = shim_pidfd_signal(descriptor, number)
            }
        }
    }

    private static func isProcess(_ process: Int32, below ancestor: Int32) -> Bool {
        var current = process
        for _ in 0..<10_000 {
            guard let parent = usage(of: current)?.parent, parent > 0 else { return false }
            if parent == ancestor { return true }
            current = parent
        }
        return false
    }
}

/// The names in a folder.
package enum FolderListing {
    /// The names in no order, without `.` and `..`; none when the folder cannot be read.
    package static func names(_ path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// The names as bytes, in no order; `nil`, with the reason in `errno`, when the folder cannot be opened.
    static func rawNames(_ path: [UInt8]) -> [[UInt8]]? {
        guard let folder = unsafe path.withCString({ unsafe opendir($0) }) else { return nil }
        defer { unsafe closedir(folder) }
        var names: [[UInt8]] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe [UInt8](bytes.prefix { $0 != 0 })
            }
            if name != [46], name != [46, 46] { names.append(name) }
        }
        return names
    }
}

extension [UInt8] {
    /// Lends the bytes with a NUL behind them.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe (self + [0]).withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { preconditionFailure("an array with a NUL is not empty") }
                return unsafe body(start)
            }
        }
    }
}

extension ProcessTable {
    /// Kills all processes that were started with this text in their environment.
    package static func kill(markedBy marker: String) {
        let marker = Array(marker.utf8)
        for process in numbers() where process != getpid() {
            let descriptor = shim_pidfd_open(process)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard let environment = SmallFile.bytes("/proc/\(process)/environ") else { continue }
            if environment.split(separator: 0).contains(where: { $0.elementsEqual(marker) }) {
                _ = shim_pidfd_signal(descriptor, SIGKILL)
            }
        }
    }
}
