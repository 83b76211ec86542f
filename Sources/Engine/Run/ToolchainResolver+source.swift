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
        let folder = try entry.item.get()
        guard entry.origin != .project, let text = folder.files["flake.nix"]?.text else {
            throw ToolchainError.brokenFlake(name: name, message: "a project's flake is never evaluated")
        }
        let lock = folder.files["flake.lock"]?.text
        return .builtIn(name: name, text: text, lock: lock)
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
