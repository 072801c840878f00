import FoundationEssentials
import StoreAPI

/// A refusal of the store, in sentences.
enum ProblemReport {
    static func error(_ answer: StoreAnswer, url: String) -> StaffError {
        guard let problem = try? JSONDecoder().decode(PlainProblem.self, from: Data(answer.body)) else {
            return StaffError(
                code(answer.status),
                "The store at \(url) answered \(answer.status) and nothing else that can be read.",
                advice: answer.status >= 500 ? "Try again in a moment." : "Is this the store's address?"
            )
        }
        let name = problem.type.split(separator: "/").last.map { String($0) } ?? ""
        return StaffError(
            code(answer.status),
            sentences(problem),
            advice: advice(name)
                ?? (answer.status >= 500 ? "Tell the shop the request's id: \(problem.requestId)." : nil),
            problem: name,
            fields: (problem.errors ?? []).map(\.pointer)
        )
    }

    /// What is wrong, and with which field. Where the detail only repeats the first field, it is not said twice.
    private static func sentences(_ problem: PlainProblem) -> [String] {
        let fields = (problem.errors ?? []).map { error in
            error.pointer.isEmpty ? error.detail : "\(error.pointer): \(error.detail)"
        }
        guard !fields.isEmpty else { return [problem.detail] }
        return fields.contains(problem.detail) ? fields : [problem.detail] + fields
    }

    private static func code(_ status: Int) -> StaffError.Code {
        switch status {
        case 401, 403: .notAllowed
        // A server without WeasyPrint says so with a 501.
        case 501: .refused
        case 500...: .unreachable
        default: .refused
        }
    }

    private static func advice(_ name: String) -> String? {
        switch name {
        case "unauthorised": "Log in: aftercare login."
        case "forbidden": "Ask somebody whose role may; \"aftercare whoami\" shows yours."
        case "not-found":
            "Check what was typed: \"aftercare orders list\" and \"aftercare stock list\" show what there is."
        case "not-erasable": "Settle that first; \"aftercare orders show ORDER\" says where each stands."
        case "leased": "Take another one: aftercare next."
        case "not-packable", "not-shippable", "payment-refused", "course-closed":
            "\"aftercare orders show ORDER\" says where it stands."
        case "doubtful-tracking-number": "Look at the label again; where it is right, add --checked."
        case "course-changed", "catalog-changed": "Run the command again: it then starts from how things stand now."
        case "stock-moved": "Count again: something came or went meanwhile."
        case "stock-too-low": "\"aftercare stock list\" shows what there is."
        case "catalog-refused": "Correct the file; \"aftercare catalog plan FILE\" checks it without changing anything."
        case "key-reused": "Run the command again: it is then a new change."
        case "pdf-unavailable": "Add --format html, and print it from a browser."
        case "invalid-request": "Correct that and run the command again; --help shows how to use it."
        default: nil
        }
    }
}

/// A problem without what it carries besides.
private struct PlainProblem: Decodable {
    let type: String
    let detail: String
    let errors: [FieldErrorBody]?
    let requestId: String

    private enum CodingKeys: CodingKey {
        case type, detail, errors, requestId
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        type = try container.decode(String.self, forKey: .type)
        detail = try container.decode(String.self, forKey: .detail)
        errors = try? container.decodeIfPresent([FieldErrorBody].self, forKey: .errors)
        requestId = try container.decodeIfPresent(String.self, forKey: .requestId) ?? ""
    }
}
