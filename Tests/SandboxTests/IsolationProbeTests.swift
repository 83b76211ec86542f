import Core
import ProcessKit
import Sandbox
import TestSupport
import Testing

@Suite("The probe for isolation", .tags(.medium))
struct IsolationProbeTests {
    @Test("finds this machine's bubblewrap and tries it")
    func real() async throws {
        let probe = try await IsolationProbe.measure(environment: ["PATH": "/usr/bin:/bin"])
        #expect(probe.fault == nil)
        #expect(probe.version?.first?.isNumber == true)
    }

    @Test(
        "names the setting that forbids user namespaces",
        arguments: [
            ("/proc/sys/kernel/unprivileged_userns_clone", "0\n", "kernel.unprivileged_userns_clone"),
            ("/proc/sys/user/max_user_namespaces", "0\n", "user.max_user_namespaces"),
            (
                "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n",
                "kernel.apparmor_restrict_unprivileged_userns"
            ),
        ]
    )
    func settings(path: String, value: String, name: String) {
        let words = "bwrap: No permissions to create new namespace, likely because …"
        let fault = IsolationProbe.fault(words) { $0 == path ? value : nil }
        #expect(fault.kind == .sandboxUnavailable)
        #expect(fault.description.contains(name))
        #expect(fault.hint?.contains("sysctl") == true)
    }

    @Test("repeats bubblewrap's own words for any other fault")
    func other() {
        let fault = IsolationProbe.fault("bwrap: Can't find source path /x: No such file or directory\n") { _ in nil }
        #expect(fault == .setupFailed("bwrap: Can't find source path /x: No such file or directory"))
    }
}
