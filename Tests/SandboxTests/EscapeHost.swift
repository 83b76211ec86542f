import Foundation
import Glibc
import TestSupport

/// The parts of the host that an escape would reach: sockets, shared memory, a process, an open file.
final class EscapeHost: @unchecked Sendable {
    /// What each C program begins with.
    static let prelude = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <sched.h>
        #include <signal.h>
        #include <stdio.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>
        #include <arpa/inet.h>
        #include <netinet/in.h>
        #include <sys/ioctl.h>
        #include <sys/ptrace.h>
        #include <sys/shm.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/uio.h>
        #include <sys/un.h>
        #include <sys/wait.h>
        static void won(void) { puts("ESCAPED"); fflush(stdout); }
        static int is_set_id(const char *path) { struct stat s; return stat(path, &s) == 0 && (s.st_mode & 06000); }
        static int number(const char *name) { return atoi(getenv(name)); }

        """

    private var descriptors: [Int32] = []
    private let shared: Int32
    private let process: ChildProgram
    /// An open file that says ESCAPED and is not close-on-exec.
    let openFile: Int32
    let variables: [String: String]

    init(folder: String) throws {
        let abstractName = "drydock-test-\(UInt64.random(in: 0 ... .max))"
        let stream = Self.listen(AF_INET, SOCK_STREAM)
        let datagram = Self.listen(AF_INET, SOCK_DGRAM)
        let six = Self.listen(AF_INET6, SOCK_STREAM)
        let abstract = Self.listenLocal("\0" + abstractName)
        let named = Self.listenLocal(folder + "/outside/socket")
        descriptors = [stream.descriptor, datagram.descriptor, six.descriptor, abstract, named]
        openFile = unsafe open(folder + "/outside/secret", O_RDONLY)
        descriptors.append(openFile)
        let key = Int32.random(in: 1...(.max))
        shared = shmget(key, 4_096, IPC_CREAT | 0o600)
        let nowhere = "/dev/null"
        process = try ChildProgram("/bin/sleep", ["600"], streams: (nowhere, nowhere, nowhere))
        variables = [
            "ABSTRACT": abstractName, "NAMED": folder + "/outside/socket", "PORT": "\(stream.port)",
            "DATAGRAM_PORT": "\(datagram.port)", "SIX_PORT": "\(six.port)", "SHARED": "\(key)",
            "HOST_PROCESS": "\(process.processID)",
        ]
    }

    /// Ends what was started.
    func end() {
        process.send(SIGKILL)
        process.waitForStatus()
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
        shmctl(shared, IPC_RMID, nil)
    }

    private static func listen(_ family: Int32, _ kind: __socket_type) -> (descriptor: Int32, port: Int) {
        let descriptor = socket(family, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = [UInt8](repeating: 0, count: family == AF_INET6 ? 28 : 16)
        address[0] = UInt8(family)
        // The loopback address of either family.
        if family == AF_INET { address.replaceSubrange(4..<8, with: [127, 0, 0, 1]) } else { address[23] = 1 }
        var length = socklen_t(address.count)
        unsafe address.withUnsafeMutableBytes { bytes in
            guard let pointer = unsafe bytes.bindMemory(to: sockaddr.self).baseAddress else { return }
            unsafe bind(descriptor, pointer, length)
            unsafe getsockname(descriptor, pointer, &length)
        }
        _ = Glibc.listen(descriptor, 8)
        return (descriptor, Int(address[2]) << 8 | Int(address[3]))
    }

    private static func listenLocal(_ name: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = [UInt8(AF_UNIX), 0] + Array(name.utf8)
        let length = socklen_t(address.count)
        unsafe address.withUnsafeMutableBytes { bytes in
            guard let pointer = unsafe bytes.bindMemory(to: sockaddr.self).baseAddress else { return }
            unsafe bind(descriptor, pointer, length)
        }
        _ = Glibc.listen(descriptor, 8)
        return descriptor
    }
}
