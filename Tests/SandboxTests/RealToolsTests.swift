import Core
import Foundation
import ProcessKit
import Sandbox
import TestSupport
import Testing

/// A compiler or an interpreter, and a script that uses what is special about it.
struct RealTool: Sendable, CustomTestStringConvertible {
    var program: String
    var script: String

    var testDescription: String { program }

    static let all = [
        RealTool(
            program: "gcc",
            script: "printf 'int main(void){return 0;}' > a.c && gcc -pipe -O2 -g a.c -o a && ./a"
        ),
        RealTool(
            program: "g++",
            script: """
                printf '#include <thread>\\nint main(){std::thread t([]{}); t.join();}' > a.cc && g++ -pthread a.cc -o b && ./b
                """
        ),
        RealTool(
            program: "node",
            script: """
                node -e '
                const s = require("http").createServer((q, r) => r.end("hi")).listen(0, "127.0.0.1", () =>
                  require("http").get({port: s.address().port, host: "localhost", family: 4}, r => r.on("data", d => {
                    require("child_process").execSync("true"); require("fs").writeFileSync("n", d); s.close(); })));
                ' && test "$(cat n)" = hi
                """
        ),
        RealTool(
            program: "/usr/bin/python3",
            script: """
                /usr/bin/python3 -c '
                import subprocess, multiprocessing, socket, tempfile
                assert multiprocessing.Pool(2).map(abs, [-1, -2]) == [1, 2]
                subprocess.run(["true"], check=True); tempfile.TemporaryFile().write(b"x")
                s = socket.socket(); s.bind(("localhost", 0)); s.listen()
                ' && /usr/bin/python3 -c 'import pwd, os; assert pwd.getpwuid(os.getuid()).pw_dir == os.environ["HOME"]'
                """
        ),
        RealTool(
            program: "go",
            script: """
                printf 'module x\\ngo 1.19\\n' > go.mod && printf 'package x\\n' > x.go &&
                printf 'package x\\nimport "testing"\\nfunc TestX(t *testing.T) {}\\n' > x_test.go && go vet ./... && go test ./...
                """
        ),
        RealTool(
            program: "javac",
            script: """
                printf 'class A { public static void main(String[] a) throws Exception {
                Thread t = new Thread(() -> System.out.println("hi")); t.start(); t.join();
                new ProcessBuilder("true").inheritIO().start().waitFor(); } }' > A.java && javac A.java && java A
                """
        ),
        RealTool(
            program: "cmake",
            script: "printf 'project(x C)' > CMakeLists.txt && cmake -B build . && cmake --build build"
        ),
        RealTool(program: "git", script: "git --version && git init -q sub 2>&1 || test -d sub"),
    ]

    static var present: [RealTool] {
        all.filter { ExecutableSearch.find($0.program, path: "/usr/local/bin:/usr/bin:/bin") != nil }
    }
}

@Suite("A real tool", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(3)))
struct RealToolsTests {
    @Test("works in the sandbox", arguments: RealTool.present)
    func tool(tool: RealTool) async throws {
        let place = try TestSite()
        let command = TestSite.shell(tool.script, limits: CommandLimits(wallClock: 120))
        let result = try await BubblewrapRunner(hiding: [], cache: TestSite.cache).run(command, in: place.site)
        #expect(result.succeeded, "\(result.output)")
    }

    @Test("works when its folder lies below a home and is reached through links")
    func linkedFolder() async throws {
        let place = try TestSite()
        let files = FileManager.default
        let real = place.folder.path + "/home-of-someone/tools-1.0"
        try files.createDirectory(atPath: real + "/bin", withIntermediateDirectories: true)
        try Data("#!/bin/sh\necho tool\n".utf8).write(to: URL(filePath: real + "/bin/mytool"))
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: real + "/bin/mytool")
        try Data("hidden\n".utf8).write(to: place.folder.appending(path: "home-of-someone/private"))
        let link = place.folder.path + "/tools"
        try files.createSymbolicLink(atPath: link, withDestinationPath: "home-of-someone/tools-1.0")
        var site = place.site
        site.toolchain = Toolchain(
            level: .host,
            environment: ["PATH": link + "/bin:/usr/bin:/bin"],
            toolFolders: [link],
            key: site.toolchain.key
        )
        let script = "mytool; ls \(place.folder.path)/home-of-someone"
        let result = try await BubblewrapRunner(hiding: [], cache: TestSite.cache).run(TestSite.shell(script), in: site)
        #expect(result.output == "tool\ntools-1.0\n")
    }
}
