import JSONFields
import Testing

@Suite struct ProblemTests {
    @Test func unknownFieldsAreNamedInOrder() {
        let result = outcome(of: "{\"z\": 1, \"a\": 2, \"known\": 3, \"b\": null}") { fields in
            fields.allow("known", "other")
            return true
        }
        #expect(result == .problems(["/a unknownField", "/b unknownField", "/z unknownField"]))
    }

    @Test func unknownFieldIsToldWhichFieldsThereAre() throws {
        let found = problems(of: "{\"colour\": 1}") { $0.allow("sku", "quantity") }
        let problem = try #require(found.first)
        #expect(found.count == 1)
        #expect(problem.detail.contains("sku") && problem.detail.contains("quantity"))
    }

    @Test func namesAreComparedExactly() {
        let result = outcome(of: "{\"SKU\": 1, \"sku \": 1, \"\": 1}") { fields in
            fields.allow("sku")
            return true
        }
        #expect(result == .problems(["/ unknownField", "/SKU unknownField", "/sku  unknownField"]))
    }

    @Test(arguments: [
        ("a/b", "/a~1b"), ("m~n", "/m~0n"), ("~1", "/~01"), ("/", "/~1"), ("~", "/~0"), ("a~/b", "/a~0~1b"),
        ("é 🧴", "/é 🧴"), ("", "/"),
    ])
    func tildeAndSlashAreEscapedInAPointer(name: String, pointer: String) {
        let found = problems(of: "{\"\(name)\": 1}") { _ = $0.text(name) }
        #expect(found.map(\.pointer) == [pointer])
    }

    @Test func pointerLeadsThroughObjectsAndLists() {
        let json = """
            {"a/b": {"c~d": {"e": 1}}, "lists": [{"entries": ["x"]}, {"entries": ["x", 2, "y", null]}]}
            """
        let result = outcome(of: json) { fields in
            _ = fields.object("a/b") { outer in
                outer.object("c~d") { inner -> Bool? in
                    inner.allow("f")
                    _ = inner.text("e")
                    return true
                }
            }
            let lists = fields.objects("lists", countMax: 5) { list in list.texts("entries", countMax: 5) }
            return lists?.count
        }
        #expect(
            result
                == .problems([
                    "/a~1b/c~0d/e unknownField", "/a~1b/c~0d/e wrongType", "/lists/1/entries/1 wrongType",
                    "/lists/1/entries/3 wrongType",
                ])
        )
    }

    @Test func objectKnowsItsOwnPointer() {
        let result = outcome(of: "{\"a\": {\"b\": {}}}") { fields in
            fields.object("a") { $0.object("b") { $0.pointer } }
        }
        #expect(result == .read("/a/b"))
        let root = outcome(of: "{}") { $0.pointer }
        #expect(root == .read(""))
    }

    @Test func severalProblemsAreAllToldAtOnce() {
        let json = """
            {"sku": 1, "quantity": "2", "gift": "yes", "extra": null, "address": [], "items": {}, "tags": [1]}
            """
        let result = outcome(of: json) { fields -> Bool? in
            fields.allow("sku", "quantity", "gift", "address", "items", "tags", "name")
            _ = fields.require("name")
            _ = fields.text("sku")
            _ = fields.integer("quantity")
            _ = fields.flag("gift")
            _ = fields.object("address") { _ in true }
            _ = fields.objects("items", countMax: 5) { _ in true }
            _ = fields.texts("tags", countMax: 5)
            return nil
        }
        #expect(
            result
                == .problems([
                    "/extra unknownField", "/name missing", "/sku wrongType", "/quantity wrongType", "/gift wrongType",
                    "/address wrongType", "/items wrongType", "/tags/0 wrongType",
                ])
        )
    }

    @Test func readerMayReportProblemsOfItsOwn() {
        let result = outcome(of: "{\"a\": {\"b\": 1}}") { fields in
            fields.object("a") { nested -> Bool? in
                nested.report("b", "tooSmall", "It is too small.")
                nested.report(nil, "incomplete", "It is incomplete.")
                return true
            }
        }
        #expect(result == .problems(["/a/b tooSmall", "/a incomplete"]))
    }

    @Test func readerMayReportAnEntryOfAListByItsPlace() {
        let result = outcome(of: "{\"a\": {\"b\": [\"x\", \"y\"]}}") { fields in
            fields.object("a") { nested -> Bool? in
                nested.report("b", at: 1, "notADate", "It is not a date.")
                return true
            }
        }
        #expect(result == .problems(["/a/b/1 notADate"]))
    }

    @Test func valueIsOfNoUseWhereSomethingWasReported() {
        let result = outcome(of: "{\"a\": 1}") { fields -> Int? in
            fields.report("a", "unlucky", "Not this one.")
            return 1
        }
        #expect(result == .problems(["/a unlucky"]))
    }

    @Test func noMoreThanTwentyProblemsAreToldOfOneDocument() {
        let names = (10..<60).map { "\"f\($0)\": 1" }.joined(separator: ", ")
        let found = problems(of: "{\(names)}") { $0.allow("a") }
        #expect(found.map(\.pointer) == (10..<30).map { "/f\($0)" })
    }

    @Test func longNameIsCutOffInAPointer() {
        let name = String(repeating: "x", count: 5000)
        let found = problems(of: "{\"\(name)\": 1}") { $0.allow("a") }
        #expect(found.map(\.pointer) == ["/" + String(repeating: "x", count: 80)])
    }

    @Test func valueIsNeverRepeatedInWhatIsTold() {
        let json = """
            {"text": 73571, "number": "no-73571", "flag": "no-73571", "object": "no-73571", "list": ["no-73571"]}
            """
        let found = problems(of: json) { fields in
            _ = fields.text("text")
            _ = fields.integer("number")
            _ = fields.flag("flag")
            _ = fields.object("object") { _ in true }
            _ = fields.objects("list", countMax: 5) { _ in true }
        }
        #expect(found.count == 5)
        #expect(found.allSatisfy { !$0.detail.contains("73571") && !$0.detail.isEmpty })
    }

    @Test func namesOfAMapAreSorted() {
        let result = outcome(of: "{\"b\": 1, \"a\": 2, \"c\": null}") { $0.names }
        #expect(result == .read(["a", "b", "c"]))
    }
}
