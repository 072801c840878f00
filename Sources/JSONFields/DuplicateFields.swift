import FoundationEssentials

/// Finds fields that stand twice in one object of a JSON document. The document is known to be well formed.
struct DuplicateFields {
    /// An object or a list that is not closed yet.
    private struct Level {
        let isObject: Bool
        let pointer: String
        var names: Set<String> = []
        /// Of the member or element that is being read.
        var current = ""
        var index = 0
        var awaitsName: Bool
    }

    /// Their places, as JSON Pointers, in the order in which they stand.
    static func pointers(in bytes: [UInt8]) -> [String] {
        var found: [String] = []
        var levels: [Level] = []
        var place = 0
        func open(isObject: Bool) {
            let parent = levels.last.map { $0.pointer + "/" + ($0.isObject ? $0.current : "\($0.index)") } ?? ""
            levels.append(Level(isObject: isObject, pointer: parent, awaitsName: isObject))
        }
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "{"): open(isObject: true)
            case UInt8(ascii: "["): open(isObject: false)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): if !levels.isEmpty { levels.removeLast() }
            case UInt8(ascii: ","):
                guard var level = levels.popLast() else { break }
                level.index += 1
                level.awaitsName = level.isObject
                levels.append(level)
            case UInt8(ascii: "\""):
                let start = place
                place += 1
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard var level = levels.last, level.awaitsName, place < bytes.count else { break }
                let name = name(bytes[start...place])
                level.awaitsName = false
                level.current = name.replacing("~", with: "~0").replacing("/", with: "~1")
                if !level.names.insert(name).inserted { found.append(level.pointer + "/" + level.current) }
                levels[levels.count - 1] = level
            default: break
            }
            place += 1
        }
        return found
    }

    /// A text as it is meant: the same name may be written with escapes or without.
    private static func name(_ quoted: ArraySlice<UInt8>) -> String {
        if !quoted.contains(UInt8(ascii: "\\")) {
            return String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self)
        }
        return (try? JSONDecoder().decode(String.self, from: Data(quoted))) ?? String(decoding: quoted, as: UTF8.self)
    }
}
