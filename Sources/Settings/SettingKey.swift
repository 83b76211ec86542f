/// A setting: its name, its type, its default and what it is for.
package struct SettingKey<Value: Sendable>: AnySettingKey {
    package let name: String
    package let help: String
    package let expectation: String
    package let defaultText: String
    let defaultValue: Value
    let parse: @Sendable (String) -> Value?

    package func accepts(_ text: String) -> Bool { parse(text) != nil }
}

/// A setting, whatever its type.
package protocol AnySettingKey: Sendable {
    /// The dotted name: `snapshot.backend` is the key `backend` below `snapshot` in a file.
    var name: String { get }
    /// One sentence.
    var help: String { get }
    /// What a person may write, such as `a whole number from 1 to 16`.
    var expectation: String { get }
    var defaultText: String { get }
    func accepts(_ text: String) -> Bool
}

extension AnySettingKey {
    /// The environment variable: `limits.wallClock` is `DRYDOCK_LIMITS_WALL_CLOCK`.
    package var variable: String {
        name.reduce(into: "DRYDOCK_") { text, letter in
            text += letter == "." ? "_" : letter.isUppercase ? "_\(letter)" : letter.uppercased()
        }
    }
}

extension SettingKey where Value: RawRepresentable<String> & CaseIterable {
    static func choice(_ name: String, _ value: Value, _ help: String) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "one of " + Value.allCases.map { $0.rawValue }.joined(separator: ", "),
            defaultText: value.rawValue,
            defaultValue: value
        ) { Value(rawValue: $0) }
    }
}

extension SettingKey<String> {
    /// One line of text that is not empty.
    static func text(_ name: String, _ value: String, _ help: String) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "one line of text",
            defaultText: value,
            defaultValue: value
        ) { text in
            text.isEmpty || text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? nil : text
        }
    }
}

extension SettingKey<Int> {
    static func number(_ name: String, _ value: Int, in range: ClosedRange<Int>, _ help: String) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            defaultText: "\(value)",
            defaultValue: value
        ) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A length of time in seconds.
    static func seconds(_ name: String, _ value: String, _ help: String) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "a length of time such as 90s, 10m, 2h or 1d, at most 36500d",
            defaultText: value,
            defaultValue: Quantity.seconds(value) ?? 0
        ) { text in
            Quantity.seconds(text).flatMap { $0 > 0 ? $0 : nil }
        }
    }

    /// An amount of memory or disk in bytes.
    static func bytes(_ name: String, _ value: String, _ help: String) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "an amount such as 512KiB, 256MiB or 4GiB",
            defaultText: value,
            defaultValue: Quantity.bytes(value) ?? 0
        ) { text in
            Quantity.bytes(text).flatMap { $0 > 0 ? $0 : nil }
        }
    }
}

extension SettingKey<Int?> {
    /// A number, or `auto` (`nil`) for what something else says.
    static func limit(_ name: String, in range: ClosedRange<Int>, _ help: String) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "auto, or a whole number from \(range.lowerBound) to \(range.upperBound)",
            defaultText: "auto",
            defaultValue: nil
        ) { text in
            if text == "auto" { return .some(nil) }
            return Int(text).flatMap { range.contains($0) ? .some($0) : nil }
        }
    }
}

extension SettingKey<Int?> {
    /// A number that something may not exceed, or `none` (`nil`).
    static func cap(_ name: String, _ help: String) -> SettingKey {
        optional(name, "none, or a whole number from 1", help) { Int($0).flatMap { $0 >= 1 ? $0 : nil } }
    }

    /// A length of time in seconds that something may not exceed, or `none` (`nil`).
    static func timeCap(_ name: String, _ help: String) -> SettingKey {
        optional(name, "none, or a length of time such as 90s, 10m, 2h or 1d, at most 36500d", help) { text in
            Quantity.seconds(text).flatMap { $0 > 0 ? $0 : nil }
        }
    }
}

extension SettingKey<Double?> {
    /// An amount of money, or `none` (`nil`).
    static func amount(_ name: String, _ help: String) -> SettingKey {
        optional(name, "none, or an amount such as 2.50", help) { text in
            Quantity.decimal(text).flatMap { $0 > 0 ? $0 : nil }
        }
    }
}

extension SettingKey {
    fileprivate static func optional<Wrapped>(
        _ name: String,
        _ expectation: String,
        _ help: String,
        _ read: @escaping @Sendable (String) -> Wrapped?
    ) -> SettingKey where Value == Wrapped? {
        SettingKey(name: name, help: help, expectation: expectation, defaultText: "none", defaultValue: nil) { text in
            if text == "none" { return .some(nil) }
            return read(text).map { .some($0) }
        }
    }
}

extension SettingKey<Double> {
    static func decimal(
        _ name: String,
        _ value: String,
        in range: ClosedRange<Double>,
        _ help: String
    ) -> SettingKey {
        SettingKey(
            name: name,
            help: help,
            expectation: "a number from \(range.lowerBound) to \(range.upperBound)",
            defaultText: value,
            defaultValue: Quantity.decimal(value) ?? 0
        ) { text in
            Quantity.decimal(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}
