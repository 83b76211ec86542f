import Foundation
import ProcessKit
import TestSupport
import Testing

@Suite("A small file", .tags(.medium), .temporaryDirectory)
struct SmallFileTests {
    private func path(_ name: String) -> String { TemporaryDirectory.current.appending(path: name).path }

    @Test("is replaced as a whole, and is its owner's alone")
    func replaced() throws {
        for text in [String(repeating: "long ", count: 100_000), "short\n", ""] {
            try SmallFile.replace(path("file"), with: text)
            #expect(SmallFile.text(path("file")) == text)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path("file"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path("")) == ["file"])
    }

    @Test("stays as it is when it cannot be replaced, and no link is followed")
    func refused() throws {
        try SmallFile.replace(path("file"), with: "old")
        try FileManager.default.createSymbolicLink(atPath: path("file.new"), withDestinationPath: path("elsewhere"))
        let error = #expect(throws: ProcessError.self) { try SmallFile.replace(path("file"), with: "new") }
        #expect(error?.description.contains("file.new'") == true)
        #expect(SmallFile.text(path("file")) == "old" && !FileManager.default.fileExists(atPath: path("elsewhere")))
        #expect(throws: ProcessError.self) { try SmallFile.replace(path("no/such/folder"), with: "") }
    }
}
