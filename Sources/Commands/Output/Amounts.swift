/// Numbers as people read them.
package enum Amounts {
    /// `0.4 s`, `12.3 s`, `4 min 5 s`, `2 h 3 min`.
    package static func duration(milliseconds: Int) -> String {
        let tenths = (milliseconds + 50) / 100
        guard tenths >= 600 else { return "\(tenths / 10).\(tenths % 10) s" }
        let seconds = (milliseconds + 500) / 1_000
        guard seconds >= 3_600 else { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
    }

    /// `0:07`, `12:30`, `1:02:03`.
    package static func clock(milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1_000
        let minutes = seconds / 60
        let rest = twoDigits(seconds % 60)
        return minutes < 60 ? "\(minutes):\(rest)" : "\(minutes / 60):\(twoDigits(minutes % 60)):\(rest)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// `17 B`, `4.2 KiB`, `1.0 GiB`.
    package static func bytes(_ count: Int) -> String {
        guard count >= 1_024 else { return "\(count) B" }
        var tenths = count / 1_024 * 10 + count % 1_024 * 10 / 1_024
        var unit = 0
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1_024
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `1 run`, `2 runs`.
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
