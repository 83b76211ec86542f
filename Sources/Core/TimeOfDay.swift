/// Times as messages write them.
package enum TimeOfDay {
    /// A time in milliseconds since 1970 as `2026-11-21 17:30:05 UTC`; the part below a second counts as a whole one.
    package static func text(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let seconds = rest > 0 ? whole + 1 : whole
        let days = Int64((Double(seconds) / 86_400).rounded(.down))
        let second = seconds - days * 86_400
        let time = [second / 3_600, second / 60 % 60, second % 60]
        return day(days) + " " + time.map { padded($0, 2) }.joined(separator: ":") + " UTC"
    }

    /// The minute that a time in milliseconds since 1970 lies in, as `2026-11-21 17:30` in universal time.
    package static func minute(_ milliseconds: Int64) -> String {
        let minutes = Int64((Double(milliseconds) / 60_000).rounded(.down))
        let days = Int64((Double(minutes) / 1_440).rounded(.down))
        let minute = minutes - days * 1_440
        return day(days) + " " + padded(minute / 60, 2) + ":" + padded(minute % 60, 2)
    }

    private static func day(_ days: Int64) -> String {
        let (year, month, day) = date(days)
        return [padded(year, 4), padded(month, 2), padded(day, 2)].joined(separator: "-")
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The date so many days after the first of 1970, counted in years that begin in March.
    private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
