internal import CGit2
internal import Core

/// The name of an object in a git repository: 20 bytes, written as 40 hexadecimal digits.
package struct ObjectID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let size = 20

    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// An object's name from its 40 hexadecimal digits, else `nil`.
    package init?(hex: some StringProtocol) {
        guard let bytes = [UInt8](hex: hex), bytes.count == Self.size else { return nil }
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        middle = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[16..<20].reduce(0) { $0 << 8 | UInt32($1) }
    }

    package var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(high >> shift & 255)) }
        for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(middle >> shift & 255)) }
        for shift in stride(from: UInt32(24), through: 0, by: -8) { bytes.append(UInt8(low >> shift & 255)) }
        return bytes.hex
    }

    package static func < (left: ObjectID, right: ObjectID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }
}

extension ObjectID {
    init(_ raw: git_oid) {
        var copy = raw
        (high, middle, low) = unsafe withUnsafeBytes(of: &copy.id) { bytes in
            unsafe (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
            )
        }
    }

    var raw: git_oid {
        var oid = git_oid()
        unsafe withUnsafeMutableBytes(of: &oid.id) { bytes in
            unsafe bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            unsafe bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return oid
    }
}

/// The name of a commit.
package struct CommitID: Hashable, Sendable, CustomStringConvertible {
    package let object: ObjectID

    init(_ object: ObjectID) {
        self.object = object
    }

    /// A commit's name from its 40 hexadecimal digits, else `nil`.
    package init?(_ hex: some StringProtocol) {
        guard let object = ObjectID(hex: hex) else { return nil }
        self.object = object
    }

    package var description: String { object.description }
}

extension CommitID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = CommitID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a commit's name")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
