import JSONFields
import Testing

@Suite struct MalformedDocumentTests {
    @Test(arguments: [
        "", " ", "\n", "not json", "{", "}", "[", "]", "{]", "[}", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\" 1}",
        "{\"a\": 1", "{\"a\": \"unterminated}", "{\"a\": 1 \"b\": 2}", "{\"a\":: 1}", "{a: 1}", "{'a': 1}", "{1: 2}",
        "{\"a\": 1} x", "{}{}", "{} []", "nul", "tru", "fals", "{\"a\": nul}", "{\"a\": True}", "{\"a\": undefined}",
        "{\"a\": NaN}", "{\"a\": Infinity}", "{\"a\": .5}", "{\"a\": +1}", "{\"a\": 0x10}", "// note\n{}",
        "{/* note */}", "\u{0}", "{}\u{0}",
    ])
    func textThatIsNotJSONIsMalformed(json: String) {
        let result = outcome(of: json) { _ in true }
        #expect(result == .malformed)
    }

    @Test(arguments: ["[]", "[{}]", "\"text\"", "1", "-1.5", "true", "false", "null"])
    func rootOfAnotherTypeIsAProblemOfTheDocumentItself(json: String) {
        let result = outcome(of: json) { _ in true }
        #expect(result == .problems([" wrongType"]))
    }

    @Test func spaceAroundTheDocumentIsNothing() {
        let result = outcome(of: " \r\n\t{ \"a\" : 1 } \n") { fields in fields.integer("a") }
        #expect(result == .read(1))
    }

    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ] as [[UInt8]]
    )
    func bytesThatAreNotUTF8AreRefusedInATextAndInAName(bytes: [UInt8]) {
        let text: [UInt8] = Array("{\"a\": \"".utf8) + bytes + Array("\"}".utf8)
        let inText = outcome(of: text) { fields in fields.text("a") }
        #expect(!inText.isRead)
        let name: [UInt8] = Array("{\"".utf8) + bytes + Array("\": 1}".utf8)
        let inName = outcome(of: name) { fields in
            fields.allow("a")
            return true
        }
        #expect(!inName.isRead)
    }

    @Test(arguments: ["\\ud800", "\\udc00", "\\ud800\\u0041", "\\ud83e\\ud83e", "\\udc00\\ud800", "x\\ud800"])
    func halfAPairOfSurrogatesIsRefusedInATextAndInAName(escape: String) {
        let inText = outcome(of: "{\"a\": \"\(escape)\"}") { fields in fields.text("a") }
        #expect(!inText.isRead)
        let inName = outcome(of: "{\"\(escape)\": 1}") { fields in
            fields.allow("a")
            return true
        }
        #expect(!inName.isRead)
    }

    @Test func wholePairOfSurrogatesIsOneCharacter() {
        let result = outcome(of: "{\"a\": \"\\ud83e\\uddf4 \\u00e9 \\\" \\\\ \\/\"}") { fields in fields.text("a") }
        #expect(result == .read("🧴 é \" \\ /"))
    }

    @Test(arguments: ["\\x41", "\\u12", "\\u12g4", "\\'", "\\", "\n", "\t", "\u{1}"])
    func wrongEscapeAndRawControlCharacterAreRefused(content: String) {
        let result = outcome(of: "{\"a\": \"\(content)\"}") { fields in fields.text("a") }
        #expect(!result.isRead)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
    func nestingOf100000LevelsIsMalformed(opening: String) {
        let open = String(repeating: opening, count: 100_000)
        let atRoot = outcome(of: open) { _ in true }
        #expect(atRoot == .malformed)
        let inField = outcome(of: "{\"a\": \(open)") { _ in true }
        #expect(inField == .malformed)
    }

    @Test func nestingThatIsClosedAgainIsMalformedTooWhereItIsTooDeep() {
        let count = 100_000
        let lists = String(repeating: "[", count: count) + String(repeating: "]", count: count)
        let inField = outcome(of: "{\"a\": \(lists)}") { _ in true }
        #expect(inField == .malformed)
        let objects = String(repeating: "{\"a\":", count: count) + "1" + String(repeating: "}", count: count)
        let atRoot = outcome(of: objects) { _ in true }
        #expect(atRoot == .malformed)
    }

    @Test func firstOfTwoFieldsOfOneNameCountsIfAnyDoes() {
        let result = outcome(of: "{\"a\": 1, \"a\": 2}") { fields in fields.integer("a") }
        #expect(result == .read(1) || !result.isRead)
        let ofTwoTypes = outcome(of: "{\"a\": 1, \"a\": {\"b\": []}, \"a\": null}") { fields in fields.integer("a") }
        #expect(ofTwoTypes == .read(1) || !ofTwoTypes.isRead)
    }

    // RFC 8259 has no trailing commas, and PostgreSQL refuses them.
    @Test(arguments: ["{\"a\": 1,}", "{\"a\": [1,]}", "{\"a\": {\"b\": 1 , \n}}"])
    func trailingCommaIsMalformed(json: String) {
        let result = outcome(of: json) { fields in fields.has("a") }
        #expect(result == .malformed)
    }

    @Test(arguments: ["{\"a\": \",}\"}", "{\"a\": \"\\\\\", \"b\": [\",\"]}", "{\"a\": \"\\\",]\"}"])
    func commaInsideATextIsText(json: String) {
        let result = outcome(of: json) { fields in fields.has("a") }
        #expect(result == .read(true))
    }
}

@Suite struct DuplicateFieldTests {
    @Test(
        arguments: [
            (#"{"a": 1, "a": 2}"#, ["/a duplicate"]), (#"{"a": 1, "\u0061": 2}"#, ["/a duplicate"]),
            (#"{"a": {"b": 1}, "b": [{"b": 1}, {"b": 2, "c": "b", "b": 3}]}"#, ["/b/1/b duplicate"]),
            (#"{"a/b": 1, "a\/b": 2, "~": {"x": [], "x": {}}}"#, ["/a~1b duplicate", "/~0/x duplicate"]),
            (#"{"a": "\"a\":", "b": "{\"a\"", "c": ["a", "a"]}"#, []), ("{}", []),
        ]
    )
    func fieldThatStandsTwiceIsNamed(json: String, problems: [String]) {
        let result = outcome(of: json) { _ in true }
        #expect(result == (problems.isEmpty ? .read(true) : .problems(problems)))
    }

    /// A document of nothing but repeated names in the depth costs what the first of them cost.
    @Test func soManyAreNamedAndNoMore() {
        let depth = 100
        let opened = String(repeating: #"{"level":"#, count: depth)
        let repeated = Array(repeating: "\"\":1", count: 10_000).joined(separator: ",")
        let result = outcome(of: opened + "{" + repeated + "}" + String(repeating: "}", count: depth)) { _ in true }
        let pointer = String(repeating: "/level", count: depth) + "/"
        #expect(result == .problems(Array(repeating: pointer + " duplicate", count: 20)))
    }
}
