// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Every target is built in the Swift 6 language mode with strict memory safety, and no warning survives.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Tests are not optimized where what they test is: `scripts/test` builds both at once, for a release, and what a test says runs once.
let tested: [SwiftSetting] = strict + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// The tools carry their runtime, so that they start in half a millisecond and run where no Swift is installed. No test target depends on one: it would
/// be linked as they are. They are built beside.
let standalone: [LinkerSetting] = [
    .unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release)),
]

/// Decisions are tested against libsepol. Where its header is missing, those tests say that they did not run, and fail in CI;
/// everything else builds without it.
let hasLibsepol = FileManager.default.fileExists(atPath: "/usr/include/sepol/policydb/services.h")
let libsepol: [Target] = hasLibsepol ? [.systemLibrary(name: "Csepol", path: "Tests/Csepol")] : []

/// What `scripts/bench` runs; nobody else builds it.
let benchmarks: [Target] =
    ProcessInfo.processInfo.environment["XSM_BENCH"] == nil
    ? []
    : [
        .target(name: "Counting", path: "Benchmarks/Counting"),
        .executableTarget(name: "audit-benchmarks", dependencies: ["AuditLog"], path: "Benchmarks/AuditLog", swiftSettings: strict),
        .executableTarget(
            name: "audit-store-benchmarks", dependencies: ["AuditLog", "AuditStore", "Flask"], path: "Benchmarks/AuditStore", swiftSettings: strict),
        .executableTarget(
            name: "flask-benchmarks", dependencies: ["Counting", "Flask", "Csepol"], path: "Benchmarks/Flask",
            swiftSettings: strict, linkerSettings: [.linkedLibrary(":libsepol.a")]),
        .executableTarget(
            name: "hypervisor-benchmarks", dependencies: ["CLinux", "Files", "Flask", "Hypervisor", "Threading", "XenStore"], path: "Benchmarks/Hypervisor",
            swiftSettings: strict),
        .executableTarget(
            name: "xenstore-benchmarks", dependencies: ["XenStore"], path: "Benchmarks/XenStore", swiftSettings: strict),
    ]

let package = Package(
    name: "swift-xsm",
    products: [
        .library(name: "AuditAnalysis", targets: ["AuditAnalysis"]),
        .library(name: "AuditFleet", targets: ["AuditFleet"]),
        .library(name: "AuditLog", targets: ["AuditLog"]),
        .library(name: "AuditStore", targets: ["AuditStore"]),
        .library(name: "DMRestrict", targets: ["DMRestrict"]),
        .library(name: "Flask", targets: ["Flask"]),
        .library(name: "Hypervisor", targets: ["Hypervisor"]),
        .library(name: "PolicyAnalysis", targets: ["PolicyAnalysis"]),
        .library(name: "PolicyCompiler", targets: ["PolicyCompiler"]),
        .library(name: "XenStore", targets: ["XenStore"]),
        .executable(name: "xsm-audit", targets: ["xsm-audit"]),
        .executable(name: "xsm-compile", targets: ["xsm-compile"]),
        .executable(name: "xsm-hypervisor", targets: ["xsm-hypervisor"]),
        .executable(name: "xsm-launch", targets: ["xsm-launch"]),
        .executable(name: "xsm-policy", targets: ["xsm-policy"]),
    ],
    targets: [
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Diagnostics", dependencies: ["JSON"], swiftSettings: strict),
        .target(name: "Spelling", swiftSettings: strict),
        .target(name: "Threading", swiftSettings: strict),
        .target(name: "Flask", dependencies: ["Threading"], exclude: ["Vocabulary/xen-flask-tables.json"], swiftSettings: strict),
        .target(name: "PolicyCompiler", dependencies: ["Diagnostics", "Flask", "Spelling"], swiftSettings: strict),
        .target(name: "PolicyAnalysis", dependencies: ["Diagnostics", "Flask", "PolicyCompiler", "Spelling"], swiftSettings: strict),
        .target(name: "AuditLog", dependencies: ["CLinux", "Flask", "JSON"], swiftSettings: strict),
        .target(
            name: "AuditAnalysis", dependencies: ["AuditLog", "Diagnostics", "Flask", "PolicyAnalysis", "PolicyCompiler", "Spelling"], swiftSettings: strict),
        .target(name: "AuditReports", dependencies: ["AuditAnalysis", "Diagnostics", "Flask", "JSON", "PolicyAnalysis", "PolicyReports", "Reports"], swiftSettings: strict),
        .target(
            name: "AuditPages",
            dependencies: [
                "AuditAnalysis", "AuditLog", "AuditReports", "AuditStore", "Flask", "PageServer", "PolicyAnalysis", "PolicyReports", "Reports",
            ],
            swiftSettings: strict),
        // SQLite's functions need those of the mathematical library.
        .target(name: "Csqlite", linkerSettings: [.linkedLibrary(":libsqlite3.a"), .linkedLibrary("m")]),
        .target(name: "AuditStore", dependencies: ["AuditLog", "Csqlite", "Flask"], swiftSettings: strict),
        .target(name: "AuditFleet", dependencies: ["AuditLog", "AuditStore", "CLinux", "Files", "Flask", "JSON"], swiftSettings: strict),
        .target(name: "Ccompression", linkerSettings: [.linkedLibrary(":libz.a"), .linkedLibrary(":libzstd.a")]),
        .target(name: "LogFiles", dependencies: ["Ccompression", "Files"], swiftSettings: strict),
        .target(name: "Arguments", swiftSettings: strict),
        .target(name: "Commands", dependencies: ["Arguments", "Files", "Reports"], swiftSettings: strict),
        .target(name: "Files", swiftSettings: strict),
        .target(name: "SourceFiles", dependencies: ["Files", "PolicyCompiler"], swiftSettings: strict),
        .target(name: "CLinux"),
        .target(name: "Hypervisor", dependencies: ["CLinux", "Flask", "Spelling", "Threading"], swiftSettings: strict),
        .target(name: "CSandbox", dependencies: ["CLinux"], linkerSettings: [.linkedLibrary(":libcap.a")]),
        .target(name: "Cseccomp", linkerSettings: [.linkedLibrary(":libseccomp.a")]),
        .target(name: "DMRestrict", dependencies: ["CLinux", "CSandbox", "Cseccomp", "Files", "JSON", "Spelling"], swiftSettings: strict),
        .target(name: "XenStore", dependencies: ["CLinux", "Files", "Threading"], swiftSettings: strict),
        .target(name: "PageServer", dependencies: ["CLinux", "Threading"], swiftSettings: strict),
        .target(name: "Reports", dependencies: ["JSON"], swiftSettings: strict),
        .target(
            name: "PolicyReports",
            dependencies: ["Arguments", "Commands", "Diagnostics", "Files", "Flask", "JSON", "PolicyAnalysis", "PolicyCompiler", "Reports", "SourceFiles"],
            swiftSettings: strict),
        .executableTarget(
            name: "xsm-audit",
            dependencies: [
                "Arguments", "AuditAnalysis", "AuditFleet", "AuditLog", "AuditPages", "AuditReports", "AuditStore", "CLinux", "Commands", "Diagnostics", "Files", "Flask",
                "JSON", "LogFiles", "PageServer", "PolicyAnalysis", "PolicyCompiler", "PolicyReports", "Reports", "SourceFiles", "Threading",
            ],
            swiftSettings: strict, linkerSettings: standalone),
        .executableTarget(
            name: "xsm-compile",
            dependencies: ["Arguments", "Commands", "Diagnostics", "Files", "Flask", "PolicyCompiler", "SourceFiles"],
            swiftSettings: strict, linkerSettings: standalone),
        .executableTarget(
            name: "xsm-hypervisor",
            dependencies: [
                "Arguments", "CLinux", "Commands", "Diagnostics", "Files", "Flask", "Hypervisor", "JSON", "PolicyAnalysis", "PolicyReports", "Reports",
                "XenStore",
            ],
            swiftSettings: strict, linkerSettings: standalone),
        .executableTarget(
            name: "xsm-launch", dependencies: ["Arguments", "CLinux", "CSandbox", "Commands", "DMRestrict", "Files", "Flask", "Hypervisor", "JSON", "Reports", "XenStore"],
            swiftSettings: strict, linkerSettings: standalone),
        .executableTarget(
            name: "xsm-policy",
            dependencies: ["Arguments", "Commands", "Diagnostics", "Files", "Flask", "JSON", "PolicyAnalysis", "PolicyCompiler", "PolicyReports", "Reports", "SourceFiles"],
            swiftSettings: strict, linkerSettings: standalone),
        .target(name: "TestSupport", dependencies: ["CLinux", "Flask"], path: "Tests/TestSupport", swiftSettings: tested),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: tested),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: tested),
        .testTarget(
            name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"], exclude: ["Goldens"], swiftSettings: tested),
        .testTarget(
            name: "DiagnosticPagesTests", dependencies: ["Diagnostics", "PolicyCompiler", "TestSupport"],
            swiftSettings: tested),
        .testTarget(
            name: "FlaskTests", dependencies: ["Flask", "TestSupport"] + (hasLibsepol ? ["Csepol"] : []), swiftSettings: tested,
            linkerSettings: hasLibsepol ? [.linkedLibrary(":libsepol.a")] : []),
        .testTarget(
            name: "HypervisorTests", dependencies: ["Flask", "Hypervisor", "TestSupport", "Threading"],
            swiftSettings: tested),
        .testTarget(
            name: "PolicyCompilerTests", dependencies: ["Diagnostics", "Flask", "PolicyCompiler", "Spelling", "TestSupport"],
            swiftSettings: tested),
        .testTarget(
            name: "PolicyAnalysisTests",
            dependencies: ["Diagnostics", "Flask", "PolicyAnalysis", "PolicyCompiler", "TestSupport"],
            swiftSettings: tested),
        .testTarget(
            name: "AuditAnalysisTests",
            dependencies: [
                "AuditAnalysis", "AuditLog", "AuditReports", "Diagnostics", "Flask", "PolicyAnalysis", "PolicyCompiler", "Reports", "TestSupport",
            ],
            swiftSettings: tested),
        .testTarget(
            name: "DMRestrictTests",
            dependencies: ["CLinux", "CSandbox", "DMRestrict", "Hypervisor", "JSON", "TestSupport"],
            swiftSettings: tested),
        .testTarget(
            name: "AuditLogTests", dependencies: ["AuditLog", "Files", "Flask", "LogFiles", "TestSupport"],
            exclude: ["Goldens"], swiftSettings: tested),
        .executableTarget(
            name: "audit-store-writer", dependencies: ["AuditLog", "AuditStore", "Files"], path: "Tests/AuditStoreWriter", swiftSettings: tested),
        .testTarget(
            name: "AuditStoreTests", dependencies: ["AuditLog", "AuditStore", "Csqlite", "Flask", "TestSupport", "audit-store-writer"],
            swiftSettings: tested),
        .testTarget(name: "PageServerTests", dependencies: ["PageServer", "TestSupport"], swiftSettings: tested),
        .testTarget(
            name: "AuditPagesTests", dependencies: ["AuditPages", "AuditStore", "PageServer", "TestSupport"], swiftSettings: tested),
        .testTarget(
            name: "AuditFleetTests",
            dependencies: ["AuditFleet", "AuditLog", "AuditPages", "AuditStore", "Flask", "PageServer", "TestSupport"], swiftSettings: tested),
        .testTarget(name: "XenStoreTests", dependencies: ["XenStore", "TestSupport"], swiftSettings: tested),
        .testTarget(
            name: "SchemaTests", dependencies: ["DMRestrict", "JSON", "TestSupport"],
            swiftSettings: tested),
        .testTarget(
            name: "CommandsTests", dependencies: ["TestSupport"], swiftSettings: tested),
        .testTarget(name: "CompileCommandTests", dependencies: ["TestSupport"], swiftSettings: tested),
        .testTarget(
            name: "HandbookTests", dependencies: ["TestSupport"], swiftSettings: tested),
        .testTarget(
            name: "PromisesTests", dependencies: ["Flask", "TestSupport"],
            swiftSettings: tested),
    ] + libsepol + benchmarks
)
