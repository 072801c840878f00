import Admission
import HTTPTypes
import Hummingbird

// How callers are told of the rates: the fields RateLimit and RateLimit-Policy of the IETF's draft
// (draft-ietf-httpapi-ratelimit-headers-10), which are lists of structured fields (RFC 9651).

extension HTTPField.Name {
    static let rateLimit = HTTPField.Name.of("RateLimit")
    static let rateLimitPolicy = HTTPField.Name.of("RateLimit-Policy")
}

extension RateStanding {
    /// What is left: `"key";r=5940;t=31`.
    var limitField: String { "\"\(rate.name)\";r=\(remaining);t=\(secondsLeft)" }
    /// What the rate is: `"key";q=6000;w=60`.
    var policyField: String { "\"\(rate.name)\";q=\(rate.quota);w=\(Rate.windowSeconds)" }
}

extension HTTPFields {
    /// Says how a caller stands with a rate.
    mutating func tell(_ standing: RateStanding) {
        append(HTTPField(name: .rateLimit, value: standing.limitField))
        append(HTTPField(name: .rateLimitPolicy, value: standing.policyField))
    }
}

extension Problem {
    /// What somebody is told who asked too often.
    init(_ error: RateLimiter.Exceeded) {
        self.init(.tooManyRequests)
        headers.tell(error.standing)
        headers[.retryAfter] = "\(error.standing.secondsLeft)"
    }
}
