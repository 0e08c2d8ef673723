// A register that is damaged is put aside, for the pool has it; it keeps no station from starting.

import Foundation
import GRDB
import StationCore
import TestSupport
import Testing

@testable import MilaStation

@Suite struct RegisterDamageTests {
    /// A way to ruin a closed register.
    enum Damage: CaseIterable {
        case noDatabase, pageGone, columnRenamed

        func `do`(to file: String) throws {
            // Whoever opens it last writes its log back.
            let queue = try DatabaseQueue(path: file)
            _ = try queue.read { try $0.tableExists("register") }
            try queue.close()
            var bytes = FileManager.default.contents(atPath: file) ?? Data()
            switch self {
            case .noDatabase: bytes = Data("this is no database, and longer than its header would be".utf8)
            case .pageGone: bytes.replaceSubrange(4096..<8192, with: Data(count: 4096))
            case .columnRenamed:
                let name = try #require(bytes.range(of: Data("validuntil".utf8)))
                bytes.replaceSubrange(name, with: Data("validuntim".utf8))
            }
            try bytes.write(to: URL(fileURLWithPath: file))
        }
    }

    @Test(arguments: Damage.allCases)
    func `a damaged register is put aside, and an empty one waits for the pool`(damage: Damage) throws {
        let folder = try Folder()
        let file = folder.file("register.sqlite")
        try RegisterStore(file).close()
        try damage.do(to: file)
        let ruined = FileManager.default.contents(atPath: file)
        let (store, found) = try RegisterStore.open(file)
        #expect(found != nil)
        #expect(try store.version() == nil)
        #expect(FileManager.default.contents(atPath: file + ".damaged") == ruined)
        try store.close()
        // The control: the new one is whole.
        let again = try RegisterStore.open(file)
        #expect(again.damage == nil)
        try again.store.close()
    }

    @Test func `a station whose register was damaged gets it anew and lends`() throws {
        let house = try DemoStation()
        try house.waitUntilReady()
        #expect(house.stop(.station) == 0)
        try Damage.columnRenamed.do(to: house.home + "/station/register.sqlite")
        try house.start(.station)
        try house.waitUntilReady()
        #expect(house.errors(of: .station).contains("the register was damaged and put aside"))
        try house.lendAgain()
        #expect(house.stop(.station) == 0)
    }
}
