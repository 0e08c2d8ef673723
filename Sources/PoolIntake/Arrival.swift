// An element of a batch, as it arrived: an entry that can be read and applied, or a *poison* entry that can't. What a
// poison entry still says about its place in the chain is kept, so that it holds the place and blocks nobody.

package import StationCore

/// One element of a batch.
package struct Arrival: Sendable {
    /// What the pool makes of it.
    package enum Content: Sendable {
        /// An entry whose hash fits, with what it changes in the books.
        case entry(Entry, [LedgerChange])
        /// An element that is kept but not applied, and why not.
        case poison(String)
    }

    /// Its place, as it says itself; `nil` where even that can't be read.
    package var number: EntryNumber?
    /// The hash it claims; `nil` where that can't be read.
    package var hash: EntryHash?
    /// The hash it names as the one of the entry before it.
    package var previousHash: EntryHash?
    /// The station it says it comes from.
    package var source: String?
    /// Whether the claimed hash is the one of what arrived. Then it is the station's word, readable or not.
    package var hashFits: Bool
    /// What the pool makes of it.
    package var content: Content
    /// The canonical bytes: what is stored and handed on.
    package var document: [UInt8]
}

extension Arrival {
    /// What an element of a batch is.
    package init(_ json: JSON) {
        do throws(EntryError) {
            let document = try EntryDocument(json)
            if document.entry.number.sequence > 0 {
                self.init(document)
            } else {
                self.init(unreadable: json, reason: "an entry's sequence starts at 1")
            }
        } catch {
            self.init(unreadable: json, reason: error.description)
        }
    }

    private init(_ document: EntryDocument) {
        let entry = document.entry
        number = entry.number
        hash = entry.hash
        previousHash = entry.previousHash
        source = document.source.description
        let (bytes, computed) = entry.documentAndHash(source: document.source)
        self.document = bytes
        hashFits = computed == entry.hash
        do throws(EntryError) {
            if !hashFits || !entry.disclosureFits { try document.checkHash() }
            content = .entry(entry, try entry.fields.changes(kind: entry.kind, number: entry.number))
        } catch {
            content = .poison(error.description)
        }
    }

    /// An element that is no entry as this pool knows them: of a newer station, or damaged.
    private init(unreadable json: JSON, reason: String) {
        let number = json["id"]?.string.flatMap { EntryNumber($0) }
        self.number = number?.sequence == 0 ? nil : number
        hash = json["entryhash"]?.string.flatMap { EntryHash($0) }
        previousHash = json["previoushash"]?.string.flatMap { EntryHash($0) }
        source = json["source"]?.string
        document = json.canonical
        content = .poison(reason)
        var hashed = json.object ?? [:]
        hashed["entryhash"] = nil
        hashed["disclosure"] = nil
        hashFits = hash == EntryHash(of: JSON.object(hashed).canonical)
    }
}

extension Arrival {
    /// The arrivals of a batch. Where place or hash of one can't be read, the entry behind it tells: its place is the
    /// one before, its hash is what that entry names as previous. With nobody behind it an element stays without a
    /// place, and waits until the station sends more.
    package static func batch(_ elements: [JSON]) -> [Arrival] {
        var arrivals = elements.map { Arrival($0) }
        for index in arrivals.indices.dropLast().reversed() {
            let next = arrivals[index + 1]
            if arrivals[index].number == nil, let number = next.number, number.sequence > 1 {
                arrivals[index].number = EntryNumber(epoch: number.epoch, sequence: number.sequence - 1)
            }
            if arrivals[index].hash == nil, arrivals[index].number != nil {
                // Between two unreadable ones nobody names the hash; the bytes' own stands in, and is the same each time.
                arrivals[index].hash = next.previousHash ?? EntryHash(of: arrivals[index].document)
            }
        }
        return arrivals
    }
}
