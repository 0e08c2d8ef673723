// swift-tools-version: 6.2
// MilaStation: the controller of an unattended lending station, its lock guard and its city pool.

import PackageDescription

/// What every Swift target of ours is compiled with; `docs/decisions.md` gives the reasons.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "mila-station",
    products: [
        .executable(name: "mila-station", targets: ["MilaStation"]),
        .executable(name: "lock-guard", targets: ["LockGuard"]),
        .executable(name: "city-pool", targets: ["CityPool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.31.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "GuardProtocol", swiftSettings: strict),
        .target(
            name: "StationCore",
            dependencies: [
                "GuardProtocol",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(name: "PoolIntake", dependencies: ["StationCore"], swiftSettings: strict),
        .target(name: "CLibrary"),
        .target(name: "CGpiod", linkerSettings: [.linkedLibrary("gpiod")]),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CQRCode", providers: [.apt(["libqrencode-dev"])]),
        .target(
            name: "Groundwork",
            dependencies: [
                "StationCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LockGuard",
            dependencies: ["GuardProtocol", "CGpiod"],
            swiftSettings: strict,
            // A quarter less memory, and no toolchain on the board; tests, which are never built so, share theirs.
            linkerSettings: [.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]
        ),
        .executableTarget(
            name: "MilaStation",
            dependencies: [
                "CLibrary",
                "Groundwork",
                "GuardProtocol",
                "StationCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Screen/Texts"), .embedInCode("Configuration/Boards")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CityPool",
            dependencies: [
                "CPostgres",
                "CQRCode",
                "Groundwork",
                "PoolIntake",
                "StationCore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("API/city-pool.openapi.yaml")],
            swiftSettings: strict
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "StationCoreTests",
            dependencies: ["StationCore", "GuardProtocol", "LockGuard", "PoolIntake", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LockGuardTests",
            dependencies: ["LockGuard", "GuardProtocol", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MilaStationTests",
            dependencies: [
                "CityPool", "MilaStation", "Groundwork", "GuardProtocol", "StationCore", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["Scenarios", "CrashImages/Recorder", "Faults/Disk"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CityPoolTests",
            dependencies: [
                "CityPool", "Groundwork", "MilaStation", "PoolIntake", "StationCore", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict
        ),
    ]
)

// Parts of the package, for those who need not build the rest: the guard alone, for boards and versions of libgpiod; what
// runs in the simulated world, for simulations of many years; and the pool with the stations of a fleet.
let parts: [String: (targets: [String], dependencies: [String])] = [
    "guard": (["GuardProtocol", "CGpiod", "LockGuard", "TestSupport", "LockGuardTests"], []),
    "simulation": (
        [
            "GuardProtocol", "StationCore", "PoolIntake", "CGpiod", "LockGuard", "TestSupport", "StationCoreTests",
        ], ["swift-crypto"]
    ),
    "pool": (
        [
            "GuardProtocol", "StationCore", "PoolIntake", "Groundwork", "CLibrary", "CPostgres", "CQRCode",
            "CityPool", "MilaStation",
            "TestSupport", "CityPoolTests",
        ],
        [
            "swift-argument-parser", "swift-crypto", "swift-log", "swift-nio", "swift-nio-extras", "swift-nio-ssl",
            "GRDB.swift", "hummingbird", "Yams", "async-http-client", "swift-service-lifecycle",
        ]
    ),
]
if let part = Context.environment["MILASTATION_PARTS"].flatMap({ parts[$0] }) {
    package.targets.removeAll { !part.targets.contains($0.name) }
    package.products.removeAll { product in
        (product as? Product.Executable)?.targets.allSatisfy(part.targets.contains) != true
    }
    package.dependencies.removeAll { dependency in
        guard case .sourceControl(_, let location, _) = dependency.kind else { return true }
        return !part.dependencies.contains { location.hasSuffix("/\($0)") }
    }
}
