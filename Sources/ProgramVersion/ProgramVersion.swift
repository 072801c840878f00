/// Which program this is.
package enum ProgramVersion {
    /// The release and the commit that it was built from.
    package static let text = "unreleased, of commit \(Commit.name)"
}
