internal import CSeccomp
package import Core
internal import Glibc

/// A filter that libseccomp could not make.
package enum SeccompError: ReportableError, Equatable {
    case refused(_ operation: String, code: Int32)

    package var kind: FaultKind { .sandboxUnavailable }

    package var description: String {
        switch self {
        case .refused(let operation, let code): "libseccomp could not \(operation) (error \(code))"
        }
    }
}

/// The kernel's form of a filter.
package enum FilterProgram {
    private static let separate = Result { () throws(SeccompError) in try bytes(of: SyscallFilter(sharesNetwork: false))
    }
    private static let sharing = Result { () throws(SeccompError) in try bytes(of: SyscallFilter(sharesNetwork: true)) }

    /// The program of ``SyscallFilter/init(sharesNetwork:)``; made once for each process.
    package static func standard(sharesNetwork: Bool) throws(SeccompError) -> [UInt8] {
        try (sharesNetwork ? sharing : separate).get()
    }

    /// The program's bytes, as bubblewrap's `--seccomp` takes them.
    package static func bytes(of filter: SyscallFilter) throws(SeccompError) -> [UInt8] {
        let context = try FilterContext()
        for rule in filter.rules {
            try context.add(rule)
        }
        return try context.export()
    }
}

/// The one owner of a libseccomp filter.
@safe
private struct FilterContext: ~Copyable {
    private let raw: scmp_filter_ctx

    init() throws(SeccompError) {
        guard let context = unsafe seccomp_init(shim_allow) else { throw .refused("begin a filter", code: ENOMEM) }
        unsafe raw = context
        unsafe seccomp_attr_set(raw, SCMP_FLTATR_ACT_BADARCH, shim_kill)
        // A tree instead of a list: the filter runs at every system call.
        unsafe seccomp_attr_set(raw, SCMP_FLTATR_CTL_OPTIMIZE, 2)
    }

    deinit {
        unsafe seccomp_release(raw)
    }

    borrowing func add(_ rule: SyscallRule) throws(SeccompError) {
        var call = unsafe seccomp_syscall_resolve_name(rule.name)
        if call == -1 {
            guard let number = rule.number else { return }
            call = number
        }
        let conditions = rule.conditions.map {
            scmp_arg_cmp(arg: $0.argument, op: SCMP_CMP_MASKED_EQ, datum_a: $0.mask, datum_b: $0.value)
        }
        let code = unsafe conditions.withUnsafeBufferPointer {
            unsafe seccomp_rule_add_array(raw, shim_refuse(rule.error), call, UInt32($0.count), $0.baseAddress)
        }
        // A condition that another rule holds already is no mistake.
        guard code == 0 || code == -EEXIST else { throw .refused("refuse '\(rule.name)'", code: -code) }
    }

    borrowing func export() throws(SeccompError) -> [UInt8] {
        let file = shim_filter_file()
        guard file >= 0 else { throw .refused("make a file in memory", code: errno) }
        defer { close(file) }
        let code = unsafe seccomp_export_bpf(raw, file)
        guard code == 0 else { throw .refused("write a filter", code: -code) }
        let size = Int(lseek(file, 0, SEEK_END))
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            unsafe count = max(0, pread(file, buffer.baseAddress, size, 0))
        }
    }
}
