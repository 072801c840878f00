import Backup
import Commerce
import StoreHTTP

/// How the machine stands on which the shop runs: its disks and its certificate.
enum MachineHealth {
    /// - Parameter what: what is kept there.
    static func disk(_ disk: DiskSpace?, _ what: String) -> Observation {
        let check = "disk of \(what)"
        guard let disk, disk.octets > 0 else {
            return .broken(check, "nothing can be said of it", "check that the folder is there and may be entered")
        }
        let percent = disk.free * 100 / disk.octets
        let says = "\(percent)% free, \(disk.free >> 20) MiB"
        let advice = "make room, or move the folder to a larger disk: a full one stops the shop"
        if percent < 2 || disk.free < 256 << 20 { return .broken(check, says, advice) }
        if percent < 10 || disk.free < 1 << 30 { return .look(check, says, advice) }
        return .fine(check, says)
    }

    /// - Parameter host: what customers reach the store by; nil where something else shows them a certificate.
    static func certificate(_ claims: CertificateClaims, host: String?, now: Instant) -> Observation {
        let expiry = claims.expiry
        let days = (expiry.secondsSince1970 - now.secondsSince1970) / 86_400
        let advice = "renew it: the store reads the files again by itself"
        if expiry <= now { return .broken("certificate", "it was valid until \(expiry)", advice) }
        if claims.validFrom > now {
            return .broken(
                "certificate",
                "it is not valid before \(claims.validFrom)",
                "set this machine's clock right, or put the former certificate back until then"
            )
        }
        if let host, !claims.covers(host: host) {
            let names = claims.names.isEmpty ? "no name" : claims.names.prefix(5).joined(separator: ", ")
            return .broken(
                "certificate",
                "it is for \(names), and not for \(host), the host of AFTERCARE_PUBLIC_URL",
                "get one for that host, or set AFTERCARE_PUBLIC_URL to what customers reach"
            )
        }
        if days < 21 { return .look("certificate", "it is valid until \(expiry), \(days) days more", advice) }
        return .fine("certificate", "valid until \(expiry)")
    }

    static func certificate(
        _ files: (certificate: String, key: String),
        host: String?,
        now: Instant
    ) -> Observation {
        do {
            let certificate = try ServerCertificate(certificatePath: files.certificate, keyPath: files.key)
            return self.certificate(certificate.claims, host: host, now: now)
        } catch { return .broken("certificate", "\(error)", "put files there that go together: nothing can be served") }
    }
}
