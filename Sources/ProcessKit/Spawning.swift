internal import CLinux
internal import Core
internal import Glibc

/// The call of posix_spawn(3) with everything reset that a child must not inherit.
enum Spawning {
    /// How often a program that another thread's child still has open for writing is tried again.
    private static let busyRetries = 20

    static func start(_ request: SpawnRequest, _ descriptors: [Int32]) throws(ProcessError) -> Int32 {
        try request.validate()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }

        let copies = try unsafe place(descriptors, &actions)
        defer { for copy in copies { close(copy) } }
        if let directory = request.directory {
            unsafe shim_change_directory(&actions, directory)
        }
        resetSignals(&attributes)
        return try unsafe spawn(request, &actions, &attributes)
    }

    /// Puts copies of `descriptors` at 0, 1, 2, … of the child and closes everything above.
    ///
    /// The copies lie above all targets, so that no target overwrites a source.
    private static func place(
        _ descriptors: [Int32],
        _ actions: inout posix_spawn_file_actions_t
    ) throws(ProcessError) -> [Int32] {
        var copies: [Int32] = []
        for (target, source) in descriptors.enumerated() {
            let copy = shim_duplicate(source, Int32(descriptors.count))
            guard copy >= 0 else {
                let code = errno
                for copy in copies { close(copy) }
                throw .refused("copy a descriptor", code: code)
            }
            copies.append(copy)
            unsafe posix_spawn_file_actions_adddup2(&actions, copy, Int32(target))
        }
        unsafe shim_close_from(&actions, Int32(descriptors.count))
        return copies
    }

    /// A process group of its own, no blocked signal, every signal with its default action.
    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private static func spawn(
        _ request: SpawnRequest,
        _ actions: inout posix_spawn_file_actions_t,
        _ attributes: inout posix_spawnattr_t
    ) throws(ProcessError) -> Int32 {
        let environment = request.environment.sorted { $0.key < $1.key }.map { $0.key + "=" + $0.value }
        var argv = unsafe request.argv.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            for index in unsafe argv.indices { unsafe free(argv[index]) }
            for index in unsafe variables.indices { unsafe free(variables[index]) }
        }
        var process: pid_t = 0
        var code: Int32 = 0
        for _ in 0..<busyRetries {
            code = unsafe posix_spawn(&process, request.program, &actions, &attributes, &argv, &variables)
            guard code == ETXTBSY else { break }
            usleep(5_000)
        }
        switch code {
        case 0: return process
        case ENOENT, ENOTDIR: throw .programMissing(request.program)
        default: throw .refused("start '\(request.argv[0].printable)'", code: code)
        }
    }
}
