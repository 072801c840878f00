import JSONFields
import Testing

@Suite struct CanonicalTests {
    @Test(arguments: [
        (#" { "b" : 1, "a" : [ true, null, "x" ] } "#, #"{"a":[true,null,"x"],"b":1}"#),
        ("[1.0, 1e2, -0]", "[1,100,0]"),
        ("[0.1, 1E-7]", "[0.1,1e-07]"), ("[9223372036854775807]", "[9223372036854775807]"),
        ("[12345670386542456.51096]", "[12345670386542456]"),
    ]) func documentIsWrittenOneWay(document: String, canonical: String) throws {
        let once = try Fields.canonical(Array(document.utf8))
        #expect(String(decoding: once, as: UTF8.self) == canonical)
        #expect(try Fields.canonical(once) == once)
    }
}
