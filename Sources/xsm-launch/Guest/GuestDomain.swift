import Commands
import DMRestrict
import Files
import Hypervisor
import XenStore

/// A guest as far as a tool stack makes one: a domain with memory and processors, what XenStore has of it, and the domain of its device
/// model where that is not dom0.
final class GuestDomain {
    private let toolstack: RemoteToolstack
    private let store: StoreClient
    let number: UInt16
    /// Whose the device model's operations are.
    private(set) var deviceModel: UInt16 = 0
    /// MiB of its memory that are not its screen's.
    let memory: Int

    /// Where a guest's memory below 4 GiB ends, in frames (Xen, xen/include/public/hvm/e820.h: `HVM_BELOW_4G_RAM_END`).
    private static let lowEnd: UInt64 = 0xf_0000
    private static let fourGigabytes: UInt64 = 0x10_0000
    /// Where a PC has its video memory and firmware, and a guest no memory before they are made.
    private static let hole: Range<UInt64> = 0xa0..<0xc0

    init(_ configuration: DomainConfiguration, on hypervisor: EmbeddedHypervisor) throws(CommandFailure) {
        toolstack = hypervisor.toolstack
        let screen = DeviceModelArguments.videoMemory(of: configuration.display)
        memory = (configuration.memory ?? 128) - screen
        guard memory > 1 else { throw CommandFailure("`memory` is \(configuration.memory ?? 128) MiB, of which the screen has \(screen): give it more") }
        do throws(StoreClient.Failure) {
            store = try StoreClient(at: hypervisor.store(of: 0))
        } catch {
            throw CommandFailure("XenStore cannot be reached: \(error.text)")
        }
        number = try hypervisor.toolstack.create(
            configuration.buildLabel ?? configuration.label, isHVM: true, configuration.maximumProcessors ?? configuration.processors ?? 1,
            handle: Self.bytes(configuration.uuid))
        do throws(CommandFailure) {
            try fill(configuration, screen: screen)
            try write(configuration)
            if let label = configuration.deviceModel.stubDomainLabel { try makeDeviceModel(label, configuration.name) }
        } catch {
            destroy()
            throw error
        }
    }

    /// A UUID's sixteen bytes.
    private static func bytes(_ uuid: String?) -> [UInt8] {
        let digits = (uuid ?? "").utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue.map { UInt8($0) } }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private func fill(_ configuration: DomainConfiguration, screen: Int) throws(CommandFailure) {
        do throws(RemoteToolstack.Failure) {
            // One more for what Xen counts besides, as libxl has it (`LIBXL_MAXMEM_CONSTANT`).
            let most = max(configuration.maximumMemory ?? 0, memory + screen) + 1
            try toolstack.setMaximumMemory(of: number, kibibytes: UInt64(most) << 10)
            let frames = UInt64(memory) << 8
            let low = min(frames, Self.lowEnd)
            try toolstack.populate(number, 0..<min(low, Self.hole.lowerBound))
            if low > Self.hole.upperBound { try toolstack.populate(number, Self.hole.upperBound..<low) }
            if frames > low { try toolstack.populate(number, Self.fourGigabytes..<Self.fourGigabytes + frames - low) }
            if let built = configuration.buildLabel, let label = configuration.label, built != label {
                try toolstack.relabel(number, to: try toolstack.identifier(of: label))
            }
        } catch {
            throw CommandFailure("the guest is not made: \(error.text)")
        }
    }

    /// What Xen's tools and QEMU look for (Xen, docs/misc/xenstore-paths.pandoc).
    private func write(_ configuration: DomainConfiguration) throws(CommandFailure) {
        let home = "/local/domain/\(number)"
        do throws(StoreClient.Failure) {
            try store.makeDirectory(home)
            try store.setPermissions(home, ["n0", "r\(number)"])
            try store.write(home + "/name", configuration.name)
            try store.write(home + "/domid", "\(number)")
            try store.write(home + "/memory/static-max", "\((configuration.maximumMemory ?? configuration.memory ?? 128) << 10)")
            try store.write(home + "/memory/target", "\(memory << 10)")
            try store.write(home + "/platform/device-model", "qemu_xen")
            try store.makeDirectory(home + "/device")
            try store.makeDirectory(home + "/control")
            // What a guest itself writes.
            for folder in ["/data", "/drivers", "/feature", "/attr", "/error"] {
                try store.makeDirectory(home + folder)
                try store.setPermissions(home + folder, ["n\(number)"])
            }
            try store.makeDirectory("/local/domain/0/device-model/\(number)")
            try store.introduce(number)
        } catch {
            throw CommandFailure("XenStore does not take what there is to know of the guest: \(error.text)")
        }
    }

    /// A domain for the device model, which acts on this guest and on no other (`XEN_DOMCTL_set_target`).
    private func makeDeviceModel(_ label: String, _ name: String) throws(CommandFailure) {
        deviceModel = try toolstack.create(label, isHVM: false, 1)
        let home = "/local/domain/\(deviceModel)"
        do throws(RemoteToolstack.Failure) {
            try toolstack.setTarget(of: deviceModel, to: number)
        } catch {
            throw CommandFailure("there is no domain for the device model: \(error.text)")
        }
        do throws(StoreClient.Failure) {
            try store.makeDirectory(home)
            try store.setPermissions(home, ["n0", "r\(deviceModel)"])
            try store.write(home + "/name", name + "-dm")
            try store.write(home + "/domid", "\(deviceModel)")
            try store.write(home + "/target", "\(number)")
            try store.makeDirectory(home + "/device-model/\(number)")
            try store.setPermissions(home + "/device-model", ["n\(deviceModel)"])
            try store.setPermissions(home + "/device-model/\(number)", ["n\(deviceModel)"])
            try store.introduce(deviceModel)
            try store.setTarget(of: deviceModel, to: number)
        } catch {
            throw CommandFailure("XenStore does not take what there is to know of the device model's domain: \(error.text)")
        }
    }

    func unpause() throws(CommandFailure) {
        do throws(RemoteToolstack.Failure) {
            try toolstack.unpause(number)
        } catch {
            throw CommandFailure("the guest is not let go: \(error.text)")
        }
    }

    /// Why it has shut down; nil while it has not.
    var shutdown: GuestShutdown? {
        guard let state = try? toolstack.state(of: number) else { return .destroyed }
        return state.isShutDown ? GuestShutdown(reason: state.shutdownReason) : nil
    }

    /// Ends it and its device model's domain, and has XenStore forget them.
    func destroy() {
        for domain in [number, deviceModel] where domain != 0 {
            try? toolstack.destroy(domain)
            try? store.remove("/local/domain/\(domain)")
        }
        try? store.remove("/local/domain/0/device-model/\(number)")
    }
}
