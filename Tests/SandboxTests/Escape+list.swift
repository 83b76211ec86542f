import Core
import Foundation
import Sandbox
import SeccompKit

extension Escape {
    static let all = modes + calls + namespaces + network + files + protections + processes + environments

    /// Files that run as someone else on the host.
    static let modes = [
        filtered("set-uid by chmod", .shell("cp /bin/true f; chmod u+s f; test -u f && echo ESCAPED")),
        filtered("set-gid by chmod", .shell("cp /bin/true f; chmod g+s f; test -g f && echo ESCAPED")),
        filtered("set-uid by install", .shell("install -m 4755 /bin/true f; test -u f && echo ESCAPED")),
        filtered(
            "set-uid by fchmod",
            .c("int d = open(\"f\", O_CREAT | O_RDWR, 0600); fchmod(d, 04755); if (is_set_id(\"f\")) won();")
        ),
        filtered(
            "set-uid by fchmodat2",
            .c(
                "close(open(\"f\", O_CREAT | O_RDWR, 0600)); syscall(452, AT_FDCWD, \"f\", 04755, 0); if (is_set_id(\"f\")) won();"
            )
        ),
        filtered(
            "set-uid by open",
            .c("umask(0); close(open(\"f\", O_CREAT | O_RDWR, 04755)); if (is_set_id(\"f\")) won();")
        ),
        filtered(
            "set-gid by openat",
            .c("umask(0); close(openat(AT_FDCWD, \"f\", O_CREAT | O_RDWR, 02755)); if (is_set_id(\"f\")) won();")
        ),
        filtered("set-uid by creat", .c("umask(0); syscall(SYS_creat, \"f\", 04755); if (is_set_id(\"f\")) won();")),
        filtered("set-uid by mknod", .c("umask(0); mknod(\"f\", S_IFREG | 04755, 0); if (is_set_id(\"f\")) won();")),
        filtered(
            "set-uid by a nameless file",
            .c(
                """
                umask(0); int d = open(".", O_TMPFILE | O_RDWR, 04755);
                struct stat s; if (d >= 0 && fstat(d, &s) == 0 && (s.st_mode & 04000)) won();
                """
            )
        ),
        filtered(
            "set-uid by openat2",
            .c(
                """
                struct { uint64_t flags, mode, resolve; } how = {O_CREAT | O_RDWR, 04755, 0};
                umask(0); syscall(437, AT_FDCWD, "f", &how, sizeof how); if (is_set_id("f")) won();
                """
            )
        ),
        filtered(
            "set-uid by chmod with rubbish above bit 32",
            .c(
                """
                close(open("f", O_CREAT | O_RDWR, 0600)); syscall(SYS_chmod, "f", 0x7700000000ULL | 04755);
                if (is_set_id("f")) won();
                """
            )
        ),
        filtered("a device node", .c("if (mknod(\"f\", S_IFCHR | 0600, 0) == 0) won();")),
    ]

    /// System calls that were ways out before.
    ///
    /// Where the kernel would refuse for a reason of its own, its other error shows
    /// that the call came through.
    static let calls = [
        filtered("ptrace", .c("if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0) won();")),
        filtered(
            "process_vm_readv",
            .c(
                """
                char a = 1, b = 0; struct iovec l = {&b, 1}, r = {&a, 1};
                if (process_vm_readv(getpid(), &l, 1, &r, 1, 0) == 1) won();
                """
            )
        ),
        filtered(
            "a key in the kernel's keyring",
            .c("if (syscall(SYS_add_key, \"user\", \"k\", \"v\", 1, -2) > 0) won();")
        ),
        filtered("keyctl", .c("if (syscall(SYS_keyctl, 0, -2, 1) > 0) won();")),
        filtered("bpf", .c("if (syscall(SYS_bpf, 9999, 0, 0) < 0 && errno != EPERM) won();")),
        filtered("io_uring", .c("if (syscall(425, 1, 0) < 0 && errno != ENOSYS) won();")),
        filtered("perf events", .c("if (syscall(SYS_perf_event_open, 0, 0, 0, 0, 0) < 0 && errno != EPERM) won();")),
        filtered("userfaultfd", .c("if (syscall(SYS_userfaultfd, 0x7fffffff) < 0 && errno != EPERM) won();")),
        filtered("chroot", .c("if (chroot(\"/missing\") < 0 && errno != EPERM) won();")),
        filtered("setns", .c("if (setns(-1, 0) < 0 && errno != EPERM) won();")),
        filtered(
            "file handles",
            .c("if (syscall(SYS_name_to_handle_at, AT_FDCWD, \"/\", 0, 0, 0) < 0 && errno != EPERM) won();")
        ),
        filtered("pidfd_getfd", .c("if (syscall(438, -1, 0, 0) < 0 && errno != EPERM) won();")),
        filtered(
            "typing into a terminal",
            .c(
                """
                if (fork()) { wait(0); return 0; } setsid(); int m = posix_openpt(O_RDWR | O_NOCTTY); grantpt(m); unlockpt(m); int t = open(ptsname(m), O_RDWR);
                char c = 'x'; if (ioctl(t, TIOCSTI, &c) == 0 || errno != EPERM) won();
                """
            )
        ),
        filtered(
            "typing into a terminal with rubbish above bit 32",
            .c(
                """
                if (fork()) { wait(0); return 0; } setsid(); int m = posix_openpt(O_RDWR | O_NOCTTY); grantpt(m); unlockpt(m); int t = open(ptsname(m), O_RDWR);
                char c = 'x'; if (syscall(SYS_ioctl, t, 0x100000000ULL | TIOCSTI, &c) == 0 || errno != EPERM) won();
                """
            )
        ),
        filtered("pasting into a console", .c("char c = 2; if (ioctl(0, TIOCLINUX, &c) < 0 && errno != EPERM) won();")),
        filtered("packet sockets", .c("if (socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != EAFNOSUPPORT) won();")),
        filtered(
            "calls of 32-bit x86",
            .c(
                """
                int result = 20; __asm__ volatile("int $0x80" : "+a"(result) : : "memory"); won();
                """
            )
        ),
        filtered("calls of x32", .c("syscall(0x40000000 | 39); won();")),
    ]

    static let namespaces = [
        filtered("a user namespace by unshare", .c("if (unshare(CLONE_NEWUSER) == 0) won();")),
        filtered(
            "a user namespace by clone",
            .c(
                """
                long p = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); if (p == 0) _exit(0); if (p > 0) won();
                """
            )
        ),
        filtered(
            "a user namespace by clone3",
            .c(
                """
                uint64_t args[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
                long p = syscall(435, args, sizeof args); if (p == 0) _exit(0); if (p > 0) won();
                """
            )
        ),
        filtered(
            "a mount",
            .c(
                """
                unshare(CLONE_NEWUSER | CLONE_NEWNS);
                if (syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0) == 0) won();
                """
            )
        ),
        filtered(
            "a mount by the newer calls",
            .c(
                """
                unshare(CLONE_NEWUSER | CLONE_NEWNS);
                if (syscall(430, "tmpfs", 0) >= 0) won();
                """
            )
        ),
        filtered(
            "a control group file system",
            .c(
                """
                unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWCGROUP);
                if (syscall(SYS_mount, "none", "/tmp", "cgroup2", 0, 0) == 0) won();
                """
            )
        ),
        Escape(
            name: "capabilities",
            layer: .capabilities,
            program: .shell(
                """
                grep -q '^CapEff:.*[1-9a-f]' /proc/self/status && echo ESCAPED
                """
            ),
            onlyAsRoot: true
        ) { setup, _ in
            setup.namespaces = ["--unshare-pid", "--unshare-net", "--die-with-parent"]
        },
    ]

    private static let connect = """
        int s = socket(FAMILY, KIND, 0); struct timeval limit = {2, 0};
        setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        """

    static let network = [
        separated(
            "the host's loopback",
            .network,
            "--unshare-net",
            .c(
                """
                struct sockaddr_in a = {AF_INET, htons(number("PORT")), {htonl(0x7f000001)}};
                if (connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&a, sizeof a) == 0) won();
                """
            )
        ),
        separated(
            "the host's loopback over IPv6",
            .network,
            "--unshare-net",
            .c(
                """
                struct sockaddr_in6 a = {AF_INET6, htons(number("SIX_PORT")), 0, IN6ADDR_LOOPBACK_INIT};
                if (connect(socket(AF_INET6, SOCK_STREAM, 0), (void *)&a, sizeof a) == 0) won();
                """
            )
        ),
        separated(
            "datagrams to a name server of the host",
            .network,
            "--unshare-net",
            .c(
                """
                struct sockaddr_in a = {AF_INET, htons(number("DATAGRAM_PORT")), {htonl(0x7f000001)}};
                int s = socket(AF_INET, SOCK_DGRAM, 0); connect(s, (void *)&a, sizeof a); send(s, "?", 1, 0); usleep(50000);
                if (send(s, "?", 1, 0) == 1) won();
                """
            )
        ),
        separated(
            "network interfaces of the host",
            .network,
            "--unshare-net",
            .shell(
                """
                test "$(grep -c : /proc/net/dev)" -gt 1 && echo ESCAPED
                """
            )
        ),
        separated(
            "the host's sockets with abstract names",
            .network,
            "--unshare-net",
            .c(
                """
                struct sockaddr_un a = {AF_UNIX}; strcpy(a.sun_path + 1, getenv("ABSTRACT"));
                int n = 3 + strlen(getenv("ABSTRACT"));
                if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, n) == 0) won();
                """
            )
        ),
        Escape(
            name: "abstract names while fetching",
            layer: .filter,
            program: .c(
                """
                struct sockaddr_un a = {AF_UNIX}; strcpy(a.sun_path + 1, getenv("ABSTRACT"));
                int n = 3 + strlen(getenv("ABSTRACT"));
                if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, n) == 0) won();
                """
            ),
            profile: .fetch
        ) { setup, _ in setup.filter = try? FilterProgram.standard(sharesNetwork: false) },
        Escape(
            name: "a daemon's socket",
            layer: .mounts,
            program: .c(
                """
                struct sockaddr_un a = {AF_UNIX}; strcpy(a.sun_path, getenv("NAMED"));
                if (connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&a, sizeof a) == 0) won();
                """
            )
        ) { setup, place in setup.show(place.outside, writable: true) },
        separated(
            "shared memory of the host",
            .ipc,
            "--unshare-ipc",
            .c(
                """
                if (shmget(number("SHARED"), 0, 0) >= 0) won();
                """
            )
        ),
    ]

    static let files = [
        hidden("the password file", "test -r /etc/shadow && echo ESCAPED", onlyAsRoot: true, show: { _ in "/etc" }),
        hidden("root's home", "ls -A /root | grep -q . && echo ESCAPED", onlyAsRoot: true, show: { _ in "/root" }),
        hidden("the state of Nix", "test -e /nix/var && echo ESCAPED", show: { _ in EscapePlace.nixState }),
        hidden("the kernel's devices", "test -e /sys/kernel && echo ESCAPED", show: { _ in "/sys" }),
        hidden("Drydock's own files", "cat $OUTSIDE/secret", show: { $0.outside }),
        hidden("another run's home", "cat $OTHER_HOME/cache", show: { $0.otherHome }),
        hidden(
            "another run's cache, writing",
            "echo ESCAPED > $OTHER_HOME/cache && cat $OTHER_HOME/cache",
            show: { $0.otherHome },
            writable: true
        ),
        hidden("a file outside the project", "echo x > $OUTSIDE/proof", show: { $0.outside }, writable: true),
        hidden("a symbolic link out of the project", "ln -s $OUTSIDE link; cat link/secret", show: { $0.outside }),
        hidden(
            "a hard link out of the project",
            "ln $OUTSIDE/secret $OUTSIDE/stolen && cat $OUTSIDE/stolen",
            show: { $0.outside },
            writable: true
        ),
        hidden(
            "leaving its control group",
            "echo 0 > $(ls -d /sys/fs/cgroup/pids)/cgroup.procs && echo ESCAPED",
            onlyAsRoot: true,
            show: { _ in "/sys/fs/cgroup" },
            writable: true
        ),
        Escape(
            name: "writing a tool's folder",
            layer: .mounts,
            program: .shell(
                """
                touch $TOOLS/new && echo ESCAPED
                """
            )
        ) { setup, place in
            setup.dropMount("--ro-bind", place.tools)
            setup.show(place.tools, writable: true)
        },
        Escape(
            name: "changing what all sandboxes share",
            layer: .mounts,
            program: .shell("touch /etc/escape-$$ && rm /etc/escape-$$ && echo ESCAPED")
        ) { setup, _ in
            let places = setup.mounts.indices.dropLast(2)
            guard let index = places.first(where: { setup.mounts[$0 + 2] == "/etc" }) else { return }
            setup.mounts[index] = "--bind"
        },
        Escape(name: "a tool's passwords", layer: .mounts, program: .shell("cat $TOOLS/credentials.toml")) {
            setup,
            place in
            setup.dropMount("--ro-bind", place.tools + "/credentials.toml")
        },
        Escape(name: "the machine's devices", layer: .mounts, program: .shell("test -e /dev/kmsg && echo ESCAPED")) {
            setup,
            _ in
            guard let index = setup.mounts.firstIndex(of: "--dev") else { return }
            setup.mounts.replaceSubrange(index..<(index + 4), with: ["--dev-bind", "/dev", "/dev"])
        },
        Escape(name: "making folders at the root", layer: .mounts, program: .shell("mkdir /new && echo ESCAPED")) {
            setup,
            _ in
            setup.mounts.removeLast(2)
        },
        Escape(
            name: "the kernel's settings",
            layer: .mounts,
            program: .shell(
                """
                v=$(cat /proc/sys/kernel/core_pattern); echo "$v" > /proc/sys/kernel/core_pattern && echo ESCAPED
                """
            ),
            onlyAsRoot: true
        ) { setup, _ in
            guard let index = setup.mounts.firstIndex(of: "--proc") else { return }
            // Without what makes it read-only.
            setup.mounts.replaceSubrange(index..<(index + 4), with: ["--bind", "/proc", "/proc"])
        },
    ]

    static let protections = [
        protected("a git hook", "echo x > .git/hooks/pre-commit && echo ESCAPED", ".git"),
        protected("git's configuration", "echo x >> .git/config && echo ESCAPED", ".git"),
        protected("another git folder in its place", "mv .git old && mkdir .git && echo ESCAPED", ".git"),
        protected("removing the git folder", "rm -rf .git 2>&1; test -e .git/config || echo ESCAPED", ".git"),
        protected("a linked work tree's git file", "echo x > linked/.git && echo ESCAPED", "linked/.git"),
        protected("another git file in its place", "echo x > n; mv n linked/.git && echo ESCAPED", "linked/.git"),
        protected("rules for Drydock itself", "mkdir -p .drydock/pipelines && echo ESCAPED", ".drydock"),
    ]

    static let processes = [
        separated(
            "seeing the host's processes",
            .processes,
            "--unshare-pid",
            .shell(
                """
                test -e /proc/$HOST_PROCESS && echo ESCAPED
                """
            )
        ),
        separated(
            "signals to the host's processes",
            .processes,
            "--unshare-pid",
            .shell(
                """
                kill -0 $HOST_PROCESS && echo ESCAPED
                """
            )
        ),
        Escape(
            name: "the host's root through a process",
            layer: .everyNamespace,
            program: .shell(
                """
                cat /proc/$HOST_PROCESS/root$OUTSIDE/secret
                """
            ),
            onlyAsRoot: true
        ) { setup, _ in setup.namespaces = ["--die-with-parent"] },
    ]

    static let environments = [
        Escape(
            name: "the environment of process 1",
            layer: .cleanEnvironment,
            program: .shell(
                """
                tr '\\0' '\\n' < /proc/1/environ | grep -q SECRET && echo ESCAPED
                """
            )
        ) { setup, _ in setup.helperEnvironment["SECRET"] = "x" },
        Escape(
            name: "variables of Drydock's own environment",
            layer: .cleanEnvironment,
            program: .shell(
                """
                env | grep -q DRYDOCK_TEST_SECRET && echo ESCAPED
                """
            )
        ) { setup, _ in setup.environment.merge(ProcessInfo.processInfo.environment) { own, _ in own } },
        Escape(
            name: "a library loaded into bubblewrap",
            layer: .cleanEnvironment,
            program: .library("FILE *o = fopen(PROOF, \"w\"); if (o) fclose(o);")
        ) { setup, _ in setup.helperEnvironment = setup.environment },
        Escape(
            name: "an open file of Drydock's",
            layer: .descriptors,
            program: .c(
                """
                char text[16] = {0};
                for (int f = 3; f < 64; f++) if (pread(f, text, 7, 0) == 7 && !strcmp(text, "ESCAPED")) won();
                """
            )
        ) { setup, place in setup.inherited = [place.host.openFile] },
    ]
}

extension EscapePlace {
    /// Nix's own state where there is Nix, else a folder that is always there.
    static var nixState: String { "/nix/var" }
}
