// The line table as text and back. Rendering and parsing are inverse to each other, so the digest of a table
// read from a file equals the digest of the table that was written.

/// What is wrong with a line table, and where.
public struct LineTableError: Error, Equatable, Sendable {
    /// The line of the file, from 1; 0 where the table as a whole is meant.
    public var line: Int
    /// What is wrong, in words for the person who runs the station.
    public var problem: String
}

extension LineTable {
    /// The most bytes a table may have.
    public static let maximumBytes = 256 * 1024
    /// The most bytes one record may have.
    static let maximumRecordBytes = 1024
    /// The most lockers, and the most lamps, a table may have.
    public static let maximumPlaces = 512

    /// This table as text, one record a line.
    public var text: String {
        var text = "mila-lines \(protocolVersion)\nbackend \(backend.rawValue)\n"
        for supply in supplies { text += "supply \(supply.name) coils=\(supply.maximumCoils)\n" }
        for locker in lockers {
            text += "locker \(locker.name) coil=\(locker.coil.text) opener=\(locker.opener.rawValue)"
            text += " supply=\(locker.supply) cap=\(locker.capMilliseconds) rest=\(locker.restMilliseconds)"
            if let sensor = locker.sensor { text += sensor.text }
            if let door = locker.simulatedDoor {
                text += " opens=\(door.opensAfterMilliseconds) latches=\(door.latchesAfterMilliseconds)"
            }
            text += "\n"
        }
        for lamp in lamps {
            text += "lamp \(lamp.name)"
            if let red = lamp.red { text += " red=\(red.text)" }
            if let green = lamp.green { text += " green=\(green.text)" }
            if let blue = lamp.blue { text += " blue=\(blue.text)" }
            text += "\n"
        }
        for watched in watched { text += "watch \(watched.name)\(watched.sensor.text)\n" }
        return text
    }

    /// The digest that station and guard compare when they meet.
    public var digest: TableDigest { TableDigest(of: text) }

    /// The table that a file holds.
    ///
    /// Throws: ``LineTableError`` with the line and what is wrong there.
    public init(parsing bytes: [UInt8]) throws(LineTableError) {
        guard bytes.count <= LineTable.maximumBytes else {
            throw LineTableError(line: 0, problem: "the table is larger than \(LineTable.maximumBytes) bytes")
        }
        var table = LineTable(backend: .gpiod, supplies: [], lockers: [], lamps: [])
        var places = LinesOfRecords()
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where index == 0 || !line.isEmpty {
            let number = index + 1
            let record = try Record(line, number: number)
            switch (record.kind, index) {
            case ("mila-lines", 0):
                try record.expectKeys([])
                guard record.name == "\(protocolVersion)" else {
                    throw record.error("version \(record.name) of the table is not version \(protocolVersion)")
                }
            case (_, 0):
                throw record.error("a line table starts with 'mila-lines \(protocolVersion)'")
            case ("backend", _):
                try record.expectKeys([])
                guard let backend = Backend(rawValue: record.name) else {
                    throw record.error("the backend is 'gpiod' or 'simulated', not '\(record.name)'")
                }
                guard places.backend == 0 else { throw record.error("'backend' is there twice") }
                (table.backend, places.backend) = (backend, number)
            case ("supply", _):
                table.supplies.append(try record.supply())
                places.supplies.append(number)
            case ("locker", _):
                table.lockers.append(try record.locker())
                places.lockers.append(number)
            case ("lamp", _):
                table.lamps.append(try record.lamp())
                places.lamps.append(number)
            case ("watch", _):
                table.watched.append(try record.watched())
                places.watched.append(number)
            default:
                throw record.error("'\(record.kind)' is no record of a line table")
            }
        }
        guard places.backend != 0 else {
            throw LineTableError(line: 0, problem: "'backend gpiod' or 'backend simulated' is missing")
        }
        try table.check(places)
        self = table
    }
}

extension LineAddress {
    /// `CHIP/LINE`, with `!` in front where the line is active when low.
    var text: String { (activeLow ? "!" : "") + chip + "/" + line }

    init?(_ text: Substring) {
        let bare = text.hasPrefix("!") ? text.dropFirst() : text
        // The path of a chip has slashes of its own.
        guard let slash = bare.lastIndex(of: "/") else { return nil }
        self.init(
            chip: String(bare[..<slash]), line: String(bare[bare.index(after: slash)...]),
            activeLow: text.hasPrefix("!"))
        guard isNamed else { return nil }
    }
}

extension SensorLine {
    /// ` sensor=CHIP/LINE bias=… debounce=…`.
    fileprivate var text: String {
        " sensor=\(address.text) bias=\(bias.rawValue) debounce=\(debounceMilliseconds)"
    }
}

/// One line of the table: `KIND NAME key=value …`, each key at most once.
private struct Record {
    let kind: String
    let name: String
    private let line: Int
    private var values: [String: Substring] = [:]

    init(_ bytes: ArraySlice<UInt8>, number: Int) throws(LineTableError) {
        line = number
        guard bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw LineTableError(line: number, problem: "a line table is plain ASCII text")
        }
        guard bytes.count <= LineTable.maximumRecordBytes else {
            throw LineTableError(line: number, problem: "a record has at most \(LineTable.maximumRecordBytes) bytes")
        }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard words.count >= 2 else {
            throw LineTableError(line: number, problem: "a record is 'KIND NAME key=value …'")
        }
        (kind, name) = (String(words[0]), String(words[1]))
        for word in words.dropFirst(2) {
            guard let equals = word.firstIndex(of: "=") else { throw error("'\(word)' is not key=value") }
            let key = String(word[..<equals])
            guard values.updateValue(word[word.index(after: equals)...], forKey: key) == nil else {
                throw error("'\(key)' is there twice")
            }
        }
    }

    func error(_ problem: String) -> LineTableError { LineTableError(line: line, problem: problem) }

    func number(_ text: some StringProtocol, _ key: String) throws(LineTableError) -> UInt32 {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text) else {
            throw error("\(key)=\(text) is no whole number")
        }
        return number
    }

    func locker() throws(LineTableError) -> LockerLines {
        try expectKeys(
            ["coil", "opener", "supply", "cap", "rest", "sensor", "bias", "debounce", "opens", "latches"])
        guard let coil = try address("coil"), let cap = values["cap"], let rest = values["rest"],
            let kind = values["opener"], let supply = values["supply"]
        else { throw error("a locker needs coil, opener, supply, cap and rest") }
        guard let opener = Opener(rawValue: String(kind)) else {
            throw error("opener=\(kind) is neither 'pulse' nor 'hold'")
        }
        var door: SimulatedDoor?
        if let opens = values["opens"], let latches = values["latches"] {
            door = SimulatedDoor(
                opensAfterMilliseconds: try number(opens, "opens"),
                latchesAfterMilliseconds: try number(latches, "latches")
            )
        } else if values["opens"] != nil || values["latches"] != nil {
            throw error("'opens' and 'latches' go together")
        }
        return LockerLines(
            name: name,
            coil: coil,
            opener: opener,
            supply: String(supply),
            capMilliseconds: try number(cap, "cap"),
            restMilliseconds: try number(rest, "rest"),
            sensor: try sensor(),
            simulatedDoor: door
        )
    }

    func lamp() throws(LineTableError) -> LampLines {
        try expectKeys(["red", "green", "blue"])
        return LampLines(name: name, red: try address("red"), green: try address("green"), blue: try address("blue"))
    }

    func supply() throws(LineTableError) -> Supply {
        try expectKeys(["coils"])
        guard let coils = values["coils"] else { throw error("a supply needs coils") }
        return Supply(name: name, maximumCoils: try number(coils, "coils"))
    }

    func watched() throws(LineTableError) -> WatchedLine {
        try expectKeys(["sensor", "bias", "debounce"])
        guard let sensor = try sensor() else { throw error("what is watched needs a sensor") }
        return WatchedLine(name: name, sensor: sensor)
    }

    private func sensor() throws(LineTableError) -> SensorLine? {
        guard let address = try address("sensor") else {
            guard values["bias"] == nil, values["debounce"] == nil else {
                throw error("'bias' and 'debounce' go with a sensor")
            }
            return nil
        }
        guard let word = values["bias"], let debounce = values["debounce"] else {
            throw error("a sensor needs bias and debounce")
        }
        guard let bias = SensorLine.Bias(rawValue: String(word)) else {
            throw error("bias=\(word) is none of as-is, disabled, pull-up and pull-down")
        }
        return SensorLine(address, bias: bias, debounceMilliseconds: try number(debounce, "debounce"))
    }

    func expectKeys(_ known: [String]) throws(LineTableError) {
        for key in values.keys.sorted() where !known.contains(key) { throw error("'\(key)' is no key of a \(kind)") }
    }

    private func address(_ key: String) throws(LineTableError) -> LineAddress? {
        guard let text = values[key] else { return nil }
        guard let address = LineAddress(text) else { throw error("\(key)=\(text) is not CHIP/LINE") }
        return address
    }
}
