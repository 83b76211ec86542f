internal import Core
package import Sandbox
package import Warehouse

/// Toolchains of this machine, by way of the flakes that a run has recorded.
extension ToolchainResolver: ToolchainSource {
    package func toolchain(for need: ToolchainNeed, from warehouse: Warehouse) async throws -> ChosenToolchain {
        var resolver = self
        resolver.nixpkgs = need.nixpkgs
        let flake = try warehouse.flakes.source(named: need.flake)
        let hostFlake = try warehouse.flakes.source(named: "host")
        do {
            let toolchain = try await resolver.resolve(
                flake: flake,
                hostFlake: hostFlake,
                tools: need.tools,
                choice: need.level
            )
            return ChosenToolchain(toolchain: toolchain)
        } catch ToolchainError.toolsMissing(let missing) {
            let present = need.tools.filter { !missing.contains($0) }
            let toolchain = try await resolver.resolve(
                flake: flake,
                hostFlake: hostFlake,
                tools: present,
                choice: need.level
            )
            return ChosenToolchain(toolchain: toolchain, missing: missing)
        }
    }
}

extension Shelf<FlakeFolder> {
    /// A flake as Nix may evaluate it: built in, or from the user's configuration, never from a project.
    fileprivate func source(named name: String) throws -> FlakeSource {
        let entry = try entry(named: name)
        guard entry.origin != .project else {
            throw ToolchainError.brokenFlake(name: name, message: "a project's flake is never evaluated")
        }
        return try entry.item.get().source(of: entry.origin)
    }
}

extension FlakeFolder {
    /// The flake with the place at which a person finds it.
    package func source(of origin: KnowledgeOrigin) throws -> FlakeSource {
        guard let file = files["flake.nix"] else {
            throw ToolchainError.brokenFlake(name: name, message: "it has no flake.nix")
        }
        let lock = files["flake.lock"]?.text
        return switch origin {
        case .builtIn: .builtIn(name: name, text: file.text, lock: lock)
        case .user, .project: .user(name: name, text: file.text, lock: lock, path: file.location)
        }
    }
}

extension ToolchainNeed {
    fileprivate var level: ToolchainChoice {
        switch choice {
        case .auto: .automatic
        case .nix: .nix
        case .hostFlake: .hostFlake
        case .host: .host
        }
    }
}
