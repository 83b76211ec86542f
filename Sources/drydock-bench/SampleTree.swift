internal import ArchiveKit

/// A tree that compresses about as well as source code does; equal in every run.
enum SampleTree {
    static func make(at path: String, files: Int, averageSize: Int) throws {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        func next(_ limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
        let words = (0..<4_000).map { _ in
            (0..<(2 + next(9))).map { _ in UInt8(97 + next(26)) } + [32]
        }
        for number in 0..<files {
            let folder = try Folder(makingPath: "\(path)/part-\(number / 400)/module-\(number / 20)", mode: 0o755)
            let size = averageSize / 4 + next(averageSize * 3 / 2)
            var text: [UInt8] = []
            text.reserveCapacity(size + 32)
            while text.count < size {
                text += words[min(next(4_000), next(4_000))]
                if next(9) == 0 { text.append(10) }
            }
            try folder.createFile(named: "file-\(number).txt", mode: 0o644).write(text)
        }
    }
}
