/// The names that xl 4.17 knows (Xen, tools/xl/xl_parse.c at RELEASE-4.17.0; docs/man/xl.cfg.5.pod.in).
enum ConfigurationKeys {
    /// Those that ``DomainConfiguration`` holds.
    static let read: Set<String> = [
        "name", "uuid", "type", "builder", "memory", "maxmem", "vcpus", "maxvcpus", "seclabel", "init_seclabel", "disk",
        "vif", "kernel", "ramdisk", "cmdline", "root", "extra", "vga", "stdvga", "videoram", "vnc", "vnclisten", "vncdisplay",
        "vncunused", "vncpasswd", "sdl", "keymap", "serial", "boot", "usb", "usbversion", "usbdevice", "soundhw",
        "dm_restrict", "device_model_version", "device_model_override", "device_model_user", "device_model_args",
        "device_model_args_hvm", "device_model_args_pv", "device_model_stubdomain_override",
        "device_model_stubdomain_seclabel",
    ]

    /// Those that change what a device model is told or does, and are not looked at here.
    static let ofDeviceModel: Set<String> = [
        "acpi", "apic", "channel", "display", "gfx_passthru", "hdtype", "localtime", "nographic", "opengl", "p9", "pci",
        "pci_msitranslate", "pci_permissive", "pci_power_mgmt", "pci_seize", "rdm", "rdm_mem_boundary", "rtc_timeoffset",
        "spice", "spice_clipboard_sharing", "spice_image_compression", "spice_streaming_video", "spiceagent_mouse",
        "spicedisable_ticketing", "spicehost", "spicepasswd", "spiceport", "spicetls_port", "spiceusbredirection",
        "spicevdagent", "stubdomain_cmdline", "stubdomain_kernel", "stubdomain_memory", "stubdomain_ramdisk", "usbctrl",
        "usbdev", "vendor_device", "vfb", "vkb", "vkb_device", "xauthority", "xen_platform_pci",
    ]

    /// Those that are the tool stack's or the hypervisor's.
    static let others: Set<String> = [
        "acpi_firmware", "acpi_laptop_slate", "acpi_s3", "acpi_s4", "altp2m", "altp2mhvm", "bios", "bios_path_override",
        "bootloader", "bootloader_args", "cap", "cpu_weight", "cpuid", "cpus", "cpus_soft", "device_model", "device_tree",
        "driver_domain", "dtdev", "e820_host", "extratime", "firmware", "firmware_override", "gic_version", "hap", "hpet",
        "iomem", "ioports", "irqs", "latency", "max_event_channels", "max_grant_frames", "max_grant_version",
        "max_maptrack_frames", "mca_caps", "mmio_hole", "ms_vm_genid", "msr_relaxed", "nestedhvm", "nomigrate", "nx",
        "on_crash", "on_poweroff", "on_reboot", "on_soft_reset", "on_watchdog", "oos", "pae", "passthrough", "period", "pool",
        "pvcalls", "pvshim", "pvshim_cmdline", "pvshim_extra", "pvshim_path", "shadow_memory", "slice", "smbios_firmware",
        "tee", "timer_mode", "tsc_mode", "vdispl", "vif2", "viridian", "vmtrace_buf_kb", "vncviewer", "vnuma", "vpmu",
        "vpt_align", "vsnd", "vtpm", "vuart", "xend_suspend_evtchn_compat",
    ]
}
