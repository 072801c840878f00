import Telemetry
import Testing

/// What callers send of traces, by W3C's Trace Context: what is malformed begins a trace of its own.
struct TraceContextTests {
    private static let whole = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test func parentIsReadAndWritten() throws {
        let context = try #require(TraceContext(parent: Self.whole, state: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"))
        #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID == 0x00f0_67aa_0ba9_02b7 && context.isSampled)
        #expect(context.state == "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")
        #expect(context.parent == Self.whole)
    }

    @Test("Flags beyond the first are not passed on", arguments: ["00": false, "01": true, "02": false, "ff": true])
    func flags(_ flags: String, _ isSampled: Bool) throws {
        let context = try #require(TraceContext(parent: "\(Self.whole.dropLast(2))\(flags)"))
        #expect(context.isSampled == isSampled)
        #expect(context.parent.hasSuffix(isSampled ? "-01" : "-00"))
    }

    @Test(
        "Of a version to come what is known is read",
        arguments: ["01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "cc\(whole.dropFirst(2))-what-comes"]
    )
    func versions(_ parent: String) {
        #expect(TraceContext(parent: parent)?.parent == Self.whole)
    }

    @Test(
        "What is malformed is no parent",
        arguments: [
            "", "00", " \(whole)", "\(whole) ", "\(whole)-", "\(whole)-more", "\(whole),\(whole)",
            // The version that there is not, and what is none.
            "ff\(whole.dropFirst(2))", ".0\(whole.dropFirst(2))", "0x\(whole.dropFirst(2))",
            "cc\(whole.dropFirst(2)).more",
            // Nothing but zeros.
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            // Capital letters, other characters, other lengths.
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
            "00-.bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-.0f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-.1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-011",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ]
    )
    func malformed(_ parent: String) { #expect(TraceContext(parent: parent) == nil) }

    @Test(
        "A state is passed on as it is, without what is empty",
        arguments: [
            ("a=1", "a=1"), ("a=1,b=2", "a=1,b=2"), ("0tenant@vendor=x", "0tenant@vendor=x"), ("0a=1", "0a=1"),
            ("a-b_c*d/e= x", "a-b_c*d/e= x"), ("foo=1 \t , \t bar=2, \t ", "foo=1,bar=2"), (",,", ""),
        ]
    )
    func state(_ text: String, _ passedOn: String) {
        #expect(TraceContext(parent: Self.whole, state: text)?.state == passedOn)
    }

    @Test(
        "A state that is malformed is left out, and the parent holds",
        arguments: [
            "a", "a=", "=1", "A=1", "a=1,a=2", "a b=1", "a=1=2", "@a=1", "a@=1", "a@b@c=1", "a@0b=1",
            "a=\u{7f}",
            "a=é", String(repeating: "k", count: 257) + "=v", "t@" + String(repeating: "v", count: 15) + "=1",
            (0..<33).map { "k\($0)=v" }.joined(separator: ","), "a=" + String(repeating: "v", count: 600),
        ]
    )
    func malformedState(_ text: String) { #expect(TraceContext(parent: Self.whole, state: text)?.state == "") }
}
