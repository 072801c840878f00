import StoreAPI

/// What a catalog file changes, for the eye.
enum CatalogPlanSheet {
    static func show(_ changes: [CatalogChangeBody], on console: Console) throws {
        guard !changes.isEmpty else { return try console.say("No changes.") }
        for change in changes {
            let (sign, style): (String, Style) =
                switch change.kind {
                case .add: ("+", .good)
                case .remove: ("-", .alarm)
                case .change, .unknown: ("~", .caution)
                }
            var line = "\(sign) \(change.what)"
            if let field = change.field { line += " \(field)" }
            if change.old != nil || change.new != nil {
                line += ": \(change.old ?? "nothing") → \(change.new ?? "nothing")"
            }
            try console.say(line, style)
        }
        func count(_ kind: CatalogChangeKind) -> Int { changes.reduce(0) { $1.kind == kind ? $0 + 1 : $0 } }
        try console.say("\(count(.add)) to add, \(count(.change)) to change, \(count(.remove)) to remove.", .strong)
    }
}
