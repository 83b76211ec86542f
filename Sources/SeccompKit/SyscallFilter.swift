internal import Glibc

/// The system calls that a sandboxed command is refused; all others are allowed.
///
/// Calls of other architectures (32-bit x86, x32) end the process: their numbers would pass the rules by.
package struct SyscallFilter: Hashable, Sendable {
    package var rules: [SyscallRule]

    package init(rules: [SyscallRule]) {
        self.rules = rules
    }

    /// The filter of every sandboxed command.
    ///
    /// - Parameter sharesNetwork: Whether the sandbox sees the host's network, where sockets of the host with abstract
    ///   names could be reached: then Unix sockets are refused too (pairs are not).
    package init(sharesNetwork: Bool) {
        rules = Self.modes + Self.namespaces + Self.kernel + Self.terminal + Self.sockets(unix: !sharesNetwork)
    }
}

extension SyscallFilter {
    private static let setIDBits: [UInt64] = [0o4000, 0o2000]

    /// A file made set-uid in the project is set-uid on the host.
    static var modes: [SyscallRule] {
        let always: [(name: String, argument: UInt32, number: Int32?)] = [
            ("chmod", 1, nil), ("fchmod", 1, nil), ("fchmodat", 2, nil), ("fchmodat2", 2, 452), ("creat", 1, nil),
            ("mkdir", 1, nil), ("mkdirat", 2, nil), ("mknod", 1, nil), ("mknodat", 2, nil),
        ]
        let opens: [(name: String, flags: UInt32)] = [("open", 1), ("openat", 2)]
        let creating: [UInt64] = [UInt64(O_CREAT), 0o20000000]
        var rules = always.flatMap { call in
            setIDBits.map { SyscallRule(call.name, EPERM, .has(call.argument, $0), number: call.number) }
        }
        for open in opens {
            for flag in creating {
                rules += setIDBits.map {
                    SyscallRule(open.name, EPERM, .has(open.flags, flag), .has(open.flags + 1, $0))
                }
            }
        }
        for (name, argument) in [("mknod", UInt32(1)), ("mknodat", 2)] {
            for device in [UInt64(S_IFCHR), UInt64(S_IFBLK)] {
                let kind = SyscallRule.Condition(argument, mask: UInt64(S_IFMT), value: device)
                rules.append(SyscallRule(name, EPERM, kind))
            }
        }
        // Its mode is behind a pointer, which a filter cannot follow; callers fall back to openat.
        rules.append(SyscallRule("openat2", ENOSYS, number: 437))
        return rules
    }

    /// New namespaces, other roots and mounts; whoever has a user namespace has capabilities in it.
    static var namespaces: [SyscallRule] {
        // time, mount, cgroup, uts, ipc, user, pid, net
        let flags: [UInt64] = [
            0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x1000_0000, 0x2000_0000, 0x4000_0000,
        ]
        let mounting: [(name: String, number: Int32?)] = [
            ("setns", nil), ("mount", nil), ("umount", nil), ("umount2", nil), ("pivot_root", nil), ("chroot", nil),
            ("open_tree", 428), ("move_mount", 429), ("fsopen", 430), ("fsconfig", 431), ("fsmount", 432),
            ("fspick", 433), ("mount_setattr", 442), ("open_tree_attr", 467), ("name_to_handle_at", nil),
            ("open_by_handle_at", nil),
        ]
        // In clone(2) the lowest byte is the signal at the end, not a namespace.
        return flags.map { SyscallRule("unshare", EPERM, .has(0, $0)) }
            + flags.dropFirst().map { SyscallRule("clone", EPERM, .has(0, $0)) }
            // Its flags are behind a pointer; callers fall back to clone.
            + [SyscallRule("clone3", ENOSYS, number: 435)]
            + mounting.map { SyscallRule($0.name, EPERM, number: $0.number) }
    }

    /// Parts of the kernel that builds do not need and that were ways out before.
    static var kernel: [SyscallRule] {
        let refused = [
            "keyctl", "add_key", "request_key", "bpf", "ptrace", "process_vm_readv", "process_vm_writev", "kcmp",
            "pidfd_getfd", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
            "create_module", "query_module", "get_kernel_syms", "perf_event_open", "userfaultfd", "lookup_dcookie",
            "fanotify_init", "quotactl", "quotactl_fd", "swapon", "swapoff", "reboot", "acct", "syslog", "iopl",
            "ioperm",
            "modify_ldt", "vm86", "vm86old", "uselib", "ustat", "_sysctl", "nfsservctl", "vhangup", "settimeofday",
            "clock_settime", "sethostname", "setdomainname", "move_pages", "migrate_pages",
        ]
        let numbers: [String: Int32] = ["pidfd_getfd": 438, "quotactl_fd": 443]
        // Programs that can do without io_uring look for this error.
        let rings: [(String, Int32)] = [("io_uring_setup", 425), ("io_uring_enter", 426), ("io_uring_register", 427)]
        return refused.map { SyscallRule($0, EPERM, number: numbers[$0]) }
            + rings.map { SyscallRule($0.0, ENOSYS, number: $0.1) }
    }

    /// Typing into the terminal that Drydock was started from.
    static var terminal: [SyscallRule] {
        [UInt64(0x5412), 0x541c].map { SyscallRule("ioctl", EPERM, .equals(1, $0)) }
    }

    /// Sockets that are neither of the Internet nor for asking about network interfaces.
    static func sockets(unix: Bool) -> [SyscallRule] {
        let netlink = UInt64(AF_NETLINK)
        var allowed: Set<UInt64> = [UInt64(AF_INET), UInt64(AF_INET6), netlink]
        if unix {
            allowed.insert(UInt64(AF_UNIX))
        }
        // 46 families exist; the kernel refuses the numbers above.
        return SyscallRule.Condition.covering(0..<64, without: allowed, argument: 0)
            .map { SyscallRule("socket", EAFNOSUPPORT, $0) }
            + SyscallRule.Condition.covering(0..<32, without: [0], argument: 2)
            .map { SyscallRule("socket", EPROTONOSUPPORT, .equals(0, netlink), $0) }
    }
}
