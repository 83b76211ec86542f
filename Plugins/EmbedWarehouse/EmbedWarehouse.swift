import Foundation
import PackagePlugin

/// Builds the files of the knowledge folders into the target that uses the plugin.
///
/// The tool runs in every build and leaves its output alone when nothing has changed. Naming the files as inputs
/// would not do: the list is made once, so that a file deleted later breaks the build, and a change of a
/// file added later is not seen.
@main
struct EmbedWarehouse: BuildToolPlugin {
    private static let folders = ["guides", "skills", "flakes", "pipelines"]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        // The tool writes its own input: that is what makes it run in the next build too.
        let stamp = context.pluginWorkDirectoryURL.appending(path: "stamp")
        try Data().write(to: stamp)
        return [
            .buildCommand(
                displayName: "Embedding \(Self.folders.joined(separator: ", "))",
                executable: try context.tool(named: "embed-warehouse").url,
                arguments: [output.path, stamp.path, context.package.directoryURL.path] + Self.folders,
                inputFiles: [stamp],
                outputFiles: [output]
            )
        ]
    }
}
