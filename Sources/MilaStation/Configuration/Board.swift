// The profiles of boards in hardware/boards: which pin is which line, and what it is good for while a board starts, when
// neither the guard nor anything else has its lines yet.

internal import Groundwork
internal import GuardProtocol

/// A board that stations run on, or an expander beside it.
struct Board {
    /// What a line is used for.
    enum Use: String, CaseIterable {
        case coil, lamp, sensor
    }

    /// A pin of the header.
    struct Pin {
        let pin: String
        let chip: String
        let line: String
        let uses: Set<Use>
        /// Why it is not good for everything, as a sentence for whoever wires it.
        let why: String?
    }

    let id: String
    let name: String
    /// The labels of the chips whose lines the profile knows.
    let chips: [String]
    let pins: [Pin]
    /// Whether any line will do, as with simulated ones.
    let isAny: Bool

    /// All boards with a profile.
    static let all: [String: Board] = {
        let files: [(String, [UInt8])] = [
            ("beaglebone-black", PackageResources.beaglebone_black_yaml),
            ("expander-mcp23017", PackageResources.expander_mcp23017_yaml),
            ("orange-pi-zero-3", PackageResources.orange_pi_zero_3_yaml),
            ("raspberry-pi-3", PackageResources.raspberry_pi_3_yaml),
            ("raspberry-pi-3-b-plus", PackageResources.raspberry_pi_3_b_plus_yaml),
            ("raspberry-pi-4", PackageResources.raspberry_pi_4_yaml),
            ("raspberry-pi-5", PackageResources.raspberry_pi_5_yaml),
            ("raspberry-pi-zero-2-w", PackageResources.raspberry_pi_zero_2_w_yaml),
            ("simulated", PackageResources.simulated_yaml),
        ]
        return Dictionary(
            uniqueKeysWithValues: files.map { name, bytes in
                let file = YAMLFile(name: "\(name).yaml")
                guard let board = file.root(of: bytes).flatMap(Board.init), file.problems.isEmpty else {
                    preconditionFailure("the profile of a board has mistakes: \(file.problems)")
                }
                return (name, board)
            })
    }()

    /// The board that a profile describes; mistakes are noted.
    init?(_ root: YAMLMapping) {
        let id = root.required("board")?.text()
        let name = root.required("name")?.text(allowing: [])
        let chips = root.required("chips")?.list()?.compactMap { entry -> String? in
            let map = entry.mapping()
            _ = map?.required("on-release")
            let label = map?.required("label")?.text()
            map?.finish(known: ["label", "on-release"])
            return label
        }
        let pins = root.required("pins")?.list()?.compactMap { $0.mapping().flatMap(Pin.init) }
        let isAny = root.optional("any")?.flag() ?? false
        for key in ["system", "limits", "verified"] { _ = root.optional(key) }
        root.finish(known: ["board", "name", "system", "chips", "limits", "pins", "any", "verified"])
        guard let id, let name, let chips, let pins else { return nil }
        (self.id, self.name, self.chips, self.pins, self.isAny) = (id, name, chips, pins, isAny)
    }

    /// Why a line should not be used so; `nil` where nothing speaks against it, or where it is a line of something else.
    func objection(to address: LineAddress, as use: Use) -> String? {
        guard !isAny, chips.contains(address.chip) else { return nil }
        guard let pin = pins.first(where: { $0.chip == address.chip && $0.line == address.line }) else {
            return "\(name) has no \(address.line) of \(address.chip) on its header"
        }
        guard pin.uses.contains(use) else {
            return
                "pin \(pin.pin), \(address.line), is no pin for a \(use.rawValue): \(pin.why ?? "it is not known to be")"
        }
        // Every pin that is good for coils is low until the guard has it.
        guard use == .coil, address.activeLow else { return nil }
        return
            "pin \(pin.pin), \(address.line), is low while the board starts, and this coil is energised when it is low"
    }
}

extension Board.Pin {
    /// A pin of a profile; mistakes are noted.
    init?(_ map: YAMLMapping) {
        let pin = map.required("pin")?.text()
        let chip = map.required("chip")?.text()
        let line = map.required("line")?.text()
        let uses = map.required("use")?.list()?.compactMap {
            $0.read("coil, lamp or sensor", Board.Use.init(rawValue:))
        }
        let why = map.optional("why")?.text()
        for key in ["reset", "verified"] { _ = map.optional(key) }
        map.finish(known: ["pin", "chip", "line", "reset", "use", "why", "verified"])
        guard let pin, let chip, let line, let uses else { return nil }
        (self.pin, self.chip, self.line, self.uses, self.why) = (pin, chip, line, Set(uses), why)
    }
}
