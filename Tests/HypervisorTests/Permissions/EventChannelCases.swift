import Flask

@testable import Hypervisor

/// `event_channel_op`, by dom0 and by a guest of type `guest`, number 1. A channel's type is `channel`.
enum EventChannelCases {
    static let all: [PermissionCase] = [
        PermissionCase(
            name: "event_channel_op: alloc_unbound",
            needs: [
                .init("dom0", "channel", "event", "create", for: "current=d0", isObject: true),
                .init("channel", "guest", "event", "bind", for: "current=d0", isObjectSource: true),
            ],
            prepare: { try $0.createDomain() }, run: { $0.unbound(remote: 1) }),
        PermissionCase(
            name: "event_channel_op: alloc_unbound, for another",
            needs: [
                .init("dom0", "channel", "event", "create", for: "current=d0", isObject: true),
                .init("channel", "other", "event", "bind", for: "current=d0", isObjectSource: true),
            ],
            prepare: {
                try $0.createDomain()
                try $0.createDomain("other")
            }, run: { $0.unbound(1, remote: 2) }),
        // Both ends are dom0's: what is asked about the one end is what is asked about the other.
        PermissionCase(
            name: "event_channel_op: bind_interdomain",
            needs: [
                .init("dom0", "channel", "event", "create", for: "source=d0", isObject: true),
                .init("channel", "dom0", "event", "bind", for: "source=d0", isObjectSource: true),
            ],
            prepare: { _ = $0.unbound(remote: Lab.own) }, run: { $0.bind(remote: Lab.own, 1) }),
        PermissionCase(
            name: "event_channel_op: send",
            needs: [.init("dom0", "channel", "event", "send", for: "current=d0", isObject: true)],
            prepare: {
                try $0.createDomain()
                _ = $0.unbound(remote: 1)
                _ = $0.bind(remote: 0, 1, as: 1)
            }, run: { $0.send(1) }),
        PermissionCase(
            name: "event_channel_op: status",
            needs: [.init("dom0", "channel", "event", "status", for: "current=d0", isObject: true)],
            prepare: {
                try $0.createDomain()
                _ = $0.unbound(remote: 1)
            }, run: { $0.status(1) == nil ? -13 : 0 }),
        // It is the owner of the port who is to have the permission.
        PermissionCase(
            name: "event_channel_op: status, of another's",
            needs: [.init("guest", "channel", "event", "status", for: "current=d0", isObject: true)],
            prepare: {
                try $0.createDomain()
                _ = $0.unbound(remote: 0, as: 1)
            }, run: { $0.status(1, of: 1) == nil ? -13 : 0 }),
        PermissionCase(
            name: "event_channel_op: reset", needs: [.init("guest", "guest_self", "event", "reset", for: "source=d1")],
            prepare: { try $0.createDomain() }, run: { $0.event(.reset, as: 1) { $0.set(Lab.own, at: 0) } }),
        PermissionCase(
            name: "event_channel_op: reset, of another",
            needs: [.init("dom0", "guest", "event", "reset", for: "source=d0 target=d1")],
            prepare: {
                try $0.createDomain()
                _ = $0.domctl(.pauseDomain, 1)
            }, run: { $0.event(.reset) { $0.set(1 as UInt16, at: 0) } }),
    ]
}
