import Arguments

/// An option of `xsm-launch exec` and `xsm-launch plan`.
enum LaunchOption: CommandOption {
    case name, user, bind, environment, profile, refusal, group, memoryLimit, processorLimit, processLimit, deviceLimit, label, waive, verify, tell, format, help

    var name: String? {
        switch self {
        case .name: "name"
        case .user: "user"
        case .bind: "bind"
        case .environment: "env"
        case .profile: "profile"
        case .refusal: "on-refusal"
        case .group: "cgroup"
        case .memoryLimit: "memory-limit"
        case .processorLimit: "cpu-limit"
        case .processLimit: "pids-limit"
        case .deviceLimit: "devices-limit"
        case .label: "label"
        case .waive: "waive"
        case .verify: "verify"
        case .tell: "tell"
        case .format: "format"
        case .help: "help"
        }
    }

    var value: String? {
        switch self {
        case .name: "NAME"
        case .format: "text|json"
        case .user: "UID:GID"
        case .bind: "PATH[=TARGET][:FLAGS]"
        case .environment: "NAME=VALUE"
        case .profile: "FILE"
        case .refusal: "kill|error|log"
        case .group: "DIR"
        case .memoryLimit: "BYTES[K|M|G]"
        case .processorLimit: "PROCESSORS"
        case .processLimit: "N"
        case .label: "CONTEXT"
        case .waive: "STEP=REASON"
        case .deviceLimit, .verify, .tell, .help: nil
        }
    }

    var help: String {
        switch self {
        case .name: "the program's name among those of this host, by which others find it; without one it is not in `list`"
        case .user: "the user and the group that the program becomes; numbers, and never 0"
        case .bind: "a file or folder of the host that the program sees, by FLAGS: w may write, x may run, d is a device"
        case .environment: "a variable of the program's environment; of the launcher's it has none"
        case .profile: "the system calls that the program may make: a file, or the name of a profile that is installed"
        case .refusal: "what a system call does that the profile does not have (kill); `log` restricts none"
        case .group: "a control group's folder, into which it is put"
        case .memoryLimit: "the most memory that the program has, and nothing on disk for it, by a control group of its own"
        case .processorLimit: "the most of the processors' time that the program has, as 0.5 for half of one's, likewise"
        case .processLimit: "the most processes and threads that the program has at once, likewise"
        case .deviceLimit: "the program opens no devices but those that it sees by `--bind` with `d`, likewise"
        case .label: "the label of SELinux's that the program runs with, as `system_u:system_r:xsm_device_model_t:s0:c1,c2`"
        case .waive: "leave a step out; the reason stands in every report"
        case .verify: "audit the process before it goes on, and end it on any difference"
        case .tell: "audit the process likewise, and say on standard error what was found, layer by layer"
        case .format: "how `plan`, and only that, is told (text)"
        case .help: "print this"
        }
    }
}
