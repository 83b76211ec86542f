// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: one place, so that no target is laxer than another.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Of programs that are shipped or measured: no symbols for others to look up, and relocations in a tenth of the room.
///
/// Both make a program start faster. The linker is the toolchain's own.
let lean: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"],
        .when(configuration: .release)
    )
]

/// A face for one C library from Debian: a module map and a shim header, nothing else.
func library(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// One that is opened with its first use: without pkg-config, whose flags would link it.
func late(_ name: String, _ package: String) -> Target {
    .systemLibrary(name: name, providers: [.apt([package])])
}

func module(_ name: String, _ dependencies: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []) -> Target {
    .target(name: name, dependencies: ["Core"] + dependencies, swiftSettings: strict, plugins: plugins)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: ["Core", "TestSupport"] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "drydock",
    products: [.executable(name: "drydock", targets: ["drydock"])],
    targets: [
        // C libraries
        library("CSQLite", "sqlite3", "libsqlite3-dev"),
        library("CYAML", "yaml-0.1", "libyaml-dev"),
        library("CCrypto", "libcrypto", "libssl-dev"),
        library("CSeccomp", "libseccomp", "libseccomp-dev"),
        .systemLibrary(name: "CLinux"),
        late("CGit2", "libgit2-dev"),
        late("CArchive", "libarchive-dev"),
        late("CCurl", "libcurl4-openssl-dev"),

        // Core imports the toolchain only; each kit is a Swift face for one C library or for the kernel.
        .target(name: "Core", swiftSettings: strict),
        module("HashKit", ["CCrypto"]),
        module("SQLiteKit", ["CSQLite"]),
        module("GitKit", ["CGit2"]),
        module("ArchiveKit", ["CArchive"]),
        module("YAMLKit", ["CYAML"]),
        module("SeccompKit", ["CSeccomp"]),
        module("ProcessKit", ["CLinux"]),
        module("HTTPClientKit", ["CCurl"]),
        module("CommandLineKit"),

        // One concern each, arrows only downwards.
        module("Journal", ["SQLiteKit", "HashKit"]),
        module("Settings", ["YAMLKit"]),
        module("Warehouse", ["YAMLKit", "HashKit"], plugins: [.plugin(name: "EmbedWarehouse")]),
        module("Snapshots", ["ArchiveKit", "HashKit", "GitKit", "ProcessKit"]),
        module("Workspace", ["GitKit"]),
        module("Sandbox", ["ProcessKit", "SeccompKit", "HashKit"]),
        module("Models", ["HTTPClientKit", "HashKit", "ProcessKit"]),
        module("GroupChat"),
        module(
            "Engine",
            [
                "GroupChat", "HashKit", "Journal", "Models", "Sandbox", "Settings", "Snapshots", "Warehouse",
                "Workspace", "YAMLKit",
            ]
        ),
        module(
            "Commands",
            [
                "CommandLineKit", "Engine", "HTTPClientKit", "Journal", "Models", "ProcessKit", "Sandbox", "Settings",
                "Snapshots", "Warehouse", "YAMLKit",
            ]
        ),
        .executableTarget(
            name: "drydock",
            dependencies: ["Commands", "CommandLineKit", "Core", "ProcessKit"],
            swiftSettings: strict,
            linkerSettings: lean
        ),

        // Builds guides/, skills/, flakes/ and pipelines/ into the Warehouse target.
        .plugin(name: "EmbedWarehouse", capability: .buildTool, dependencies: ["embed-warehouse"]),
        .executableTarget(name: "embed-warehouse", swiftSettings: strict),

        // Measures; no product.
        .executableTarget(
            name: "drydock-bench",
            dependencies: [
                "ArchiveKit", "CommandLineKit", "Core", "Engine", "GroupChat", "HTTPClientKit", "Journal", "Models",
                "ProcessKit", "SQLiteKit", "Sandbox", "Snapshots", "Warehouse",
            ],
            swiftSettings: strict,
            linkerSettings: lean
        ),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["CLinux", "Core", "Models"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        // Apart from TestSupport, which belongs to programs that test: the one that kills itself needs it too.
        .target(
            name: "JournalTesting",
            dependencies: ["Core", "Journal"],
            path: "Tests/JournalTesting",
            swiftSettings: strict
        ),
        tests("CoreTests", []),
        tests("HashKitTests", ["HashKit"]),
        tests("SQLiteKitTests", ["SQLiteKit"]),
        tests("GitKitTests", ["GitKit"]),
        tests("ArchiveKitTests", ["ArchiveKit"]),
        tests("YAMLKitTests", ["YAMLKit"]),
        tests("ProcessKitTests", ["ProcessKit"]),
        tests("HTTPClientKitTests", ["HTTPClientKit"]),
        tests("CommandLineKitTests", ["CommandLineKit"]),
        tests("JournalTests", ["Journal", "JournalTesting", "SQLiteKit"]),
        tests("SettingsTests", ["Settings"]),
        tests("WarehouseTests", ["Warehouse", "ProcessKit"]),
        tests("SnapshotsTests", ["Snapshots", "ArchiveKit", "GitKit", "HashKit", "ProcessKit"]),
        tests("WorkspaceTests", ["Workspace", "GitKit"]),
        tests("SandboxTests", ["Sandbox", "ProcessKit", "SeccompKit"]),
        tests("ModelsTests", ["HTTPClientKit", "Models"]),
        tests("GroupChatTests", ["GroupChat"]),
        tests(
            "EngineTests",
            [
                "Engine", "GroupChat", "Journal", "JournalTesting", "Models", "Sandbox", "Snapshots", "Warehouse",
                "Workspace", "drydock-crash",
            ]
        ),
        // A scripted run that kills itself; no part of the product.
        .executableTarget(
            name: "drydock-crash",
            dependencies: [
                "Core", "Engine", "HashKit", "Journal", "JournalTesting", "Models", "Sandbox", "Snapshots", "Warehouse",
            ],
            path: "Tests/CrashRunner",
            swiftSettings: strict
        ),
        tests("EndToEndTests", ["Journal"]),
        tests("CommandsTests", ["Commands", "CommandLineKit", "Engine", "Models", "Sandbox", "Settings"]),
    ]
)
