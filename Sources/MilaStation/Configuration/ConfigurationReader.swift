// Reads `station.yaml`. Every mistake is found in one run, with its line and a remedy.

internal import Foundation
internal import Groundwork
internal import GuardProtocol
internal import StationCore

/// Reads the configuration of a station.
struct ConfigurationReader {
    let file: YAMLFile
    private let folder: String
    /// The board whose pins are used, where the configuration names one.
    private(set) var board: Board?

    /// The configuration in a file.
    ///
    /// Throws: ``FileProblems`` with all mistakes.
    static func read(_ path: String) throws -> StationConfiguration {
        let file = YAMLFile(name: path)
        var reader = ConfigurationReader(file: file, folder: path.folder)
        let configuration = try file.root().flatMap { try reader.configuration($0) }
        if let problems = FileProblems(file.problems) { throw problems }
        guard let configuration else {
            preconditionFailure("a configuration without mistakes that is not there")
        }
        return configuration
    }

    private mutating func configuration(_ root: YAMLMapping) throws -> StationConfiguration? {
        board = root.optional("board").flatMap { value in
            value.read("one of \(Board.all.keys.sorted().joined(separator: ", "))") { Board.all[$0] }
        }
        let languages = try allLanguages(root.optional("texts"))
        let station = root.required("station")?.mapping().flatMap { self.station($0, languages) }
        let data = root.required("data").flatMap(path)
        let guardian = root.required("guard")?.mapping().flatMap(guardSection)
        // A mistake in the guard's section says nothing about the doors.
        let lockers = lockers(root.required("lockers"), simulated: guardian?.backend != .gpiod)
        let stops = emergencyStops(root.optional("emergency-stops"))
        let stationLamp = root.optional("lamp").flatMap { lamp($0, name: "station") }
        let timeout = root.optional("session-timeout").map { duration($0, 5_000...600_000) } ?? .seconds(60)
        let pool = root.required("pool")?.mapping().flatMap(pool)
        let scanner = scanner(root.optional("scanner"), codes: root.optional("codes"))
        root.finish(
            known: [
                "station", "data", "guard", "lockers", "lamp", "session-timeout", "scanner", "codes", "texts", "pool",
                "emergency-stops", "board",
            ])
        guard let station, let data, let guardian, let lockers, let timeout, let pool, let stops else { return nil }

        for supply in guardian.supplies {
            let fed = lockers.filter { $0.lines.supply == supply.name }
            let held = fed.filter { $0.lines.opener == .hold }
            guard held.count >= supply.maximumCoils, held.count < fed.count else { continue }
            root.value.note(
                "while locker \(held[0].id) is held, the supply '\(supply.name)' may open no other",
                remedy: "Give rooms a supply of their own: 'guard.supplies', and 'supply' at the locker.")
        }
        let table = LineTable(
            backend: guardian.backend,
            supplies: guardian.supplies,
            lockers: lockers.map(\.lines),
            lamps: (stationLamp.map { [$0] } ?? []) + lockers.compactMap(\.lamp),
            watched: stops
        )
        do {
            try table.check()
        } catch {
            root.value.note(
                error.problem, remedy: "Give every coil, sensor and lamp a line of its own, within the limits.")
            return nil
        }
        return StationConfiguration(
            station: station.id, cityDomain: station.domain, name: station.name, contact: station.contact,
            timeZone: station.zone, languages: languages, language: station.language, dataFolder: data,
            sessionTimeout: timeout, scanner: scanner, guardSocket: guardian.socket, lineTableFile: guardian.table,
            lines: table,
            doors: Dictionary(lockers.map { ($0.id, $0.door) }) { first, _ in first }, pool: pool
        )
    }

    // MARK: - Station

    private typealias StationSection = (
        id: StationID, domain: String, name: LocalizedText, contact: LocalizedText, zone: String, language: Language
    )

    /// The languages of the program, with what the house's own files add to them.
    private func allLanguages(_ folder: YAMLValue?) throws -> Languages {
        var languages = try Languages.builtIn()
        guard let folder, let path = path(folder) else { return languages }
        do {
            file.add(try languages.add(folder: path))
        } catch {
            folder.note("\(path) can't be read as a folder", remedy: "Check its name and rights.")
        }
        return languages
    }

    private func station(_ map: YAMLMapping, _ languages: Languages) -> StationSection? {
        let id = map.required("id")?.read("an identifier of letters, digits, '.', '_' and '-'", StationID.init)
        let domain = map.required("city-domain")?.read("a domain name such as potsdam.example", domainName)
        let name = map.required("name").flatMap(localized)
        let contact = map.required("contact").flatMap(localized)
        let zone = map.required("time-zone")?.read("a time zone such as Europe/Berlin") {
            SystemTimeZone.exists($0) ? $0 : nil
        }
        let known = languages.all.map(\.language.tag).joined(separator: ", ")
        let language =
            map.optional("language").map { value in
                value.read("one of \(known)") { Language($0).flatMap { languages[$0] == nil ? nil : $0 } }
            } ?? .german
        map.finish(known: ["id", "city-domain", "name", "contact", "time-zone", "language"])
        guard let id, let domain, let name, let contact, let zone, let language else { return nil }
        return (id, domain, name, contact, zone, language)
    }

    private func domainName(_ text: String) -> String? {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDomain =
            (1...253).contains(text.utf8.count)
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
            }
        return isDomain ? text : nil
    }

    /// One text for all languages, or one for each.
    private func localized(_ value: YAMLValue) -> LocalizedText? {
        func plain(_ text: String) -> String? {
            (1...200).contains(text.count) && LocalizedText.isPrintable(text) ? text : nil
        }
        let what = "a printable text of at most 200 characters"
        guard value.isMapping else { return value.read(what, plain).map { LocalizedText($0) } }
        guard let map = value.mapping() else { return nil }
        let german = map.required("de")?.read(what, plain)
        let english = map.required("en")?.read(what, plain)
        map.finish(known: ["de", "en"])
        guard let german, let english else { return nil }
        return LocalizedText(german: german, english: english)
    }

    // MARK: - Pool

    private func pool(_ map: YAMLMapping) -> StationConfiguration.PoolConfiguration? {
        let url = map.required("url")?.read("an http:// or https:// address without a path") { text in
            let bare = text.hasSuffix("/") ? String(text.dropLast()) : text
            let host =
                bare.hasPrefix("https://") ? bare.dropFirst(8) : bare.hasPrefix("http://") ? bare.dropFirst(7) : ""
            return host.isEmpty || host.contains("/") || host.contains("@") || host.contains("?") ? nil : bare
        }
        let token = map.required("token-file").flatMap(path)
        let (keyValue, keyFileValue) = (map.optional("key"), map.optional("key-file"))
        let keyFile = keyFileValue.flatMap(path)
        if (keyValue == nil) == (keyFileValue == nil) {
            map.value.note(
                "the pool's key is given by 'key' or by 'key-file'",
                remedy: "Write one of the two; 'join' fills the file.")
        }
        var key = keyValue?.read("a pool's key as 'city-pool key' prints it", NoteKey.init)
        if let keyFileValue, let keyFile { key = self.key(in: keyFile, keyFileValue) }
        let authority = map.optional("authority-file").flatMap(path)
        let certificateValue = map.optional("certificate-file")
        let certificate = certificateValue.flatMap(path)
        let certificateKey = map.optional("certificate-key-file").flatMap(path)
        if (certificate == nil) != (certificateKey == nil) {
            map.value.note(
                "'certificate-file' and 'certificate-key-file' go together", remedy: "Add the other, or remove both.")
        }
        map.finish(
            known: [
                "url", "token-file", "key", "key-file", "authority-file", "certificate-file", "certificate-key-file",
            ])
        guard let url, let token, keyFile != nil || key != nil else { return nil }
        return StationConfiguration.PoolConfiguration(
            url: url, tokenFile: token, key: key, keyFile: keyFile, authorityFile: authority,
            certificateFile: certificate, certificateKeyFile: certificateKey)
    }

    /// The key in a file; `nil` where the file is not there yet, as before a station has joined.
    private func key(in file: String, _ value: YAMLValue) -> NoteKey? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
        let key = text.flatMap { NoteKey($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        if key == nil {
            value.note("\(file) holds no pool's key", remedy: "Move it away and run 'mila-station join' again.")
        }
        return key
    }

    // MARK: - Values

    /// A path; those without a leading `/` are taken from the configuration's own folder.
    func path(_ value: YAMLValue) -> String? {
        value.read("the path of a file or folder") { text in
            text.isEmpty ? nil : text.hasPrefix("/") ? text : folder + "/" + text
        }
    }

    /// A duration such as `500 ms`, `60 s` or `12 h`, within a range of milliseconds.
    func duration(_ value: YAMLValue, _ range: ClosedRange<Int>) -> Duration? {
        value.read("a duration from \(range.lowerBound) ms to \(range.upperBound) ms, such as '500 ms' or '60 s'") {
            let words = $0.split(separator: " ")
            guard words.count == 2, let number = Int(words[0]), number < 1_000_000 else { return nil }
            let units = ["ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000]
            let factor = units[String(words[1])] ?? 0
            return factor > 0 && range.contains(number * factor) ? .milliseconds(number * factor) : nil
        }
    }
}
