import Flask

@testable import Hypervisor

/// `grant_table_op` and `hvm_op` by dom0 on a guest of type `guest`, number 1. A denial of the first is a status, -8.
enum GrantCases {
    typealias Need = PermissionCase.Need

    private static func onGuest(
        _ name: String, _ needs: [Need], prepare: @escaping @Sendable (Lab) throws -> Void = { _ in },
        _ run: @escaping @Sendable (Lab) throws -> Int64
    ) -> PermissionCase {
        PermissionCase(
            name: name, needs: needs,
            prepare: { lab in
                try lab.createDomainWithMemory()
                lab.grant(9, of: 1, to: 0, frame: 5)
                try prepare(lab)
            }, run: run, succeeds: { $0 == 0 })
    }

    private static func grant(_ permissions: String..., error: Int64 = -8) -> [Need] {
        permissions.map { Need("dom0", "guest", "grant", $0, for: "source=d0 target=d1", error: error) }
    }

    private static func hvm(_ permissions: String...) -> [Need] {
        permissions.map { Need("dom0", "guest", "hvm", $0, for: "source=d0 target=d1") }
    }

    private static func status(_ result: Int64, _ lab: Lab, _ size: Int, at offset: Int) -> Int64 {
        result == 0 ? Int64(Int16(bitPattern: lab.answer(size).word16(at: offset))) : result
    }

    static let all: [PermissionCase] = [
        onGuest("grant_table_op: map_grant_ref, to read", grant("map_read")) { lab in
            if case .failure(let status) = lab.mapGrant(9, of: 1, flags: [.host, .readOnly]) { return Int64(status.rawValue) }
            return 0
        },
        onGuest(
            "grant_table_op: map_grant_ref",
            [Need("dom0", "guest", "grant", "map_read", "map_write", for: "source=d0 target=d1", error: -8)]
        ) { lab in
            if case .failure(let status) = lab.mapGrant(9, of: 1) { return Int64(status.rawValue) }
            return 0
        },
        onGuest("grant_table_op: unmap_grant_ref", grant("unmap"), prepare: { _ = $0.mapGrant(9, of: 1) }) { $0.unmapGrant(0) },
        onGuest("grant_table_op: setup_table", grant("setup")) { lab in
            var call = ABIStructure(size: 24)
            call.set(1 as UInt16, at: 0)
            call.set(2 as UInt32, at: 4)
            call.set(Lab.buffer, at: 16)
            return status(lab.grantOp(.setUp, call), lab, 24, at: 8)
        },
        onGuest("grant_table_op: query_size", grant("query")) { lab in
            var call = ABIStructure(size: 16)
            call.set(1 as UInt16, at: 0)
            return status(lab.grantOp(.querySize, call), lab, 16, at: 12)
        },
        onGuest("grant_table_op: get_version", grant("query", error: -13)) { lab in
            var call = ABIStructure(size: 8)
            call.set(1 as UInt16, at: 0)
            return lab.grantOp(.getVersion, call)
        },
        onGuest(
            "grant_table_op: copy", [Need("guest", "guest_self", "grant", "copy", for: "source=d1", error: -8)],
            prepare: { $0.grant(10, of: 1, to: 0, frame: 6) }
        ) { $0.copyGrant(from: (1, 9, true, 0), to: (1, 10, true, 0), length: 16) },
        onGuest(
            "grant_table_op: transfer", grant("transfer"),
            prepare: { lab in
                lab.grant(11, of: 1, to: 0, frame: 900, flags: GrantEntry.acceptTransfer)
                lab.change(0) { $0.maximumPages += 8 }
                lab.putNumbers(lab.takeFrames(Lab.caller, 1), at: Lab.buffer)
            }
        ) { lab in
            var call = ABIStructure(size: 24)
            call.set(lab.numbers(1)[0], at: 0)
            call.set(1 as UInt16, at: 8)
            call.set(11 as UInt32, at: 12)
            return status(lab.grantOp(.transfer, call), lab, 24, at: 16)
        },
        onGuest("hvm_op: set_param", hvm("setparam")) { $0.hvmParameter(.setParameter, 1, 1, 77) },
        onGuest("hvm_op: get_param", hvm("getparam")) { $0.hvmParameter(.getParameter, 1, 1) },
        onGuest("hvm_op: set_param of alternate views", hvm("setparam", "altp2mhvm")) { $0.hvmParameter(.setParameter, 1, 35, 2) },
        onGuest("hvm_op: get_mem_type", hvm("hvmctl")) { lab in
            var call = ABIStructure(size: 16)
            call.set(1 as UInt16, at: 0)
            call.set(5 as UInt64, at: 8)
            _ = lab.memory.write(call.bytes, at: Lab.argument)
            return lab.call(.hvm, [HVMCommand.getMemoryType.rawValue, Lab.argument])
        },
        onGuest("hvm_op: altp2m", hvm("altp2mhvm_op"), prepare: { _ = $0.hvmParameter(.setParameter, 1, 35, 2) }) {
            $0.alternateViews(.setState, 1) { $0.set(1 as UInt8, at: 16) }
        },
    ]
}
