/// A catalog file as it is sent: what is in it is for the store to judge, but it has to be JSON.
enum CatalogFileReader {
    static func bytes(_ path: String) throws -> [UInt8] {
        let bytes = try LocalFile.read(path)
        guard (try? JSONText.value(bytes)) != nil else { throw StaffError(.localFile, "\(path) is not JSON.") }
        return bytes
    }
}
