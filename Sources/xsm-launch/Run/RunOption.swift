import Arguments

/// An option of `xsm-launch run`.
enum RunOption: CommandOption {
    case directory, policy, release, strict, detach, log, name, memory, processors, label, deviceModelLabel, disk, cdrom, interface, serial, screen
    case memoryLimit, processorLimit, format, help

    var letter: Character? {
        switch self {
        case .directory: "d"
        case .policy: "p"
        case .help: "h"
        default: nil
        }
    }

    var name: String? {
        switch self {
        case .directory: "directory"
        case .policy: "policy"
        case .release: "xen-release"
        case .strict: "strict"
        case .detach: "detach"
        case .log: "log"
        case .name: "name"
        case .memory: "memory"
        case .processors: "vcpus"
        case .label: "seclabel"
        case .deviceModelLabel: "device-model-seclabel"
        case .disk: "disk"
        case .cdrom: "cdrom"
        case .interface: "vif"
        case .serial: "serial"
        case .screen: "vnc"
        case .memoryLimit: "device-model-memory-limit"
        case .processorLimit: "device-model-cpu-limit"
        case .format: "plan"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .directory: "DIR"
        case .policy: "POLICY"
        case .log: "FILE"
        case .release: "R"
        case .name: "NAME"
        case .memory: "MIB"
        case .processors: "N"
        case .label, .deviceModelLabel: "CONTEXT"
        case .disk, .interface: "SPEC"
        case .cdrom: "FILE|-"
        case .serial: "pty|file:PATH|null"
        case .screen: "ADDRESS:N|none"
        case .memoryLimit: "BYTES[K|M|G]"
        case .processorLimit: "PROCESSORS"
        case .format: "text|json"
        case .strict, .detach, .help: nil
        }
    }

    var help: String {
        switch self {
        case .directory: "where the hypervisor serves (/run/xsm-hypervisor)"
        case .policy: "where none serves, one is started with this policy, a binary or a source, and ends with its last guest"
        case .release: "the release of Xen that the policy is for (4.17)"
        case .strict: "a hypervisor that is started does right what Xen does wrong"
        case .detach: "leave the console alone: `attach` comes to it later"
        case .log: "what the device model says (/run/xsm-launch/NAME.log)"
        case .name: "the guest's name; this and what follows is as in a configuration, and comes before what that says"
        case .memory: "the guest's memory"
        case .processors: "the guest's processors (1)"
        case .label: "the guest's label"
        case .deviceModelLabel: "the device model is a domain of its own, with this label, whose target the guest is"
        case .disk: "a disk, as `format=raw,vdev=hda,access=rw,target=/images/a`; may be there again"
        case .cdrom: "a CD's drive, `hdc`, and what lies in it; `-` for nothing"
        case .interface: "a network interface, as `bridge=br0,model=e1000`; may be there again"
        case .serial: "where its first serial port leads: `pty` is the console (pty)"
        case .screen: "where its screen is seen by VNC (127.0.0.1, the first free number)"
        case .memoryLimit: "what the device model may have of the host's memory, by a control group of its own"
        case .processorLimit: "and of its processors' time, as 0.5 for half of one's"
        case .format: "only say how QEMU would be run, as domain 1's, and what would be opened for it"
        case .help: "print this"
        }
    }
}
