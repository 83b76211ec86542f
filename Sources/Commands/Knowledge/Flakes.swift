internal import CommandLineKit
internal import Core
internal import Engine
internal import FoundationEssentials
internal import Sandbox
internal import Warehouse

/// `drydock flakes`: the toolchains for Nix.
struct Flakes: ParsableCommand, KnowledgeNoun {
    static var configuration: CommandConfiguration { groupConfiguration }
    static let kind = KnowledgeKind.flakes
    static let abstract = "Show the toolchains for Nix, one flake each."

    static func shelf(of warehouse: Warehouse) -> Shelf<FlakeFolder> { warehouse.flakes }
    static func summary(of item: FlakeFolder) -> String { item.files.keys.sorted().joined(separator: ", ") }

    /// Mistakes in the language of Nix, where Nix is here to read it.
    static func toolFaults(
        in shelf: Shelf<FlakeFolder>,
        _ surroundings: Surroundings
    ) async throws -> [any ReportableError] {
        let folder = FileManager.default.temporaryDirectory.path + "/drydock-\(UUID().uuidString)"
        for part in ["source", "scratch"] { try FileSystem.makeFolder(folder + "/" + part) }
        defer { try? FileSystem.removeTree(folder) }
        guard let parser = FlakeParser(environment: surroundings.environment, scratch: folder + "/scratch") else {
            return []
        }
        var faults: [any ReportableError] = []
        for entry in shelf.list() {
            guard let flake = try? entry.item.get().source(of: entry.origin) else { continue }
            if let fault = try await parser.fault(in: flake, copyingTo: folder + "/source") { faults.append(fault) }
        }
        return faults
    }
}
