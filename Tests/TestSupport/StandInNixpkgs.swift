package import Foundation

/// A local flake in place of nixpkgs, for machines without a network: the same attributes, made of the machine's tools.
///
/// `mkShell` and its `stdenv` work like the real ones as far as `nix develop` is concerned. A tool is a package of
/// the store with a script that starts the machine's program.
package enum StandInNixpkgs {
    /// The configuration with which Nix builds the stand-in, as `NIX_CONFIG`: offline, and with the machine's own bash
    /// in sight, which a build sandbox hides wherever the machine allows Nix to make one.
    package static let configuration = "substituters =\nsandbox = false"

    /// What the flakes of the eight stacks name, and the programs of each.
    package static let programs: [String: [String]] = [
        "cargo": ["cargo"], "rustc": ["rustc"], "rustfmt": ["rustfmt"], "clippy": ["cargo-clippy"],
        "gcc": ["gcc", "g++", "cc", "c++"], "pkg-config": ["pkg-config"],
        "nodejs": ["node", "npm"], "python3": ["python3"], "jdk": ["java", "javac"], "maven": ["mvn"],
        "cmake": ["cmake", "ctest"], "ninja": ["ninja"], "gnumake": ["make"],
        "swift": ["swift"], "swiftpm": ["swift-build"], "git": ["git"], "go": ["go"],
        "bashInteractive": ["bash"],
    ]

    /// Writes the flake into a folder and returns the reference to it, `path:…`.
    ///
    /// - Parameters:
    ///   - folder: An empty folder, or one that does not exist.
    ///   - paths: Where programs are; a program without a path prints its own name and `stand-in`.
    ///   - hook: What the shells' hook runs.
    /// - Returns: The reference for `--override-input`.
    /// - Throws: When the folder cannot be written.
    package static func write(to folder: URL, paths: [String: String] = [:], hook: String = "") throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Nix kills a builder that closes its output before it ends, as coreutils do: so bash itself comes last.
        let packages = programs.sorted { $0.key < $1.key }.map { package, names in
            let scripts = names.map { name in
                let path = paths[name] ?? (name == "bash" ? "/bin/bash" : nil)
                let action = path.map { "exec '\($0)' \\\"\\$@\\\"" } ?? "echo \(name) stand-in"
                return "printf '%s\\n' '#!/bin/sh' \"\(action)\" > $out/bin/\(name); chmod +x $out/bin/\(name)"
            }
            return
                "        \(package) = package \"\(package)\" ''mkdir -p $out/bin; \(scripts.joined(separator: "; ")); exit 0'';"
        }
        let text = Self.text(packages: packages.joined(separator: "\n"), hook: hook)
        try Data(text.utf8).write(to: folder.appending(path: "flake.nix"))
        return "path:" + folder.path
    }

    private static func text(packages: String, hook: String) -> String {
        """
        {
          outputs = { self }: let
            system = "x86_64-linux";
            build = name: attributes: script: derivation ({
              inherit name system;
              builder = "/bin/bash";
              args = [ "-c" script ];
              outputs = [ "out" ];
            } // attributes);
            package = name: script: build "${name}-1.0" { PATH = "/usr/bin:/bin"; } script;
            stdenv = package "stdenv" ''
              mkdir -p $out
              echo 'export HOME=/homeless-shelter SSL_CERT_FILE=/no-cert-file.crt CC=gcc PATH=' > $out/setup
              echo 'for i in $nativeBuildInputs; do PATH=$PATH''${PATH:+:}$i/bin; done' >> $out/setup
            '';
          in {
            legacyPackages.${system} = {
        \(packages)
              mkShell = { packages }: build "nix-shell" {
                inherit stdenv;
                nativeBuildInputs = packages;
                shellHook = ''\(hook)'';
                STACK_HOME = "${builtins.head packages}";
              } "exit 1";
            };
          };
        }
        """
    }
}
