internal import Core
internal import ProcessKit

/// A small program that stands in for a tool and starts the version that its manager chooses.
///
/// In a sandbox a shim is of no use: it wants its manager's folders and settings. So the manager is asked
/// once, outside, which file it would start.
struct ToolchainShim: Equatable, Sendable {
    /// The absolute path of the version manager.
    let manager: String
    let tool: String

    private static let managers: Set = ["rustup", "pyenv", "asdf", "mise", "nodenv", "goenv", "jenv", "rbenv"]

    /// Looks whether a file is a shim; `nil` when it is the tool itself.
    ///
    /// - Parameters:
    ///   - file: The tool as it was found.
    ///   - real: The same with all links followed.
    ///   - name: The tool's name.
    init?(file: String, real: String, name: String) {
        tool = name
        let realName = ToolchainLinks.name(of: real)
        if Self.managers.contains(realName) || realName == "swiftly" {
            guard realName != name else { return nil }
            manager = real
        } else if let linked = Self.hardLinkedRustup(real) {
            manager = linked
        } else if let scripted = Self.managerOfShimsFolder(ToolchainLinks.folder(of: file)) {
            manager = scripted
        } else {
            return nil
        }
    }

    /// Older versions of rustup are hard links of one file under every tool's name.
    private static func hardLinkedRustup(_ real: String) -> String? {
        let rustup = ToolchainLinks.folder(of: real) + "/rustup"
        guard rustup != real, let one = FileStamp(of: real), let other = FileStamp(of: rustup) else { return nil }
        return one.inode == other.inode ? rustup : nil
    }

    /// The manager of a folder such as ~/.pyenv/shims or ~/.pyenv/plugins/pyenv-virtualenv/shims.
    private static func managerOfShimsFolder(_ folder: String) -> String? {
        var parts = folder.split(separator: "/").map(String.init)
        guard parts.popLast() == "shims" else { return nil }
        while let last = parts.last {
            let name = last.hasPrefix(".") ? String(last.dropFirst()) : last
            let program = "/" + parts.joined(separator: "/") + "/bin/" + name
            if managers.contains(name), FileStamp(of: program) != nil { return program }
            parts.removeLast()
        }
        return nil
    }

    /// The file that the manager would start now, or `nil` when it has none.
    func target(environment: [String: String], limit: Duration) async throws -> String? {
        let isSwiftly = ToolchainLinks.name(of: manager) == "swiftly"
        let question = isSwiftly ? ["use", "--print-location"] : ["which", tool]
        // The root folder, so that no project's .python-version or rust-toolchain file has a say.
        let output = try await Subprocess.run(
            [manager] + question,
            environment: environment.filter { !Redactor.namesSecret($0.key) },
            directory: "/",
            limits: Subprocess.Limits(time: limit, output: 64 << 10)
        )
        let answer = output.text.split(separator: "\n").first.map(String.init) ?? ""
        guard output.succeeded, answer.hasPrefix("/") else { return nil }
        let file = isSwiftly ? answer + "/usr/bin/" + tool : answer
        return ExecutableSearch.find(file, path: nil)
    }
}
