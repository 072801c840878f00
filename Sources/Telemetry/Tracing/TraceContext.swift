package import Logging
package import Tracing

/// Where in a trace something happens, as it goes from one system to the next: W3C's Trace Context.
package struct TraceContext: Sendable, Hashable {
    /// 16 bytes in two halves, not both 0.
    package let traceID: TraceID
    /// 8 bytes, not 0.
    package let spanID: UInt64
    /// Whether what happens is told to a collector.
    package let isSampled: Bool
    /// What other systems' tracers pass on through this one, as they wrote it; empty where there is nothing.
    package let state: String

    package init(traceID: TraceID, spanID: UInt64, isSampled: Bool, state: String = "") {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// The `traceparent` that the next system gets.
    package var parent: String { "00-\(traceID)-\(spanID.hexadecimal)-0\(isSampled ? 1 : 0)" }

    /// From what a caller sent.
    ///
    /// - Parameters:
    ///   - parent: a `traceparent`. Of versions that are to come, what version 00 has is read.
    ///   - state: a `tracestate`, lists of several fields joined by commas; left out where it is malformed.
    /// - Returns: nil for what is no traceparent: then a trace begins here.
    package init?(parent: String, state: String? = nil) {
        let octets = Array(parent.utf8)
        let dash = UInt8(ascii: "-")
        guard octets.count >= 55, octets[2] == dash, octets[35] == dash, octets[52] == dash,
            let version = UInt64(hexadecimal: octets[0..<2]), version != 0xFF,
            octets.count == 55 || (version > 0 && octets[55] == dash),
            let high = UInt64(hexadecimal: octets[3..<19]), let low = UInt64(hexadecimal: octets[19..<35]),
            let spanID = UInt64(hexadecimal: octets[36..<52]), let flags = UInt64(hexadecimal: octets[53..<55]),
            high != 0 || low != 0, spanID != 0
        else { return nil }
        traceID = TraceID(high: high, low: low)
        self.spanID = spanID
        isSampled = flags & 1 == 1
        self.state = state.flatMap(TraceState.checked) ?? ""
    }
}

/// Names a trace.
package struct TraceID: Sendable, Hashable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits.
    package var description: String { high.hexadecimal + low.hexadecimal }
}

/// The rules of `tracestate`.
private enum TraceState {
    private static let membersMax = 32
    /// So many octets have to be passed on; of more nobody knows what they cost.
    private static let octetsMax = 512

    /// The same list without its empty members; nil where it is malformed.
    static func checked(_ text: String) -> String? {
        let members = text.split(separator: ",").map { $0.drop(while: isSpace).trimmingSuffix(while: isSpace) }
            .filter { !$0.isEmpty }
        var keys: Set<Substring> = []
        for member in members {
            guard let sign = member.firstIndex(of: "="), isKey(member[..<sign]),
                isValue(member[member.index(after: sign)...]), keys.insert(member[..<sign]).inserted
            else { return nil }
        }
        let list = members.joined(separator: ",")
        return members.count <= membersMax && list.utf8.count <= octetsMax ? list : nil
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" }

    /// `vendor`, or `tenant@system`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        let areWritten = parts.allSatisfy { part in
            part.allSatisfy { isLetter($0) || isDigit($0) || "_-*/".utf8.contains($0) }
        }
        guard areWritten, let first = parts[0].first, isLetter(first) || isDigit(first) else { return false }
        switch parts.count {
        case 1: return parts[0].count <= 256
        case 2: return parts[0].count <= 241 && parts[1].first.map(isLetter) == true && parts[1].count <= 14
        default: return false
        }
    }

    private static func isValue(_ value: Substring) -> Bool {
        let octets = value.utf8
        let arePrinted = octets.allSatisfy {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
        }
        return (1...256).contains(octets.count) && arePrinted && octets.last != UInt8(ascii: " ")
    }

    private static func isLetter(_ octet: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) }
    private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}

extension UInt64 {
    /// Sixteen hexadecimal digits.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// From small hexadecimal digits, and nothing else.
    fileprivate init?(hexadecimal digits: ArraySlice<UInt8>) {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self = number
    }
}

extension InstrumentationContext {
    private enum Key: InstrumentationContextKey {
        typealias Value = TraceContext
    }

    /// Where in a trace this is; nil where nothing is traced.
    package var trace: TraceContext? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}

extension Logger.MetadataProvider {
    /// Says with each line which step of which trace it belongs to.
    package static let trace = Logger.MetadataProvider {
        guard let trace = InstrumentationContext.current?.trace else { return [:] }
        return ["trace_id": "\(trace.traceID)", "span_id": "\(trace.spanID.hexadecimal)"]
    }
}
