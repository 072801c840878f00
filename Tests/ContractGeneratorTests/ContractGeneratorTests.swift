import Testing

@testable import ContractGenerator

@Suite struct ContractGeneratorTests {
    private func contract(_ pieces: (file: String, text: String)...) throws -> Contract {
        try Contract(
            pieces.map { Contract.Piece(file: $0.file, content: try JSONReader.read($0.text, file: $0.file)) }
        )
    }

    /// What is said about pieces that make no contract.
    private func fault(_ pieces: (file: String, text: String)...) -> String? {
        do {
            let contract = try Contract(
                pieces.map { Contract.Piece(file: $0.file, content: try JSONReader.read($0.text, file: $0.file)) }
            )
            _ = try SwiftTypes(schemas: contract.schemas).source()
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func schemas(_ text: String) -> String { #"{"components": {"schemas": {\#(text)}}}"# }

    @Test func piecesBecomeOneDocumentInTheOrderInWhichItIsRead() throws {
        let contract = try contract(
            (
                "b.json",
                #"{"paths": {"/b": {}}, "components": {"schemas": {"B": {"x-swift": false, "type": "string"}}}}"#
            ),
            ("a.json", #"{"components": {"schemas": {"A": {"type": "string"}}, "headers": {}}, "openapi": "3.1.0"}"#),
            ("c.json", ##"{"paths": {"/c": {"get": {"schema": {"$ref": "#/components/schemas/A"}}}}}"##)
        )
        #expect(
            try contract.document.source
                == ##"{"openapi":"3.1.0","paths":{"/b":{},"/c":{"get":{"schema":{"$ref":"#/components/schemas/A"}}}},"##
                + #""components":{"schemas":{"B":{"type":"string"},"A":{"type":"string"}},"headers":{}}}"#
        )
    }

    @Test func schemaSaysAllOfWhatItsPartsSay() throws {
        let part = #""Part": {"required": ["a"], "properties": {"a": {"type": "string"}}}"#
        let whole = ##""Whole": {"allOf": [{"$ref": "#/components/schemas/Part"}], "type": "object", "##
        let contract = try contract(
            ("a.json", schemas(part + "," + whole + #""required": ["b"], "properties": {"b": {"type": "string"}}}"#))
        )
        #expect(
            try contract.document.source
                == #"{"paths":{},"components":{"schemas":{"Whole":{"type":"object","required":["a","b"],"#
                + #""properties":{"a":{"type":"string"},"b":{"type":"string"}}}}}}"#
        )
        #expect(
            fault(("a.json", schemas(part + "," + whole + #""properties": {"a": {"type": "string"}}}"#)))
                == "a.json: Whole says a property again that is one of Part"
        )
    }

    @Test func requestsAreClosedAndAnswersAreOpen() throws {
        func body(_ name: String) -> String {
            ##"{"content": {"application/json": {"schema": {"$ref": "#/components/schemas/\##(name)"}}}}"##
        }
        func schema(_ properties: String) -> String {
            #"{"type": "object", "properties": {\#(properties)}, "additionalProperties": false}"#
        }
        let money = ##""m": {"$ref": "#/components/schemas/Money"}"##
        let contract = try contract(
            (
                "a.json",
                #"{"paths": {"/a": {"post": {"requestBody": \#(body("Ask")), "responses": {"200": \#(body("Tell"))}}}},"#
                    + ##""webhooks": {"event": {"$ref": "#/components/pathItems/Event"}}, "components": {"schemas": {"##
                    + #""Ask": \#(schema(money)), "Tell": \#(schema(money)), "Money": \#(schema("")), "#
                    + #""Heard": \#(schema(""))}, "pathItems": {"Event": {"post": {"requestBody": \#(body("Heard"))}}}}}"#
            )
        )
        let source = try JSONReader.read(try contract.document.source, file: "served")
        let schemas = source["components"]?["schemas"]
        #expect(schemas?.members.map(\.name) == ["Ask", "Tell", "Money", "MoneyRequest", "Heard"])
        for (name, isClosed) in [
            ("Ask", true), ("Tell", false), ("Money", false), ("MoneyRequest", true), ("Heard", false),
        ] {
            #expect((schemas?[name]?["additionalProperties"] != nil) == isClosed, "\(name)")
        }
        #expect(schemas?["Ask"]?.references == ["#/components/schemas/MoneyRequest"])
        #expect(schemas?["Tell"]?.references == ["#/components/schemas/Money"])
        #expect(source["components"]?["pathItems"]?.references == ["#/components/schemas/Heard"])
        let taken =
            ##"{"paths": {"/a": {"post": {"requestBody": \##(body("Money")), "responses": {"200": \##(body("Money"))}}}}, "##
            + #""components": {"schemas": {"Money": \#(schema("")), "MoneyRequest": {"type": "string"}}}}"#
        #expect(throws: ContractError.self) { try self.contract(("a.json", taken)).document }
    }

    @Test func calendarDatesAreTextAndListsAreLists() throws {
        let list =
            #""A": {"type": "array", "uniqueItems": true, "items": {"type": "string", "format": "date", "pattern": "x"}}"#
        let contract = try contract(("a.json", #"{"paths": {}, "components": {"schemas": {\#(list)}}}"#))
        #expect(
            try contract.document.source
                == #"{"paths":{},"components":{"schemas":{"A":{"type":"array","items":{"type":"string","pattern":"x"}}}}}"#
        )
    }

    @Test func valuesStayAsTheyAreWritten() throws {
        let text = #"{"z":[1.50,-2,true,null,[],{}],"a":"é\n\" \\","\/":{"m":{"k":1}}}"#
        let read = try JSONReader.read(text, file: "a.json")
        #expect(read.source == text.replacing(#"\/"#, with: "/"))
        #expect(read["a"]?.text == "é\n\" \\")
        #expect(try JSONReader.read(" [ 1 , { \"a\" : false } ] ", file: "a.json").source == #"[1,{"a":false}]"#)
    }

    @Test func whatIsSaidTwiceIsRefusedWithTheFilesThatSayIt() {
        let path = #"{"paths": {"/a": {"get": {"operationId": "getA"}}}}"#
        #expect(fault(("a.json", path), ("b.json", path)) == "b.json: the path /a is said in a.json already")
        #expect(
            fault(("a.json", path), ("b.json", #"{"paths": {"/b": {"get": {"operationId": "getA"}}}}"#))
                == "b.json: the operation getA is said in a.json already"
        )
        let schema = schemas(#""A": {"type": "string"}"#)
        #expect(
            fault(("a.json", schema), ("b.json", schema))
                == "b.json: #/components/schemas/A is said in a.json already"
        )
        #expect(
            fault(("a.json", #"{"info": {}}"#), ("b.json", #"{"info": {}}"#))
                == "b.json: info is said in a.json already"
        )
        #expect(
            fault(("a.json", schemas(#""A": {"type": "string", "type": "null"}"#)))
                == #"a.json: says "type" twice in one object"#
        )
    }

    @Test func whatLeadsNowhereIsRefused() {
        #expect(
            fault(
                ("a.json", schemas(#""A": {"type": "string"}"#)),
                ("b.json", ##"{"paths": {"/b": {"get": [{"$ref": "#/components/schemas/B"}]}}}"##)
            ) == ##"b.json: $ref "#/components/schemas/B" leads nowhere"##
        )
        #expect(fault(("a.json", #"{"path": {}}"#)) == #"a.json: "path" has no place at the top of a contract"#)
        #expect(fault(("a.json", "{"))?.hasPrefix("a.json: is not JSON: ") == true)
    }

    @Test func whatIsRequiredIsThere() {
        for required in [#""b""#, #"["a"]"#] {
            let schema = #""A": {"required": [\#(required)], "properties": {"a": {"type": "string"}}}"#
            #expect(fault(("a.json", schemas(schema)))?.hasPrefix("a.json: A requires ") == true, "\(required)")
        }
    }

    @Test func whatHasNoTypeIsRefused() {
        let inner = #""A": {"properties": {"b": {"type": "object", "properties": {}}}}"#
        #expect(fault(("a.json", schemas(inner)))?.hasPrefix("A.b: no Swift type is made of this") == true)
        let reference = ##""A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}}, "B": {"type": "string"}"##
        #expect(fault(("a.json", schemas(reference))) == "B: has no Swift type, and another type needs it")
    }

    @Test func schemasBecomeTypes() throws {
        let contract = try contract(
            (
                "a.json",
                schemas(
                    ##"""
                    "Cart": {
                      "description": "A cart.\nIt is priced.",
                      "required": ["id", "region", "total", "state"],
                      "properties": {
                        "id": {"type": "string", "description": "Its name."},
                        "region": {"type": ["string", "null"]},
                        "total": {"oneOf": [{"$ref": "#/components/schemas/Money"}, {"type": "null"}]},
                        "state": {"$ref": "#/components/schemas/State"},
                        "codes": {"type": ["array", "null"], "items": {"type": "integer"}},
                        "current": {"x-swift": "CurrentBody", "anyOf": [{}, {}]}
                      }
                    },
                    "Money": {"x-swift": "Cents", "properties": {}},
                    "State": {"enum": ["open", "done"]},
                    "File": {"type": "object"},
                    "Sum": {"required": ["sum"], "properties": {"sum": {"type": "integer", "format": "int64"}}}
                    """##
                )
            )
        )
        #expect(
            try SwiftTypes(schemas: contract.schemas).source() == """
                /// A cart.
                /// It is priced.
                package struct CartBody: Codable, Sendable, Hashable {
                    /// Its name.
                    package let id: String
                    @Nullable package var region: String?
                    @Nullable package var total: Cents?
                    package let state: State
                    package let codes: [Int]?
                    package let current: CurrentBody?

                    package init(id: String, region: String?, total: Cents?, state: State, codes: [Int]? = nil, \
                current: CurrentBody? = nil) {
                        self.id = id
                        self.region = region
                        self.total = total
                        self.state = state
                        self.codes = codes
                        self.current = current
                    }
                }

                extension CartBody: JSONWritable {
                    package func write(to writer: inout JSONWriter) {
                        writer.openObject()
                        if let codes {
                            writer.member("\\"codes\\":")
                            codes.write(to: &writer)
                        }
                        if let current {
                            writer.member("\\"current\\":")
                            current.write(to: &writer)
                        }
                        writer.member("\\"id\\":")
                        id.write(to: &writer)
                        writer.member("\\"region\\":")
                        region.write(to: &writer)
                        writer.member("\\"state\\":")
                        state.write(to: &writer)
                        writer.member("\\"total\\":")
                        total.write(to: &writer)
                        writer.closeObject()
                    }
                }

                package enum State: RawRepresentable, CaseIterable, CustomStringConvertible, Codable, Sendable, Hashable {
                    case open
                    case done
                    /// A value that this version does not know.
                    case unknown(String)

                    package static let allCases: [Self] = [.open, .done]

                    package init(rawValue: String) {
                        switch rawValue {
                        case "open": self = .open
                        case "done": self = .done
                        default: self = .unknown(rawValue)
                        }
                    }

                    package var rawValue: String {
                        switch self {
                        case .open: "open"
                        case .done: "done"
                        case .unknown(let text): text
                        }
                    }

                    package var description: String { rawValue }
                }

                extension State: JSONWritable {
                    package func write(to writer: inout JSONWriter) { writer.write(rawValue) }
                }

                package struct SumBody: Codable, Sendable, Hashable {
                    package let sum: Int64

                    package init(sum: Int64) {
                        self.sum = sum
                    }
                }

                extension SumBody: JSONWritable {
                    package func write(to writer: inout JSONWriter) {
                        writer.openObject()
                        writer.member("\\"sum\\":")
                        sum.write(to: &writer)
                        writer.closeObject()
                    }
                }

                """
        )
    }
}
