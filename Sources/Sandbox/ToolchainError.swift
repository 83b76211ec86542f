package import Core

/// A toolchain that a run cannot have.
package enum ToolchainError: ReportableError, Equatable {
    /// Tools that are neither in the flake's environment nor on this machine.
    case toolsMissing([String])
    /// A flake that Nix cannot read or evaluate.
    case brokenFlake(name: String, message: String)
    /// The level that was demanded cannot be had.
    case levelUnavailable(ToolchainLevel, reason: String)
    /// A file of the toolchain cache cannot be written.
    case cacheUnwritable(path: String, message: String)
    /// Another process holds the lock of a capture for longer than a capture may take.
    case captureBusy(path: String)

    package var kind: FaultKind {
        switch self {
        case .toolsMissing, .levelUnavailable: .unverified
        case .brokenFlake: .configuration
        case .cacheUnwritable(_, let message): message.contains("space") ? .diskFull : .failed
        case .captureBusy: .busy
        }
    }

    /// A missing toolchain is for a person to install, not for a model to repair.
    package var failureClass: FailureClass {
        switch self {
        case .toolsMissing, .levelUnavailable, .cacheUnwritable, .captureBusy: .infrastructure
        case .brokenFlake: .user
        }
    }

    package var description: String {
        switch self {
        case .toolsMissing(let names):
            "the toolchain lacks " + names.map { "'\($0.printable)'" }.joined(separator: ", ")
        case .brokenFlake(let name, let message): "the flake '\(name.printable)' cannot be used: \(message)"
        case .levelUnavailable(let level, let reason):
            "the toolchain level '\(level.rawValue)' cannot be had: \(reason)"
        case .cacheUnwritable(let path, let message): "cannot write '\(path.printable)': \(message)"
        case .captureBusy(let path): "another process has held '\(path.printable)' for too long"
        }
    }

    package var hint: String? {
        switch self {
        case .toolsMissing(let names): Self.installation(of: names)
        case .brokenFlake: "correct the file, or remove it so that the built-in one is used"
        case .levelUnavailable: "allow another level, or run 'drydock doctor' to see what is missing"
        case .cacheUnwritable: "free some space, or make the folder writable"
        case .captureBusy: "end the other process, or remove the file when no other process runs"
        }
    }

    private static func installation(of names: [String]) -> String {
        let packages = names.compactMap { ToolPackages.debian[$0] }
        let unique = Set(packages).sorted()
        if names.contains("swift") {
            return "get Swift from https://www.swift.org/install/linux/ and put its 'bin' folder on PATH"
        }
        guard !unique.isEmpty else { return "install what provides it and put its folder on PATH" }
        return "run 'scripts/setup --all', or: apt-get install \(unique.joined(separator: " "))"
    }
}

/// Which Debian package brings which program.
package enum ToolPackages {
    package static let debian: [String: String] = [
        "cargo": "cargo", "rustc": "rustc", "rustfmt": "rustfmt",
        "node": "nodejs", "npm": "npm", "npx": "npm",
        "python3": "python3", "pip3": "python3-pip", "pytest": "python3-pytest",
        "java": "default-jre-headless", "javac": "default-jdk-headless", "jar": "default-jdk-headless",
        "mvn": "maven", "gradle": "gradle",
        "cmake": "cmake", "ctest": "cmake", "g++": "g++", "c++": "g++", "gcc": "gcc", "cc": "gcc",
        "make": "make", "ninja": "ninja-build", "clang": "clang", "pkg-config": "pkg-config",
        "go": "golang-go", "gofmt": "golang-go",
        "git": "git", "bash": "bash", "sh": "dash", "tar": "tar",
    ]
}
