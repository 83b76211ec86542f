/// Amounts as people write them: a whole number and a unit, without a space.
package enum Quantity {
    private static let timeUnits: [(unit: String, factor: Int)] = [
        ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800),
    ]
    private static let byteUnits: [(unit: String, factor: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ]

    /// `90s`, `10m`, `2h`, `30d` or `4w` in seconds, a hundred years at most; a number alone counts seconds.
    package static func seconds(_ text: String) -> Int? {
        parse(text, timeUnits).flatMap { $0 <= secondsLimit ? $0 : nil }
    }

    /// Whoever counts in milliseconds, or adds to the time of day, must not overflow.
    private static let secondsLimit = 36_500 * 86_400

    /// `512KiB`, `4GB` and the like in bytes; a number alone counts bytes.
    package static func bytes(_ text: String) -> Int? { parse(text, byteUnits) }

    /// Digits with a point at most, so that nothing else that Swift takes for a number does.
    package static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ "0123456789.".utf8.contains($0) }) else { return nil }
        return Double(text)
    }

    private static func parse(_ text: String, _ units: [(unit: String, factor: Int)]) -> Int? {
        let match = units.first { text.hasSuffix($0.unit) }
        let digits = text.dropLast(match?.unit.count ?? 0)
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: match?.factor ?? 1)
        return overflow ? nil : product
    }
}
