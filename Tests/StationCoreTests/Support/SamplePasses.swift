// Passes for tests. Their signature is a hash under the key's name: made and checked in a line, and as good as any where
// nobody tries to forge one.

import Testing

@testable import StationCore

extension NoteKey {
    /// A key of tests.
    static func sample(_ name: String) -> NoteKey {
        guard let key = NoteKey(name: name, publicKey: EntryHash(of: Array(name.utf8)).bytes) else {
            preconditionFailure("'\(name)' is no name of a key")
        }
        return key
    }

    /// What stands for an Ed25519 signature of this key.
    func sampleSignature(_ bytes: [UInt8]) -> [UInt8] {
        let half = EntryHash(of: publicKey + bytes).bytes
        return half + half
    }

    /// Whether this key "signed" a pass.
    func sampleSigned(_ pass: SignedPass) -> Bool {
        pass.isSigned(by: self) { sampleSignature($1) == $0 }
    }
}

extension Pass {
    /// The key of the pool that stations of tests trust.
    static let poolKey = NoteKey.sample("pool.potsdam.example")

    /// A pass for the drill in the station `schlaatz`, unless told otherwise.
    static func of(
        key: NoteKey = poolKey, nonce: UInt64 = 7, station: String = "schlaatz", _ resource: Resource? = nil,
        borrower: String = "anna", from: WallTime, until: WallTime, booking: String = "booking-7"
    ) -> Pass {
        guard
            let pass = Pass(
                key: key, nonce: PassNonce(nonce), station: .of(station), resource: resource ?? .item(.of("drill")),
                borrower: .of(borrower), from: from, until: until, booking: .of(booking))
        else { preconditionFailure("a pass that says too much") }
        return pass
    }

    /// The pass with a signature of the key.
    func signed(by key: NoteKey = poolKey) -> SignedPass { SignedPass(self) { key.sampleSignature($0) } }
}

extension Pass {
    /// A pass of the second borrower of the sample house, for the day from an hour before noon on.
    static func sample(
        _ resource: Resource, nonce: UInt64 = 7, borrower: Borrower = SampleHouse.second, station: String = "demo",
        from: WallTime = SampleHouse.noon.adding(milliseconds: -3_600_000),
        until: WallTime = SampleHouse.noon.adding(milliseconds: 6 * 3_600_000)
    ) -> Pass {
        .of(nonce: nonce, station: station, resource, borrower: borrower.id.text, from: from, until: until)
    }
}
