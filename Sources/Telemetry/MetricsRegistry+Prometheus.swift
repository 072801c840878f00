extension MetricsRegistry {
    /// The media type of `prometheusText`.
    package static let prometheusType = "text/plain; version=0.0.4; charset=utf-8"

    /// All that is held, in Prometheus's text format 0.0.4. OpenTelemetry's names become Prometheus's as its compatibility
    /// rules say: dots are underscores, and the unit and `total` stand at the end.
    package var prometheusText: String {
        var text = ""
        var last = ""
        for (series, held) in all {
            let name = Self.name(series.name, held)
            if name != last {
                if let help = MetricDescription.all[series.name]?.help { text += "# HELP \(name) \(help)\n" }
                text += "# TYPE \(name) \(held.kind.rawValue)\n"
                last = name
            }
            let labels = series.labels.map { ($0.name, $0.value) }
            switch held {
            case .counter(let sum): text += "\(name)\(Self.labels(labels)) \(sum.value)\n"
            case .gauge(let value): text += "\(name)\(Self.labels(labels)) \(Self.number(value.value))\n"
            case .histogram(let buckets):
                let counts = buckets.counts
                var sum: Int64 = 0
                for (index, count) in counts.perBucket.enumerated() {
                    sum += count
                    let bound = index < buckets.bounds.count ? Self.number(buckets.bounds[index]) : "+Inf"
                    text += "\(name)_bucket\(Self.labels(labels + [("le", bound)])) \(sum)\n"
                }
                text += "\(name)_sum\(Self.labels(labels)) \(Self.number(counts.sum))\n"
                text += "\(name)_count\(Self.labels(labels)) \(sum)\n"
            }
        }
        return text
    }

    /// The units of metrics whose names carry none.
    private static let units = [
        "aftercare.backup.drill.age": "seconds", "aftercare.deliveries.age": "seconds",
        "process.resident_memory": "bytes", "process.cpu.time": "seconds",
        "process.start_time": "seconds",
    ]

    private static func name(_ label: String, _ held: Held) -> String {
        var name = String(label.map { $0 == "." ? "_" : $0 })
        if let unit = units[label] { name += "_\(unit)" }
        if label.hasSuffix(".duration") || label.hasSuffix(".wait_time") { name += "_seconds" }
        if case .counter = held { name += "_total" }
        return name
    }

    private static func labels(_ labels: [(String, String)]) -> String {
        if labels.isEmpty { return "" }
        let pairs = labels.map { name, value in
            let escaped = value.reduce(into: "") { text, character in
                switch character {
                case "\\": text += "\\\\"
                case "\"": text += "\\\""
                case "\n": text += "\\n"
                default: text.append(character)
                }
            }
            return "\(String(name.map { $0 == "." ? "_" : $0 }))=\"\(escaped)\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension MetricsRegistry.Held {
    var kind: MetricsRegistry.Kind {
        switch self {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }
}
