internal import Glibc
internal import ProcessKit

/// What this process has used of the machine.
enum ProcessTime {
    /// Processor time, the kernel's for it included.
    static var used: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The most memory that it had at any time, in KiB.
    static var peakMemory: Int {
        let lines = (SmallFile.text("/proc/self/status") ?? "").split(separator: "\n")
        let line = lines.first { $0.hasPrefix("VmHWM:") } ?? ""
        return Int(line.filter(\.isNumber)) ?? 0
    }
}
