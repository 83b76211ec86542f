internal import CLinux
internal import Glibc

/// What the running kernel offers, asked of the kernel itself.
package enum KernelFeatures {
    /// Such as `6.1.0-18-amd64`.
    package static var release: String {
        (SmallFile.text("/proc/sys/kernel/osrelease") ?? "unknown").filter { !$0.isWhitespace }
    }

    /// Whether a process can be held by a descriptor, so that its number cannot pass to another one.
    package static var hasProcessDescriptors: Bool {
        let number = shim_pidfd_open(getpid())
        guard number >= 0 else { return false }
        _ = Descriptor(adopting: number)
        return true
    }

    /// The version of Landlock's interface, or `nil` where it is not built in or not switched on.
    package static var landlockVersion: Int? {
        let version = shim_landlock_version()
        return version > 0 ? Int(version) : nil
    }

    /// Whether filters of system calls can refuse a call with an error.
    package static var hasSystemCallFilters: Bool {
        let actions = SmallFile.text("/proc/sys/kernel/seccomp/actions_avail") ?? ""
        return actions.split(whereSeparator: \.isWhitespace).contains("errno")
    }

    /// How many user namespaces there may be; `nil` where the kernel knows none.
    package static var userNamespaceLimit: Int? {
        guard SmallFile.text("/proc/self/uid_map") != nil else { return nil }
        return (SmallFile.text("/proc/sys/user/max_user_namespaces")?.filter { !$0.isWhitespace }).flatMap { Int($0) }
    }

    package static var isRoot: Bool { geteuid() == 0 }
}
