internal import CLinux
internal import Glibc

/// A hold on a process that need not be our child, so that its number cannot come to mean another.
package final class ProcessReference: Sendable {
    package let process: Int32
    private let descriptor: Descriptor

    /// A hold on a process that is known to exist, such as one that waits for us; `nil` when it has ended.
    package init?(_ process: Int32) {
        let number = shim_pidfd_open(process)
        guard number >= 0 else { return nil }
        self.process = process
        descriptor = Descriptor(adopting: number)
    }

    package func signal(_ number: Int32) {
        _ = shim_pidfd_signal(descriptor.number, number)
    }

    /// Waits until the process has ended, at most so many milliseconds; says whether it has.
    @discardableResult
    package func waitForEnd(milliseconds: Int32) -> Bool {
        var watched = [pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)]
        return unsafe poll(&watched, 1, milliseconds) == 1
    }

    /// Holds the process and its later children to a limit.
    package func limit(_ resource: ResourceLimit, to value: Int) {
        _ = shim_limit(process, resource.number, UInt64(value))
    }
}

/// A limit of setrlimit(2).
package enum ResourceLimit: Sendable {
    case fileSize
    case coreSize
    case cpuSeconds
    case processes

    fileprivate var number: Int32 {
        switch self {
        case .cpuSeconds: 0
        case .fileSize: 1
        case .coreSize: 4
        case .processes: 6
        }
    }
}
