import Glibc
import SystemPackage

/// What a cluster's server runs for each finished segment of its write-ahead log, and what a server that recovers runs to
/// have one back.
///
/// Both are scripts in the data folder and not commands of this program: the server outlives the program, runs as a user
/// who may not reach it, and goes on when another version has taken its place.
enum ArchiveScript {
    /// The script's name in the data folder, and how the server, which works in `cluster` beside it, calls it.
    static let name = "archive"
    static let command = "/bin/sh ../\(name) %p %f"
    /// The same for the way back.
    static let returnName = "fetch"
    static let returnCommand = "/bin/sh ../\(returnName) %f %p"

    /// Copies a segment (PATH NAME) into a folder: there as a whole and on the disk, or not at all. A segment that is there
    /// with the same bytes is left as it is, and one with others is never replaced: then two servers write to one folder.
    static func text(into folder: String) -> String {
        """
        # Written anew at each start. Copies a segment of the write-ahead log into the folder of backups: PATH NAME
        set -eu
        umask 077
        PATH=/usr/bin:/bin
        folder=\(quoted(folder))
        whole="$folder/$2.gz"
        if [ -e "$whole" ]; then
            if gzip -dc "$whole" | cmp -s - "$1"; then
                sync "$whole" "$folder"
                exit 0
            fi
            echo "$whole holds other bytes than this server's $2: another server writes there too, or did"
            exit 1
        fi
        rm -f "$folder/.$2."*.part
        part="$folder/.$2.$$.part"
        trap 'rm -f "$part"' EXIT
        gzip -1 -c "$1" > "$part"
        sync "$part"
        # A link is never made over what is there.
        ln "$part" "$whole"
        sync "$folder"

        """
    }

    /// Brings a segment (NAME PATH) back. One that is not there is the end of the log; one that is damaged is not.
    static func returnText(from folder: String) -> String {
        """
        # Brings a segment of the write-ahead log back from the folder of backups: NAME PATH
        PATH=/usr/bin:/bin
        folder=\(quoted(folder))
        [ -e "$folder/$1.gz" ] || exit 1
        gzip -dc "$folder/$1.gz" > "$2" || exit 126

        """
    }

    /// A text as one word of a shell's.
    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

    /// Puts a script in place, readable for whoever runs the server.
    static func write(_ text: String, to path: FilePath) throws(ClusterError) {
        let part = path.string + ".new"
        do {
            let file = try FileDescriptor.open(
                part,
                .writeOnly,
                options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead]
            )
            _ = try file.closeAfter { try file.writeAll(Array(text.utf8)) }
        } catch { throw ClusterError.cannotCreate(folder: part) }
        guard rename(part, path.string) == 0 else { throw ClusterError.cannotCreate(folder: path.string) }
    }
}
