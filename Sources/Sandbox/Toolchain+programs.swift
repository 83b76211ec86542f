internal import Core
internal import HashKit
internal import ProcessKit

extension Toolchain {
    /// These programs of the machine, each with what it is started by, and the folders that they need to be visible.
    ///
    /// - Parameters:
    ///   - names: Names on `PATH`.
    ///   - environment: The environment of the person who runs Drydock.
    ///   - base: What the command has besides; its own programs come after these on `PATH`.
    ///   - limit: How long a version manager may take to say where a program is.
    /// - Returns: The toolchain; `nil` when one of the programs is not there.
    /// - Throws: What asking a version manager throws.
    package static func programs(
        _ names: [String],
        environment: [String: String],
        over base: Toolchain? = nil,
        limit: Duration = .seconds(5)
    ) async throws -> Toolchain? {
        let locator = ToolchainLocator(environment: environment, shimLimit: limit)
        var host = try await locator.locate(names)
        guard host.missing.isEmpty else { return nil }
        let interpreters = host.tools.compactMap { interpreter(of: $0.path) }.filter { !names.contains($0) }
        if !interpreters.isEmpty {
            host = try await locator.locate(names + interpreters)
        }
        var environment = base?.environment ?? [:]
        let path = base?.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        environment["PATH"] = (host.searchFolders + [path]).joined(separator: ":")
        let folders = ToolchainLocator.withoutCovered(host.folders + (base?.toolFolders ?? []))
        return Toolchain(
            level: base?.level ?? .host,
            reason: base?.reason ?? "",
            environment: environment,
            toolFolders: folders,
            tools: host.tools + (base?.tools ?? []),
            lock: base?.lock,
            key: .sha256(of: (host.keyParts + [base?.key.hex ?? ""]).joined(separator: "\n"))
        )
    }

    /// The name on `PATH` of what a script is started by: of `node` for `#!/usr/bin/env node`.
    private static func interpreter(of path: String) -> String? {
        guard let text = SmallFile.bytes(path, limit: 256), text.starts(with: Array("#!".utf8)) else { return nil }
        let line = text.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        var words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\t" }.map(String.init)[...]
        guard let first = words.popFirst() else { return nil }
        guard first.hasSuffix("/env") else { return nil }
        return words.first { !$0.hasPrefix("-") && !$0.contains("=") }
    }
}
