import JSONFields

/// What came of reading a document.
enum ReadingOutcome<Value: Equatable & Sendable>: Equatable {
    case read(Value)
    case malformed
    /// Each problem as its pointer and its code.
    case problems([String])

    var isRead: Bool {
        if case .read = self { true } else { false }
    }
}

/// Reads a document that is given as bytes.
func outcome<Value: Equatable & Sendable>(
    of bytes: [UInt8],
    _ read: @escaping @Sendable (Fields) -> Value?
) -> ReadingOutcome<Value> {
    do {
        return .read(try Fields.read(bytes, read))
    } catch {
        switch error {
        case .malformed: return .malformed
        case .fields(let problems): return .problems(problems.map { "\($0.pointer) \($0.code)" })
        }
    }
}

/// Reads a document that is given as text.
func outcome<Value: Equatable & Sendable>(
    of json: String,
    _ read: @escaping @Sendable (Fields) -> Value?
) -> ReadingOutcome<Value> {
    outcome(of: Array(json.utf8), read)
}

/// The problems of a document, with all that is told about them; none where there are none or it is not JSON.
func problems(of json: String, _ read: @escaping @Sendable (Fields) -> Void) -> [FieldProblem] {
    do {
        _ = try Fields.read(Array(json.utf8)) { fields -> Bool? in
            read(fields)
            return true
        }
        return []
    } catch {
        switch error {
        case .malformed: return []
        case .fields(let problems): return problems
        }
    }
}
