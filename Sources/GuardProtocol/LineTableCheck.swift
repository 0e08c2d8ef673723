// What makes a line table hold together: limits in range, names unique, no line used twice.

/// Which line of a file each record came from; zeros and empty lists for a table that came from no file.
struct LinesOfRecords {
    var backend = 0
    var coils = 0
    var lockers: [Int] = []
    var lamps: [Int] = []
}

extension LineTable {
    /// Says whether the table holds together: limits in range, names unique, no line used twice.
    ///
    /// Throws: ``LineTableError`` with the first mistake, its line 0.
    public func check() throws(LineTableError) { try check(LinesOfRecords()) }

    /// Says whether the table holds together, and on which line of its file it does not.
    func check(_ places: LinesOfRecords) throws(LineTableError) {
        guard (1...16).contains(maximumCoils) else {
            throw LineTableError(line: places.coils, problem: "coils must be 1 to 16, not \(maximumCoils)")
        }
        guard lockers.count <= LineTable.maximumPlaces, lamps.count <= LineTable.maximumPlaces else {
            throw LineTableError(line: 0, problem: "more than \(LineTable.maximumPlaces) lockers or lamps")
        }
        var names = Names()
        for (index, locker) in lockers.enumerated() {
            let line = index < places.lockers.count ? places.lockers[index] : 0
            try names.add("locker", locker.name, line)
            if let problem = locker.problem(backend) {
                throw LineTableError(line: line, problem: "locker \(locker.name): \(problem)")
            }
            try names.use(locker.coil, by: locker.name, line)
            try names.use(locker.sensor, by: locker.name, line)
        }
        for (index, lamp) in lamps.enumerated() {
            let line = index < places.lamps.count ? places.lamps[index] : 0
            try names.add("lamp", lamp.name, line)
            for address in [lamp.red, lamp.green, lamp.blue] { try names.use(address, by: lamp.name, line) }
        }
    }
}

extension LockerLines {
    /// What is wrong with the limits; `nil` where nothing is.
    fileprivate func problem(_ backend: LineTable.Backend) -> String? {
        guard (10...10_000).contains(capMilliseconds) else {
            return "cap must be 10 to 10000 ms, not \(capMilliseconds)"
        }
        guard restMilliseconds <= 60_000 else { return "rest must be at most 60000 ms, not \(restMilliseconds)" }
        guard let door = simulatedDoor else { return nil }
        guard backend == .simulated, sensor != nil,
            (1...600_000).contains(door.opensAfterMilliseconds), (1...600_000).contains(door.latchesAfterMilliseconds)
        else { return "'opens' and 'latches' are 1 to 600000 ms, with a simulated sensor" }
        return nil
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
        guard address.chip[...].isWord, address.line[...].isWord else {
            throw LineTableError(line: line, problem: "'\(address.text)' is no name of a chip and a line")
        }
        guard used.insert(LineAddress(chip: address.chip, line: address.line)).inserted else {
            let problem = "line \(address.line) of \(address.chip) is used twice, by \(name) too"
            throw LineTableError(line: line, problem: problem)
        }
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
