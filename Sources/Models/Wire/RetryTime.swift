/// When a provider allows another try.
package enum RetryTime: Codable, Sendable, Hashable {
    /// So many milliseconds after the answer.
    case after(milliseconds: Int64)
    /// At a time of day, in milliseconds since 1970.
    case at(milliseconds: Int64)

    /// How long to wait at a time of day, in milliseconds; never negative.
    package func wait(at now: Int64) -> Int64 {
        switch self {
        case .after(let milliseconds): max(0, milliseconds)
        case .at(let time): max(0, time.subtractingReportingOverflow(now).partialValue)
        }
    }

    /// What the headers of an answer say: `retry-after-ms`, or `retry-after` in seconds or as a date.
    package init?(headers: [WireHeader]) {
        if let text = headers.value(of: "retry-after-ms"), let time = Self.milliseconds(text, unit: 1) {
            self = .after(milliseconds: time)
        } else if let text = headers.value(of: "retry-after") {
            guard let time = RetryTime(retryAfter: text) else { return nil }
            self = time
        } else {
            return nil
        }
    }

    /// The value of a `Retry-After` header: seconds, with or without a fraction, or a date of HTTP.
    package init?(retryAfter text: String) {
        if let time = Self.milliseconds(text, unit: 1_000) {
            self = .after(milliseconds: time)
        } else if let time = HTTPDate.milliseconds(text) {
            self = .at(milliseconds: time)
        } else {
            return nil
        }
    }

    /// A duration as Google writes it: seconds with an `s`, such as `34s` or `1.5s`.
    package init?(protobuf text: String) {
        guard text.hasSuffix("s"), let time = Self.milliseconds(String(text.dropLast()), unit: 1_000) else {
            return nil
        }
        self = .after(milliseconds: time)
    }

    private static func milliseconds(_ text: String, unit: Double) -> Int64? {
        guard let number = Double(text.filter { $0 != " " }), number.isFinite, number >= 0 else { return nil }
        return Int64(min(number * unit, 1e15).rounded(.up))
    }
}

/// Dates as HTTP headers write them.
package enum HTTPDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Milliseconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; the two older forms are read too.
    package static func milliseconds(_ text: String) -> Int64? {
        let words = text.lowercased().split { " ,-".contains($0) }.map(String.init)
        guard words.count >= 5 else { return nil }
        // `sun nov 6 08:49:37 1994` names the month first.
        let isOldest = months.contains(words[1])
        let (day, month) = isOldest ? (words[2], words[1]) : (words[1], words[2])
        let (year, time) = isOldest ? (words[4], words[3]) : (words[3], words[4])
        let clock = time.split(separator: ":").compactMap { Int64($0) }
        guard let day = Int64(day), (1...31).contains(day), let index = months.firstIndex(of: month),
            let year = fullYear(year), clock.count == 3, zip(clock, [23, 59, 60]).allSatisfy({ 0...$1 ~= $0 })
        else { return nil }
        let days = days(year: year, month: Int64(index + 1), day: day)
        return (days * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]) * 1_000
    }

    private static func fullYear(_ text: String) -> Int64? {
        guard let year = Int64(text), (0...9_999).contains(year) else { return nil }
        guard text.count == 2 else { return year }
        return year < 70 ? 2_000 + year : 1_900 + year
    }

    /// Days since 1970 of a date in the Gregorian calendar, counted in years that begin in March.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let era = years / 400
        let yearOfEra = years - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
