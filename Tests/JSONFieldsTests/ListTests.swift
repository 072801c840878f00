import JSONFields
import Testing

@Suite struct ListTests {
    @Test func listIsReadInItsOrder() {
        let texts = outcome(of: "{\"a\": [\"z\", \"a\", \"\", \"z\"]}") { $0.texts("a", countMax: 4) }
        #expect(texts == .read(["z", "a", "", "z"]))
        let numbers = outcome(of: "{\"a\": [{\"n\": 3}, {\"n\": 1}, {\"n\": 2}]}") { fields in
            fields.objects("a", countMax: 3) { $0.integer("n") }
        }
        #expect(numbers == .read([3, 1, 2]))
    }

    @Test func emptyListIsAList() {
        let texts = outcome(of: "{\"a\": []}") { $0.texts("a", countMax: 0) }
        #expect(texts == .read([]))
    }

    @Test func listAtItsLimitIsReadAndOneEntryMoreIsTooMany() {
        let json = "{\"texts\": [\"a\", \"b\", \"c\"], \"objects\": [{}, {}, {}]}"
        let atLimit = outcome(of: json) { fields -> Int? in
            let objects = fields.objects("objects", countMax: 3) { _ in true }
            guard let texts = fields.texts("texts", countMax: 3), let objects else { return nil }
            return texts.count + objects.count
        }
        #expect(atLimit == .read(6))
        let beyond = outcome(of: json) { fields -> Bool? in
            let objects = fields.objects("objects", countMax: 2) { _ in true }
            let texts = fields.texts("texts", countMax: 2)
            return texts == nil && objects == nil
        }
        #expect(beyond == .problems(["/objects tooMany", "/texts tooMany"]))
    }

    @Test func entriesOfALongListAreNotReadAtAll() {
        // A hundred thousand wrong entries are one problem: there are too many.
        let json = "{\"a\": [\(Array(repeating: "1", count: 100_000).joined(separator: ","))]}"
        let result = outcome(of: json) { $0.texts("a", countMax: 12) }
        #expect(result == .problems(["/a tooMany"]))
    }

    @Test func everyEntryOfAnotherTypeIsNamedByItsPlace() {
        let texts = outcome(of: "{\"a\": [\"x\", 1, null, {}, [], true, \"y\"]}") { $0.texts("a", countMax: 9) }
        #expect(
            texts
                == .problems([
                    "/a/1 wrongType", "/a/2 wrongType", "/a/3 wrongType", "/a/4 wrongType", "/a/5 wrongType",
                ])
        )
        let objects = outcome(of: "{\"a\": [{}, 1, null, \"x\", [], {}]}") { fields in
            fields.objects("a", countMax: 9) { _ in true }
        }
        #expect(
            objects == .problems(["/a/1 wrongType", "/a/2 wrongType", "/a/3 wrongType", "/a/4 wrongType"])
        )
    }

    @Test func entryAfterAWrongOneIsStillRead() {
        let result = outcome(of: "{\"a\": [7, {\"n\": \"x\"}, {\"m\": 1}]}") { fields in
            fields.objects("a", countMax: 9) { entry in
                entry.allow("n")
                return entry.integer("n")
            }
        }
        #expect(result == .problems(["/a/0 wrongType", "/a/1/n wrongType", "/a/2/m unknownField"]))
    }

    // Who went on to check a list without its wrong entries would give the others the wrong places.
    @Test func listWithAWrongEntryGivesNoValue() {
        let result = outcome(of: "{\"texts\": [1, \"x\"], \"objects\": [null, {}]}") { fields -> Bool? in
            if fields.texts("texts", countMax: 9) != nil { fields.report("texts", "gaveAValue", "It gave a value.") }
            let objects = fields.objects("objects", countMax: 9) { _ in true }
            if objects != nil { fields.report("objects", "gaveAValue", "It gave a value.") }
            return true
        }
        #expect(result == .problems(["/texts/0 wrongType", "/objects/0 wrongType"]))
    }
}
