import Commands
import Hypervisor

extension RemoteToolstack {
    /// Creates a domain with a label; where there is no policy it needs none.
    func create(_ label: String?, isHVM: Bool, _ processors: Int, handle: [UInt8] = []) throws(CommandFailure) -> UInt16 {
        var number: UInt32 = 0
        do throws(Failure) {
            number = try identifier(of: label ?? "")
        } catch {
            let hasPolicy = error.number != Self.noPolicy
            if hasPolicy, label == nil { throw CommandFailure("say what the guest's label is: `seclabel`, as `system_u:system_r:domU_t`") }
            if let label { throw CommandFailure(hasPolicy ? "the policy has no label `\(label)`" : "there is no policy, and so no label `\(label)`") }
        }
        do throws(Failure) {
            return try createDomain(label: number, isHVM: isHVM, processors: UInt32(processors), handle: handle)
        } catch {
            throw CommandFailure("a domain\(label.map { " `\($0)`" } ?? "") is not made: \(error.text)")
        }
    }

    /// ENOSYS: what is asked of a policy where there is none.
    private static let noPolicy: Int32 = 38
}
