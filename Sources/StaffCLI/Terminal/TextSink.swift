import SystemPackage

/// Where text goes: standard output, standard error, or what a test reads.
protocol TextSink: Sendable {
    func write(_ bytes: [UInt8]) throws
}

/// An open file as a sink.
struct DescriptorSink: TextSink {
    let descriptor: FileDescriptor

    func write(_ bytes: [UInt8]) throws {
        do {
            _ = try descriptor.writeAll(bytes)
        } catch Errno.brokenPipe {
            throw StaffError(.outputClosed, [])
        } catch let error as Errno {
            throw StaffError(.localFile, "The output can't be written: \(error).")
        }
    }
}
