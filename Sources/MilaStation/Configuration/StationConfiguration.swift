// What `station.yaml` says, as values. `docs/configuration.md` explains every key to the people who write it.

internal import Groundwork
internal import GuardProtocol
internal import StationCore

/// The set-up of one station.
struct StationConfiguration {
    var station: StationID
    var cityDomain: String
    /// What people call the house.
    var name: LocalizedText
    /// Whom to ask, as a sentence.
    var contact: LocalizedText
    var timeZone: String
    /// All languages that the station knows.
    var languages: Languages
    /// The language that the screen starts with.
    var language: Language
    /// The folder of journal, register and keys.
    var dataFolder: String
    var sessionTimeout: Duration
    var scanner: ScannerConfiguration
    var guardSocket: String
    var lineTableFile: String
    var lines: LineTable
    var doors: [LockerID: DeskSetup.Door]
    var pool: PoolConfiguration

    /// What the scanner sends, and what is read in it.
    struct ScannerConfiguration {
        /// Reads the codes.
        var codes: CodeReader
        /// After how long a silence a line counts as ended, although the scanner has sent no end of it.
        var idleGap: Duration?
    }

    /// How the pool is reached and believed.
    struct PoolConfiguration {
        /// `http://` or `https://`, without a path.
        var url: String
        var tokenFile: String
        /// The key that signs receipts and registers; `nil` where the station has not joined yet.
        var key: NoteKey?
        /// The file that the key is in, where the configuration does not have it itself.
        var keyFile: String?
        /// The authority that signed the pool's certificate, where it is a private one.
        var authorityFile: String?
        /// This station's own certificate and its key, where the pool wants one.
        var certificateFile: String?
        var certificateKeyFile: String?
    }

    /// The `source` of this station's entries.
    var source: EntrySource { EntrySource(cityDomain: cityDomain, station: station) }

    var journalFile: String { dataFolder + "/journal.sqlite" }
    var registerFile: String { dataFolder + "/register.sqlite" }
    var keyFile: String { dataFolder + "/station.key" }
    var controlSocket: String { ControlSocket.path(besides: journalFile) }
}

extension StationConfiguration.PoolConfiguration {
    /// The key that signs receipts and registers.
    ///
    /// Throws: ``SecretError`` where the station has not joined its pool yet.
    func joinedKey() throws -> NoteKey {
        if let key { return key }
        throw SecretError(
            problem: "\(keyFile ?? "the pool's key") is missing: run 'mila-station join'")
    }
}
