// What makes a line table hold together: limits in range, names unique, no line used twice.

/// Which line of a file each record came from; zeros and empty lists for a table that came from no file.
struct LinesOfRecords {
    var backend = 0
    var supplies: [Int] = []
    var lockers: [Int] = []
    var lamps: [Int] = []
    var watched: [Int] = []
}

extension LineTable {
    /// Says whether the table holds together: limits in range, names unique, no line used twice.
    ///
    /// Throws: ``LineTableError`` with the first mistake, its line 0.
    public func check() throws(LineTableError) { try check(LinesOfRecords()) }

    /// Says whether the table holds together, and on which line of its file it does not.
    func check(_ places: LinesOfRecords) throws(LineTableError) {
        func line(_ lines: [Int], _ index: Int) -> Int { index < lines.count ? lines[index] : 0 }
        guard [supplies.count, lockers.count, lamps.count, watched.count].allSatisfy({ $0 <= LineTable.maximumPlaces })
        else {
            throw LineTableError(
                line: 0, problem: "more than \(LineTable.maximumPlaces) supplies, lockers, lamps or watched lines")
        }
        var names = Names()
        for (index, supply) in supplies.enumerated() {
            let line = line(places.supplies, index)
            try names.add("supply", supply.name, line)
            guard (1...16).contains(supply.maximumCoils) else {
                throw LineTableError(line: line, problem: "coils must be 1 to 16, not \(supply.maximumCoils)")
            }
        }
        for (index, locker) in lockers.enumerated() {
            let line = line(places.lockers, index)
            try names.add("locker", locker.name, line)
            let problem =
                locker.problem(backend)
                ?? (supplies.contains { $0.name == locker.supply }
                    ? nil : "no record says what the supply '\(locker.supply)' can do")
            if let problem { throw LineTableError(line: line, problem: "locker \(locker.name): \(problem)") }
            try names.use(locker.coil, by: locker.name, line)
            try names.use(locker.sensor?.address, by: locker.name, line)
        }
        for (index, lamp) in lamps.enumerated() {
            let line = line(places.lamps, index)
            try names.add("lamp", lamp.name, line)
            for address in [lamp.red, lamp.green, lamp.blue] { try names.use(address, by: lamp.name, line) }
        }
        for (index, watched) in watched.enumerated() {
            let line = line(places.watched, index)
            try names.add("watched line", watched.name, line)
            if let problem = watched.sensor.problem {
                throw LineTableError(line: line, problem: "watched line \(watched.name): \(problem)")
            }
            try names.use(watched.sensor.address, by: watched.name, line)
        }
    }
}

extension LockerLines {
    /// What is wrong with the limits; `nil` where nothing is.
    fileprivate func problem(_ backend: LineTable.Backend) -> String? {
        let caps = opener.caps
        guard caps.contains(capMilliseconds) else {
            return
                "cap must be \(caps.lowerBound) to \(caps.upperBound) ms for a \(opener.rawValue), not \(capMilliseconds)"
        }
        guard restMilliseconds <= 60_000 else { return "rest must be at most 60000 ms, not \(restMilliseconds)" }
        if let problem = sensor?.problem { return problem }
        guard let door = simulatedDoor else { return nil }
        guard backend == .simulated, sensor != nil,
            (1...600_000).contains(door.opensAfterMilliseconds), (1...600_000).contains(door.latchesAfterMilliseconds)
        else { return "'opens' and 'latches' are 1 to 600000 ms, with a simulated sensor" }
        return nil
    }
}

extension Opener {
    /// How long a coil of this kind may be energised at once, in milliseconds.
    public var caps: ClosedRange<UInt32> {
        switch self {
        case .pulse: 10...10_000
        case .hold: 10...86_400_000
        }
    }
}

extension SensorLine {
    fileprivate var problem: String? {
        debounceMilliseconds <= 1000 ? nil : "debounce must be at most 1000 ms, not \(debounceMilliseconds)"
    }
}

/// The names and lines that are taken.
private struct Names {
    private var taken: Set<String> = []
    private var used: Set<LineAddress> = []

    mutating func add(_ kind: String, _ name: String, _ line: Int) throws(LineTableError) {
        guard name[...].isWord else {
            throw LineTableError(
                line: line, problem: "'\(name)' is no name of a \(kind): one word of letters, digits and ._:-")
        }
        guard taken.insert("\(kind) \(name)").inserted else {
            throw LineTableError(line: line, problem: "\(kind) '\(name)' is there twice")
        }
    }

    /// Takes a line. Its polarity does not matter: one line can't serve twice either way.
    mutating func use(_ address: LineAddress?, by name: String, _ line: Int) throws(LineTableError) {
        guard let address else { return }
        guard address.isNamed else {
            throw LineTableError(line: line, problem: "'\(address.text)' is no name of a chip and a line")
        }
        guard used.insert(LineAddress(chip: address.chip, line: address.line)).inserted else {
            let problem = "line \(address.line) of \(address.chip) is used twice, by \(name) too"
            throw LineTableError(line: line, problem: problem)
        }
    }
}

extension LineAddress {
    /// Whether chip and line are called as such are: by words, the chip possibly by the path of its device.
    var isNamed: Bool {
        let isPath = chip.hasPrefix("/dev/") && chip.utf8.count <= 64 && !chip.contains("//")
        let words = isPath ? chip.dropFirst().split(separator: "/") : [chip[...]]
        return words.allSatisfy(\.isWord) && !words.contains("..") && !words.isEmpty && line[...].isWord
            && chip.last != "/"
    }
}

extension Substring {
    /// Whether this is one word of the characters that chips, lines and lockers are called by.
    var isWord: Bool {
        (1...64).contains(utf8.count)
            && utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: ":"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
