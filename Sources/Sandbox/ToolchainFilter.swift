/// Decides which variables of a Nix shell are a toolchain's, and which are Nix's own or of the place where it ran.
enum ToolchainFilter {
    /// Where Nix keeps packages.
    static let store = "/nix/store"

    /// Of the person or the place: the sandbox sets its own.
    private static let ofThePlace: Set = [
        "HOME", "USER", "LOGNAME", "SHELL", "TERM", "HOSTNAME", "PWD", "OLDPWD", "SHLVL", "_", "UID", "EUID", "PPID",
        "TMP", "TMPDIR", "TEMP", "TEMPDIR", "TZ", "DISPLAY", "SSH_AUTH_SOCK", "BASHOPTS", "SHELLOPTS", "PS1", "PS4",
        "PROMPT_COMMAND", "BASH_ENV", "ENV", "LD_PRELOAD", "LD_AUDIT", "HISTFILE", "OPTERR", "OPTIND",
    ]

    /// Of Nix, and of the derivation that a shell is made from.
    private static let ofNix: Set = [
        "NIX_BUILD_TOP", "NIX_BUILD_CORES", "NIX_STORE", "NIX_GCROOT", "NIX_LOG_FD", "NIX_CONFIG", "NIX_REMOTE",
        "NIX_PATH", "NIX_PROFILES", "NIX_ENFORCE_PURITY", "NIX_SSL_CERT_FILE", "SSL_CERT_FILE", "IN_NIX_SHELL",
        "shellHook", "builder", "name", "pname", "version", "system", "stdenv", "out", "outputs", "src", "args",
        "buildInputs", "nativeBuildInputs", "propagatedBuildInputs", "propagatedNativeBuildInputs",
        "depsBuildBuild", "depsBuildBuildPropagated", "depsBuildTarget", "depsBuildTargetPropagated",
        "depsHostHost", "depsHostHostPropagated", "depsTargetTarget", "depsTargetTargetPropagated",
        "phases", "buildPhase", "installPhase", "patches", "configureFlags", "cmakeFlags", "mesonFlags",
        "doCheck", "doInstallCheck", "strictDeps", "preferLocalBuild", "passAsFile", "allowSubstitutes",
        "preHook", "postHook", "userHook", "dontAddDisableDepTrack", "__structuredAttrs",
        "__darwinAllowLocalNetworking",
        "__impureHostDeps", "__propagatedImpureHostDeps", "__sandboxProfile", "__propagatedSandboxProfile",
    ]

    /// The variables that belong to the toolchain.
    ///
    /// - Parameters:
    ///   - variables: What a program in the Nix shell saw.
    ///   - given: What Nix itself was started with; none of it comes back.
    /// - Returns: What is left, with a `PATH` of folders in the store.
    static func filtered(_ variables: [String: String], given: [String: String]) -> [String: String] {
        let outputs = Set((variables["outputs"] ?? "out").split(separator: " ").map(String.init))
        var kept = variables.filter { name, value in
            given[name] == nil && !ofThePlace.contains(name) && !ofNix.contains(name) && !outputs.contains(name)
                && isName(name) && !pointsNowhere(value)
        }
        kept["PATH"] = storeFolders(variables["PATH"] ?? "").joined(separator: ":")
        return kept
    }

    /// The folders of a search path that lie in Nix's store; what else Nix and bash put there is of no use.
    static func storeFolders(_ path: String) -> [String] {
        var seen: Set<String> = []
        return path.split(separator: ":").map(String.init).filter { folder in
            folder.hasPrefix(store + "/") && !folder.contains("/../") && seen.insert(folder).inserted
        }
    }

    /// The store paths, without what follows the package's name, that the values mention.
    static func storePaths(in variables: [String: String]) -> [String] {
        var found: Set<String> = []
        for value in variables.values {
            for part in value.split(separator: store + "/").dropFirst(value.hasPrefix(store + "/") ? 0 : 1) {
                let name = part.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-._?=".contains($0)) }
                if name.utf8.count > 33 { found.insert(store + "/" + name) }
            }
        }
        return found.sorted()
    }

    /// Exported functions, such as `BASH_FUNC_x%%`, have names that no program reads as a variable's.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// The values that Nix puts in place of a home, a path or a certificate, and its folders in /tmp.
    private static func pointsNowhere(_ value: String) -> Bool {
        ["/homeless-shelter", "/path-not-set", "/no-cert-file.crt", "/nix-shell.", "/nix-build-"].contains {
            value.contains($0)
        }
    }
}
