internal import Core

/// Rows in aligned columns, with a heading.
package struct Table {
    package struct Column {
        package let title: String
        package let isNumber: Bool
        /// Whether it gives way when the terminal is too narrow.
        package let shrinks: Bool

        package init(title: String, isNumber: Bool = false, shrinks: Bool = false) {
            self.title = title
            self.isNumber = isNumber
            self.shrinks = shrinks
        }
    }

    /// A piece of text and how it looks.
    package struct Cell: ExpressibleByStringLiteral {
        package let text: String
        package let tone: Tone?

        package init(_ text: String, _ tone: Tone? = nil) {
            self.text = text.printable
            self.tone = tone
        }

        package init(stringLiteral text: String) { self.init(text) }
    }

    package let columns: [Column]
    package var rows: [[Cell]]

    package init(columns: [Column], rows: [[Cell]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// The lines of the table, shortened to `width` columns when there is such a limit.
    package func lines(width: Int?, style: Style) -> [String] {
        let widths = columnWidths(width)
        let heading = columns.indices.map { style.paint(aligned(columns[$0].title, $0, widths), .dim) }
        let body = rows.map { row in
            row.indices.map { index in
                let text = aligned(row[index].text.truncated(to: widths[index]), index, widths)
                return row[index].tone.map { style.paint(text, $0) } ?? text
            }
        }
        return ([heading] + body).map { $0.joined(separator: "  ").trimmingTrailingSpaces }
    }

    private func columnWidths(_ limit: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            max(columns[index].title.count, rows.map { $0[index].text.displayWidth }.max() ?? 0)
        }
        guard let limit else { return widths }
        var excess = widths.reduce(2 * (columns.count - 1), +) - limit
        for index in columns.indices where columns[index].shrinks && excess > 0 {
            let narrow = max(columns[index].title.count, 12, widths[index] - excess)
            excess -= max(0, widths[index] - narrow)
            widths[index] = min(widths[index], narrow)
        }
        return widths
    }

    private func aligned(_ text: String, _ index: Int, _ widths: [Int]) -> String {
        let space = String(repeating: " ", count: max(0, widths[index] - text.displayWidth))
        return columns[index].isNumber ? space + text : text + space
    }
}

extension String {
    var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
