import Diagnostics
import Flask
import JSON
import PolicyAnalysis
import PolicyReports
import Reports

/// How `xsm-policy label` tells what labels devices: lines that can be pasted into a policy's `device_contexts`, the rest as comments.
struct LabelReport: Report {
    /// What belongs together: one device, or all that a PCI device has.
    struct Section {
        let listed: ListedDevice?
        let devices: [Device]
        let remarks: [String]
        /// For each what it has in the policy that is asked.
        var stretches: [[LabelledStretch]]?

        init(_ device: Device) {
            listed = nil
            devices = [device]
            remarks = device.remarks
        }

        init(_ labels: DeviceLabels) {
            listed = labels.device
            devices = labels.labelled
            remarks = labels.remarks
        }
    }

    /// The context to label with; nil leaves a place for one.
    let label: String?
    /// As which release a policy was searched.
    let release: XenRelease?
    let sections: [Section]
    /// Devices that only Linux can name.
    let unnumbered: [String]

    private static let placeholder = "CONTEXT"

    private func statement(_ device: Device) -> [UInt8] { device.statement(context: Array((label ?? Self.placeholder).utf8)) }

    // MARK: Text

    func write(_ text: inout AnswerText) {
        for (place, section) in sections.enumerated() {
            if place > 0 { text.endLine() }
            if let listed = section.listed {
                text.append("# \(listed.address) ")
                text.append(listed.title)
                text.endLine()
            }
            for (index, device) in section.devices.enumerated() {
                if section.listed == nil { text.line("# \(device.description)") }
                text.append(statement(device))
                text.endLine()
                for stretch in section.stretches?[index] ?? [] { write(stretch, &text) }
            }
            for remark in section.remarks { text.line("# \(remark)") }
        }
        for name in unnumbered {
            text.line("# \(name) has a domain above ffff, which only Linux knows: Xen has no number for it")
        }
        if label == nil, !sections.isEmpty {
            text.line("# for CONTEXT write the label, such as system_u:object_r:nic_dev_t, or say it with --type or --context")
        }
    }

    private func write(_ stretch: LabelledStretch, _ text: inout AnswerText) {
        text.append("#   in the policy")
        if let range = stretch.range { text.append(" \(Self.text(range))") }
        text.append(" it has ")
        if let context = stretch.context { text.append(context) } else { text.append("no context, and is as `unlabeled`") }
        switch stretch.origin {
        case .statement(let entry):
            text.append(", by ")
            text.append(entry.text)
            if let place = entry.places?.first { text.append(", \(place.location.file):\(place.location.line)") }
        case .initialSID(let name): text.append(": no statement is about it, and that of the initial SID `\(name)` holds")
        }
        text.endLine()
    }

    static func text(_ range: ClosedRange<UInt64>) -> String {
        let (low, high) = (String(range.lowerBound, radix: 16), String(range.upperBound, radix: 16))
        return low == high ? "0x\(low)" : "0x\(low)-0x\(high)"
    }

    // MARK: JSON

    func write(_ json: inout JSONWriter) {
        json.object { json in
            json.member("version", 1)
            json.member("context", label)
            json.member("release", release?.description)
            json.member("devices", array: { json in
                for section in sections { json.object { write(section, &$0) } }
            })
            json.member("unnumbered", array: { json in
                for name in unnumbered { json.value(name) }
            })
        }
    }

    private func write(_ section: Section, _ json: inout JSONWriter) {
        json.member("address", section.listed?.address.description)
        json.member("title", section.listed?.title[...])
        json.member("labels", array: { json in
            for (index, device) in section.devices.enumerated() {
                json.object { json in
                    json.member("kind", device.kind.rawValue)
                    json.member("device", device.description)
                    Self.write(device, &json)
                    json.member("statement", statement(device)[...])
                    json.key("inPolicy")
                    guard let stretches = section.stretches?[index] else { return json.null() }
                    json.array { json in
                        for stretch in stretches { json.object { Self.write(stretch, &$0) } }
                    }
                }
            }
        })
        json.member("remarks", array: { json in
            for remark in section.remarks { json.value(remark) }
        })
    }

    /// The parts of a device. Frames are strings: numbers of JSON have 53 bits for many readers.
    static func write(_ device: Device, _ json: inout JSONWriter) {
        func range(_ low: String, _ high: String, _ range: ClosedRange<UInt64>) {
            json.member(low, "0x" + String(range.lowerBound, radix: 16))
            json.member(high, "0x" + String(range.upperBound, radix: 16))
        }
        switch device {
        case .pci(let address):
            json.member("number", Int(address.number))
            json.member("address", address.description)
        case .memory(let pages):
            range("low", "high", pages.frames)
            range("firstByte", "lastByte", pages.allBytes)
        case .ports(let ports): range("low", "high", UInt64(ports.lowerBound)...UInt64(ports.upperBound))
        case .interrupt(let number): json.member("number", Int(number))
        case .node(let path): json.member("path", path.description)
        }
    }

    private static func write(_ stretch: LabelledStretch, _ json: inout JSONWriter) {
        if let range = stretch.range {
            json.member("low", "0x" + String(range.lowerBound, radix: 16))
            json.member("high", "0x" + String(range.upperBound, radix: 16))
        }
        json.member("context", stretch.context?[...])
        switch stretch.origin {
        case .statement(let entry):
            json.member("initialSid", nil as String?)
            json.member("statement", entry.text[...])
            StatementReport.write(entry.places, &json)
        case .initialSID(let name):
            json.member("initialSid", name)
            json.member("statement", nil as String?)
            json.member("places", nil as String?)
        }
    }
}
