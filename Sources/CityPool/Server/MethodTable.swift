// Which methods each address takes, for the answer to a method that it does not take: the router only says that it found
// nothing.

import Hummingbird
import NIOConcurrencyHelpers

/// The addresses of a router with their methods.
final class MethodTable: Sendable {
    private let routes = NIOLockedValueBox<[(address: [Substring], method: String)]>([])

    /// Takes over the addresses of a router.
    func learn(_ router: Router<PoolContext>) {
        let found = router.routes.map { (Self.parts($0.path.description), $0.method.rawValue) }
        routes.withLockedValue { $0 = found }
    }

    /// The methods that the address of a path takes (RFC 9110, section 10.2.1); none where there is no such address.
    func allowed(at path: String) -> [String] {
        let parts = Self.parts(path)
        let methods = routes.withLockedValue { routes in
            routes.filter { $0.address.count == parts.count && zip($0.address, parts).allSatisfy(Self.fits) }.map(
                \.method)
        }
        return Set(methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted()
    }

    private static func parts(_ path: String) -> [Substring] { path.split(separator: "/") }

    /// Whether a part of a path is what a part of an address asks for: a parameter is any text.
    private static func fits(_ asked: Substring, _ part: Substring) -> Bool {
        asked == part || (asked.hasPrefix("{") && asked.hasSuffix("}")) || asked.hasPrefix(":")
    }
}
