import HTTPTypes
package import Hummingbird
import Logging
import Metrics
import NIOHTTP1
import Postgres
import Records
import Synchronization

/// Turns every failure into a problem, from this one place, and gives every answer its name and its safety headers.
///
/// What is logged of a request: its method, the template of its path (never the path, which may hold a capability),
/// the status and the time it took, by OpenTelemetry's names; the caller's address where the shop wants it.
package struct AnswerMiddleware: RouterMiddleware {
    package typealias Context = StoreContext

    /// Whether a store for trying things out says so with each answer, and what is logged of each request.
    let settings: StoreSettings
    private let durations = RequestDurations()

    private static let safety: HTTPFields = [.contentTypeOptions: "nosniff", .referrerPolicy: "no-referrer"]
    /// For answers that bring no policy of their own: nothing in them is carried out or shown inside another page.
    private static let policy = HTTPField(
        name: .contentSecurityPolicy,
        value: "default-src 'none'; frame-ancestors 'none'"
    )

    package func handle(
        _ request: Request,
        context: StoreContext,
        next: @concurrent (Request, StoreContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection is beyond repair: the server answers 400 and closes it.
            throw error
        } catch {
            response = try Self.problem(for: error, context).response(requestID: context.requestID)
        }
        response.headers.reserveCapacity(response.headers.count + 6)
        response.headers.append(HTTPField(name: .requestID, value: context.requestID))
        response.headers.append(contentsOf: Self.safety)
        if settings.isTest { response.headers.append(HTTPField(name: .aftercareMode, value: settings.mode.rawValue)) }
        if !response.headers.contains(.contentSecurityPolicy) { response.headers.append(Self.policy) }
        let took = ContinuousClock.now - start
        let route = context.endpointPath ?? "none"
        // What a path can't do is measured as what there is not: anybody can ask it of each path, and it says of none how
        // it is served.
        let isServed = response.status != .methodNotAllowed && request.method != .options
        durations.record(took, method: request.method, route: isServed ? route : "none", status: response.status.code)
        guard settings.accessLog != .off, context.logger.logLevel <= .info else { return response }
        var said: Logger.Metadata = [
            "request.id": "\(context.requestID)", "http.request.method": "\(request.method.knownName)",
            "http.route": "\(route)",
            "http.response.status_code": "\(response.status.code)", "duration_us": "\(took.microseconds)",
        ]
        if settings.accessLog == .addresses {
            said["client.address"] = "\(settings.callerAddress(request, context))"
        }
        context.logger.info("answered", metadata: said)
        return response
    }

    /// The problem that an error is; one that nobody expected is logged, and tells the caller nothing.
    static func problem(for error: any Error, _ context: StoreContext) -> Problem {
        if let problem = Problem(of: error) { return problem }
        let type = problemType(of: error)
        switch error {
        case let error as PostgresError where type == .unavailable:
            context.logger.warning(
                "the database did not answer",
                metadata: ["request": "\(context.requestID)", "error": "\(error)"]
            )
        case let error as PostgresError:
            context.logger.error(
                "the database refused",
                metadata: ["request": "\(context.requestID)", "error": "\(error)"]
            )
        case is HTTPError where type == .notFound:
            // No route: what a link opens has one, and is not told from what it does not open.
            return Problem(.notFound, "The store has no such path; /openapi.json lists those that there are.")
        case _ where type == .internalError:
            // The type alone: an error of a library may quote what it was given.
            context.logger.error(
                "a request failed",
                metadata: ["request": "\(context.requestID)", "type": "\(Swift.type(of: error))"]
            )
        default: break
        }
        return Problem(type)
    }

    /// Which problem an error is answered with.
    static func problemType(of error: any Error) -> ProblemType {
        if let problem = Problem(of: error) { return problem.type }
        switch error {
        case let error as PostgresError where error.isUnavailability || error.serverError?.state == .lockNotAvailable:
            return .unavailable
        case let error as HTTPError where error.status == .notFound: return .notFound
        case let error as HTTPError where error.status == .contentTooLarge: return .bodyTooLarge
        case is HTTPParserError: return .malformedHTTP
        case is CancellationError: return .unavailable
        default: return .internalError
        }
    }
}

/// What is logged of each request at the level `info`.
package enum AccessLog: String, Sendable {
    case off
    case requests
    /// With the address of whoever asked, which is personal data.
    case addresses
}

/// How long requests took, by method, route and status: `http.server.request.duration`.
private final class RequestDurations: Sendable {
    private struct Key: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let timers = Mutex<[Key: Metrics.Timer]>([:])

    func record(_ duration: Duration, method: HTTPRequest.Method, route: String, status: Int) {
        let key = Key(method: method.knownName, route: route, status: status)
        let timer = timers.withLock { timers in
            if let timer = timers[key] { return timer }
            let timer = Metrics.Timer(
                label: "http.server.request.duration",
                dimensions: [
                    ("http.request.method", key.method), ("http.route", key.route),
                    ("http.response.status_code", "\(key.status)"),
                ]
            )
            timers[key] = timer
            return timer
        }
        timer.record(duration: duration)
    }
}

extension Duration {
    fileprivate var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension HTTPField.Name {
    static let contentTypeOptions = HTTPField.Name.of("X-Content-Type-Options")
    static let referrerPolicy = HTTPField.Name.of("Referrer-Policy")
    static let robotsTag = HTTPField.Name.of("X-Robots-Tag")
}
