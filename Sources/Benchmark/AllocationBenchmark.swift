import ArgumentParser
import CAllocations
import Dispatch
import Glibc
import HostCLI

/// E: how many blocks of memory a request takes, from the store run inside this program, whose allocations are counted.
enum AllocationBenchmark {
    private static let requests = 2_000

    /// Serves the store and tells a file, a hundred times a second, how many blocks it has asked for.
    static func serve(port: Int, folder: String) async {
        let file = open(folder + "/allocations", O_CREAT | O_WRONLY, 0o644)
        DispatchQueue(label: "allocations").async {
            while true {
                var made = allocations_made()
                pwrite(file, &made, MemoryLayout<UInt64>.size, 0)
                usleep(10_000)
            }
        }
        await Aftercare.main(["serve", "--port", "\(port)", "--data-dir", folder])
    }

    /// - Parameter start: starts such a store.
    static func run(_ start: () throws -> Child, _ report: inout Report) throws {
        let store = try start()
        defer { store.stop() }
        let order = try Shopper.order(on: store.port)
        let carts = try Carts.make(requests + 500, on: store.port)
        var made = 0
        func next(_ request: (String) -> [UInt8]) -> [UInt8] {
            made += 1
            return request(carts[made % carts.count])
        }
        let cases: [(name: String, request: () -> [UInt8])] = [
            ("catalog", { HTTP.get("/v1/products?currency=GBP") }),
            ("new cart", { HTTP.request("POST", "/v1/carts", body: Shopper.choice(1)) }),
            (
                "choice",
                { next { HTTP.request("PUT", "/v1/carts/\($0)", ["If-Match": "*"], body: Shopper.choice(2)) } }
            ),
            ("checkout", { next { Shopper.checkout($0) } }),
            ("order", { HTTP.get(order.path) }),
            ("guide as JSON", { HTTP.get(order.path + "/guide") }),
            ("guide page", { HTTP.get(order.guidePage) }),
        ]
        for (name, request) in cases {
            made = 0
            // What is made once, such as a prepared statement, is no part of a request.
            try send(100, store.port, request)
            let before = count(store.folder)
            try send(requests, store.port, request)
            report.add(
                BenchmarkRow(
                    bench: "E",
                    name: "\(name): allocations",
                    value: Double(count(store.folder) - before) / Double(requests),
                    unit: ""
                )
            )
        }
    }

    private static func send(_ count: Int, _ port: Int, _ request: @escaping () -> [UInt8]) throws {
        var left = count
        let visitor: Visitor = { _ in
            guard left > 0 else { return nil }
            left -= 1
            return Step(request: request(), beginsUnit: true)
        }
        let result = Load.run(port: port, seconds: 60, visitors: Array(repeating: visitor, count: 4))
        guard result.units == count, result.failed == 0 else {
            throw Child.Fault(description: "\(result.failed) of \(result.units) requests failed, of \(count)")
        }
    }

    /// What the store has told last; it is asked when it has had the time to.
    private static func count(_ folder: String) -> UInt64 {
        usleep(50_000)
        let file = open(folder + "/allocations", O_RDONLY)
        defer { close(file) }
        var made: UInt64 = 0
        read(file, &made, MemoryLayout<UInt64>.size)
        return made
    }
}
