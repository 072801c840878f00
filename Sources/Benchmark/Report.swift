import FoundationEssentials

/// One line of the benchmark's table.
struct BenchmarkRow: Encodable {
    let bench: String
    let name: String
    var users: Int?
    /// The median of the runs.
    let value: Double
    let unit: String
    /// What it is compared with, in the same unit and run.
    var baseline: Double?
    var ratio: Double?
    /// What the ratio or the value should be.
    var goal: String?
    var p50: Double?
    var p99: Double?
    var p999: Double?
    var failed: Int?
    /// From the lowest run to the highest, in percent of the median.
    var spread: Double?
    /// Cores that the server, its database and the load itself kept busy.
    var cores: String?

    enum CodingKeys: String, CodingKey {
        case bench, name, users, value, unit, baseline, ratio, goal, failed, cores
        case p50 = "p50_ms"
        case p99 = "p99_ms"
        case p999 = "p999_ms"
        case spread = "spread_percent"
    }
}

/// Collects rows, prints them as they come, and writes them as JSON.
struct Report {
    private(set) var rows: [BenchmarkRow] = []
    /// Whether rows are collected only.
    var isQuiet = false

    static let columns = [
        "bench", "name", "users", "value", "unit", "ratio", "goal", "p50 ms", "p99 ms", "p99.9 ms", "failed", "spread",
        "cores",
    ]
    private static let widths = [5, 38, 5, 10, 8, 6, 8, 8, 8, 8, 6, 6, 0]

    static func head() { say(line(columns)) }

    mutating func add(_ row: BenchmarkRow) {
        rows.append(row)
        if isQuiet { return }
        func text(_ value: Double?) -> String {
            guard let value else { return "" }
            let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 2
            return value.formatted(digits)
        }
        say(
            Self.line([
                row.bench, row.name, row.users.map { "\($0)" } ?? "", text(row.value), row.unit, text(row.ratio),
                row.goal ?? "", text(row.p50), text(row.p99), text(row.p999), row.failed.map { "\($0)" } ?? "",
                row.spread.map { "\($0.formatted(0))%" } ?? "", row.cores ?? "",
            ])
        )
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(rows), as: UTF8.self) + "\n"
    }

    private static func line(_ cells: [String]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: max(1, width + 1 - cell.count))
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}

extension Double {
    /// With so many decimals.
    func formatted(_ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int((self * scale).rounded())
        if digits == 0 { return "\(whole)" }
        let text = String(abs(whole))
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return (whole < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}

extension [Double] {
    /// The middle value.
    var median: Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted.count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2
    }

    /// From the lowest to the highest, in percent of the median.
    var spread: Double {
        guard let low = self.min(), let high = self.max(), median > 0 else { return 0 }
        return (high - low) / median * 100
    }
}
