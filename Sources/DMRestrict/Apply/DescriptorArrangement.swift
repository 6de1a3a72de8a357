/// The descriptors that a device model gets, and the one by which its launcher hears of failures.
struct DescriptorArrangement {
    let passed: PassedDescriptors
    /// Where failures are told; its number changes when descriptors are arranged, and exec closes it.
    var report: Int32
    /// The folder of this process's labels, which is opened while there is a `/proc`; or an error number with its sign turned.
    var labels: Int32 = -9

    /// Has those that are kept stand at their numbers, and closes all others.
    mutating func arrange(_ kept: [KeptDescriptor]) throws(StepFailure) {
        let kept = kept.sorted { $0.number < $1.number }
        var sources: [Int32] = []
        for descriptor in kept {
            guard let source = passed[descriptor.number] else {
                throw StepFailure(call: "dup2", number: 9, object: "\(descriptor.number), \(descriptor.purpose)")
            }
            sources.append(source)
        }
        report = try Kernel.arrange(sources, at: kept.map(\.number), keeping: report)
    }
}
