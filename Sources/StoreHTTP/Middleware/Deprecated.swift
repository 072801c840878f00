import Commerce
import HTTPTypes
import Hummingbird

/// That routes are going away: added where the routes are, and said with each of their answers (RFC 9745 and RFC 8594).
struct Deprecated: RouterMiddleware {
    typealias Context = StoreContext

    /// Since when they are not for new clients.
    let since: Instant
    /// When they are gone; nil while that is open.
    let sunset: Instant?
    /// The page that says what takes their place.
    let guide: String

    /// What is said.
    var fields: HTTPFields {
        var fields: HTTPFields = [
            .deprecation: "@\(since.secondsSince1970)", .link: "<\(guide)>; rel=\"deprecation\"",
        ]
        if let sunset { fields[.sunset] = sunset.httpDate }
        return fields
    }

    func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        do {
            var response = try await next(request, context)
            response.headers.append(contentsOf: fields)
            return response
        } catch {
            guard var problem = Problem(of: error) else { throw error }
            problem.headers.append(contentsOf: fields)
            throw problem
        }
    }
}

extension HTTPField.Name {
    static let deprecation = HTTPField.Name.of("Deprecation")
    static let link = HTTPField.Name.of("Link")
    static let sunset = HTTPField.Name.of("Sunset")
}

extension Instant {
    /// As HTTP writes a date (RFC 9110): `Sun, 06 Nov 1994 08:49:37 GMT`.
    var httpDate: String {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (year, month, day) = date.parts
        let time = description.drop { $0 != "T" }.dropFirst().dropLast()
        return "\(days[date.weekday - 1]), \(day < 10 ? "0" : "")\(day) \(months[month - 1]) \(year) \(time) GMT"
    }
}
