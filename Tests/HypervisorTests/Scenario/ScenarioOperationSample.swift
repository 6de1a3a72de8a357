/// Every operation of scenarios once or more, under a policy that allows everything, on a machine with argo and counters.
enum ScenarioOperationSample {
    static let commandLine = "argo=1,mac-permissive=1 vpmu"

    static let text = """
        domain guest  system_u:system_r:guest hvm iommu
        domain other  system_u:system_r:other hvm
        domain para   system_u:system_r:guest
        domain stub   system_u:system_r:stubdomain hvm
        domain model  system_u:system_r:stubdomain
        domain giver  system_u:system_r:other
        domain gone   system_u:system_r:other hvm
        serves model para

        # Domains
        dom0: createdomain system_u:system_r:guest => allowed as made
        dom0: getdomaininfo made => allowed
        dom0: destroydomain made => allowed
        dom0: pausedomain guest => allowed
        dom0: setvcpucontext guest => allowed
        dom0: getvcpucontext guest => allowed
        dom0: gdbsx_pausevcpu guest => allowed
        dom0: gdbsx_unpausevcpu guest => allowed
        dom0: gdbsx_domstatus guest => allowed
        dom0: gdbsx_guestmemio guest => allowed
        dom0: unpausedomain guest => allowed
        dom0: resumedomain guest => allowed
        dom0: schedop_remote_shutdown gone => allowed
        dom0: pausedomain gone => allowed
        dom0: soft_reset gone => allowed
        dom0: unpausedomain gone => allowed
        dom0: set_target stub guest => allowed
        dom0: relabel gone system_u:system_r:guest => allowed
        dom0: max_mem guest 65536 => allowed
        dom0: setdomainhandle guest => allowed
        dom0: settimeoffset guest => allowed
        dom0: setdebugging guest => allowed
        dom0: sendtrigger guest => allowed
        dom0: hypercall_init guest 3 => allowed
        dom0: gettscinfo guest => allowed
        dom0: settscinfo guest => allowed
        dom0: get_cpu_policy guest => allowed
        dom0: set_cpu_policy guest => fails EEXIST
        dom0: psr_cmt_op guest => fails ENODEV
        dom0: psr_alloc guest => fails ENODEV
        dom0: setvnumainfo guest => fails EINVAL
        dom0: set_virq_handler guest 3 => allowed
        dom0: subscribe guest => allowed
        dom0: shadow_op guest enable_logdirty => allowed
        dom0: shadow_op guest get_allocation => allowed
        dom0: shadow_op guest off => allowed
        dom0: get_paging_mempool_size guest => allowed
        dom0: set_paging_mempool_size guest => allowed
        dom0: gethvmcontext guest => allowed
        dom0: sethvmcontext guest => fails EPERM
        dom0: set_address_size para 64 => allowed
        dom0: get_address_size para => allowed
        dom0: audit_p2m guest => allowed
        dom0: cacheflush guest => fails ENOSYS
        dom0: set_access_required guest => allowed
        dom0: hvm_set_param guest 28 5 => allowed
        dom0: vm_event_op guest => allowed
        dom0: monitor_op guest => allowed
        dom0: debug_op guest => allowed
        dom0: vmtrace_op guest => fails EINVAL

        # Virtual processors
        dom0: max_vcpus guest 1 => allowed
        dom0: getvcpuinfo guest => allowed
        dom0: set_ext_vcpucontext guest => allowed
        dom0: get_ext_vcpucontext guest => allowed
        dom0: setvcpuextstate guest => allowed
        dom0: getvcpuextstate guest => allowed
        dom0: set_vcpu_msrs para => allowed
        dom0: get_vcpu_msrs para => allowed
        dom0: setvcpuaffinity guest => allowed
        dom0: getvcpuaffinity guest => allowed
        dom0: setnodeaffinity guest => allowed
        dom0: getnodeaffinity guest => allowed
        dom0: scheduler_op guest getinfo => allowed
        dom0: scheduler_op guest putinfo => allowed

        # Memory
        dom0: populate_physmap guest 100 4 => allowed
        dom0: decrease_reservation guest 102 2 => allowed
        dom0: increase_reservation para => allowed
        dom0: current_reservation guest => allowed
        dom0: maximum_reservation guest => allowed
        dom0: maximum_gpfn guest => allowed
        dom0: add_to_physmap guest 500 => allowed
        dom0: remove_from_physmap guest 101 => allowed
        dom0: foreign_map guest 1 read => allowed
        dom0: foreign_map guest 1 => allowed
        dom0: acquire_resource guest grant_table => allowed
        dom0: set_memory_map guest => allowed
        dom0: machine_memory_map => allowed
        dom0: exchange para => allowed
        dom0: claim_pages guest 100 => allowed
        dom0: get_vnumainfo guest => fails EOPNOTSUPP
        dom0: get_pod_target guest => allowed
        dom0: set_pod_target guest 100 => allowed
        dom0: access_op guest 2 => allowed
        dom0: paging_op guest => fails ENODEV
        dom0: sharing_nominate stub 7 => allowed
        dom0: sharing_nominate other 7 => allowed
        dom0: sharing_share stub other => fails EOPNOTSUPP
        dom0: mem_sharing_op guest => allowed
        dom0: getpageframeinfo3 guest 3 => allowed

        # Page tables
        dom0: mmu_update para => allowed
        dom0: mmu_update para para => allowed
        dom0: mmu_update_target model para => allowed
        dom0: mmu_machphys_update para => allowed
        dom0: mmuext_pin para => allowed
        dom0: update_va_mapping_otherdomain guest 5 => allowed

        # Event channels
        dom0: evtchn_alloc_unbound guest => allowed as port
        guest: evtchn_bind_interdomain dom0 port => allowed as bound
        guest: evtchn_send bound => allowed
        guest: evtchn_status bound => allowed
        dom0: evtchn_status bound guest => allowed
        guest: evtchn_close bound => allowed
        guest: evtchn_bind_virq 1 => allowed as virq
        guest: evtchn_bind_ipi => allowed as ipi
        other: evtchn_reset => allowed
        dom0: pausedomain other => allowed
        dom0: evtchn_reset other => allowed

        # Grants
        guest: gnttab_grant_access other 3 => allowed as page
        guest: gnttab_grant_access other 4 read => allowed as readable
        other: gnttab_map_grant_ref guest page => allowed as mapping
        other: gnttab_unmap_grant_ref mapping => allowed
        other: gnttab_map_grant_ref guest readable read => allowed
        other: gnttab_copy guest page => allowed
        dom0: gnttab_setup_table guest => allowed
        dom0: gnttab_query_size guest => allowed
        dom0: gnttab_get_version guest => allowed
        guest: gnttab_accept_transfer giver 900 => allowed as slot
        giver: gnttab_transfer guest slot => allowed

        # Device models
        dom0: create_ioreq_server guest => allowed as server
        dom0: get_ioreq_server_info guest server => allowed
        dom0: map_io_range_to_ioreq_server guest server port 0x3f8-0x3ff => allowed
        dom0: unmap_io_range_from_ioreq_server guest server port 0x3f8-0x3ff => allowed
        dom0: map_mem_type_to_ioreq_server guest server => allowed
        dom0: set_ioreq_server_state guest server on => allowed
        dom0: destroy_ioreq_server guest server => allowed
        dom0: track_dirty_vram guest 1 => allowed
        dom0: set_pci_intx_level guest => allowed
        dom0: set_isa_irq_level guest 4 => allowed
        dom0: set_pci_link_route guest 1 5 => allowed
        dom0: modified_memory guest 1 => allowed
        dom0: set_mem_type guest 1 => allowed
        dom0: inject_event guest => allowed
        dom0: inject_msi guest => allowed
        dom0: relocate_memory guest 8 200 => allowed
        dom0: pin_memory_cacheattr guest 0x1-0x2 => allowed
        dom0: set_irq_level guest => fails EOPNOTSUPP
        dom0: nr_vcpus guest => allowed
        dom0: remote_shutdown gone => allowed

        # Hardware virtual machines
        dom0: hvm_set_param guest 1 77 => allowed
        dom0: hvm_get_param guest 1 => allowed as value
        dom0: hvm_set_param guest 35 2 => allowed
        dom0: hvm_get_mem_type guest 5 => allowed
        dom0: altp2m_set_domain_state guest on => allowed
        dom0: altp2m_get_domain_state guest => allowed
        dom0: altp2m_create_p2m guest => allowed as view
        dom0: altp2m_set_mem_access guest view 2 => allowed
        dom0: altp2m_change_gfn guest view 2 3 => allowed
        dom0: altp2m_switch_p2m guest view => allowed
        dom0: altp2m_switch_p2m guest 0 => allowed
        dom0: altp2m_destroy_p2m guest view => allowed
        dom0: altp2m_vcpu_enable_notify guest 2 => allowed

        # Devices
        dom0: irq_permission guest 5 add => allowed
        dom0: irq_permission guest 5 remove => allowed
        dom0: iomem_permission guest 0xfee00-0xfee0f add => allowed
        dom0: memory_mapping guest 0xfee00 add => allowed
        dom0: memory_mapping guest 0xfee00 remove => allowed
        dom0: iomem_permission guest 0xfee00-0xfee0f remove => allowed
        dom0: ioport_permission guest 0x3f8-0x3ff add => allowed
        dom0: ioport_permission guest 0x3f8-0x3ff remove => allowed
        dom0: ioport_mapping guest 0x60 add => allowed
        dom0: ioport_mapping guest 0x60 remove => allowed
        dom0: pci_device_add 0000:01:00.0 => allowed
        dom0: manage_pci_add 02:00.0 => allowed
        dom0: manage_pci_add_ext 03:00.0 => allowed
        dom0: prepare_msix 01:00.0 => allowed
        dom0: release_msix 01:00.0 => allowed
        dom0: restore_msi 01:00.0 => allowed
        dom0: restore_msi_ext 01:00.0 => allowed
        guest: pci_config 01:00.0 read => allowed
        guest: pci_config 01:00.0 setup => allowed
        dom0: test_assign_device 01:00.0 => allowed
        dom0: assign_device guest 01:00.0 => allowed
        dom0: get_device_group guest 01:00.0 => allowed
        dom0: map_pirq_msi guest 01:00.0 => allowed as message
        dom0: unmap_pirq guest message => allowed
        dom0: deassign_device guest 01:00.0 => allowed
        dom0: assign_dtdevice guest /soc/uart => fails ENODEV
        dom0: map_pirq guest 5 => allowed as pirq
        dom0: bind_pt_irq guest pirq => allowed
        dom0: unbind_pt_irq guest pirq => allowed
        dom0: unmap_pirq guest pirq => allowed
        dom0: manage_pci_remove 02:00.0 => allowed
        dom0: pci_device_remove 03:00.0 => allowed
        dom0: setup_gsi 5 => allowed
        dom0: pci_mmcfg_reserved => allowed
        dom0: apic_read => allowed
        dom0: apic_write => allowed
        dom0: alloc_irq_vector => allowed

        # Argo
        guest: argo_register_ring 5 other => allowed
        guest: argo_register_ring 6 => allowed
        other: argo_sendv guest 5 => allowed
        other: argo_notify guest 5 => allowed
        guest: argo_unregister_ring 5 other => allowed

        # Machine
        dom0: readconsole 1 => allowed
        dom0: physinfo => allowed
        dom0: cputopoinfo => allowed
        dom0: numainfo => allowed
        dom0: pcitopoinfo => allowed
        dom0: sched_id => allowed
        dom0: getcpuinfo => allowed
        dom0: availheap => allowed
        dom0: debug_keys h => allowed
        dom0: getdomaininfolist => allowed
        dom0: tbuf_op => allowed
        dom0: perfc_op => fails ENOSYS
        dom0: lockprof_op => fails ENOSYS
        dom0: get_pmstat => fails ENODEV
        dom0: pm_op => allowed
        dom0: cpupool_op => allowed
        dom0: sysctl_scheduler_op getinfo => allowed
        dom0: sysctl_scheduler_op putinfo => allowed
        dom0: sysctl_get_cpu_policy => allowed
        dom0: get_cpu_levelling_caps => allowed
        dom0: get_cpu_featureset => allowed
        dom0: sysctl_psr_cmt_op => fails ENODEV
        dom0: sysctl_psr_alloc => fails ENODEV
        dom0: livepatch_op => allowed
        dom0: coverage_op => fails EOPNOTSUPP
        dom0: cpu_hotplug offline => allowed
        dom0: cpu_hotplug online => allowed
        dom0: page_offline_op offline => allowed
        dom0: page_offline_op query => allowed
        dom0: page_offline_op online => allowed
        dom0: settime => allowed
        dom0: add_memtype => allowed
        dom0: read_memtype => allowed
        dom0: del_memtype => allowed
        dom0: microcode_update => fails EINVAL
        dom0: platform_quirk => allowed
        dom0: firmware_info => allowed
        dom0: efi_runtime_call => fails ENOSYS
        dom0: enter_acpi_sleep => allowed
        dom0: change_freq => fails ENOSYS
        dom0: getidletime => fails ENOSYS
        dom0: set_processor_pminfo => allowed
        dom0: core_parking => allowed
        dom0: get_cpu_version => allowed
        dom0: get_cpuinfo => allowed
        dom0: resource_op => allowed
        dom0: get_symbol => allowed
        dom0: cpu_offline => allowed
        dom0: cpu_online => allowed
        dom0: cpu_hotadd => fails EINVAL
        dom0: mem_hotadd => allowed
        dom0: kexec_op => allowed
        dom0: hypfs_op /params => allowed
        dom0: mca => allowed
        dom0: xenoprof_init => allowed
        dom0: xenoprof_reset_active_list => allowed
        dom0: xenpmu_op mode_get => allowed
        dom0: xenpmu_op init => allowed

        # Version and console
        guest: version version => allowed
        guest: version extraversion => allowed
        guest: version compile_info => allowed
        guest: version capabilities => allowed
        guest: version changeset => allowed
        guest: version pagesize => allowed
        guest: version guest_handle => allowed
        guest: version commandline => allowed
        guest: version build_id => fails ENODATA
        dom0: writeconsole hello => allowed
        dom0: console_read => allowed

        # Flask
        dom0: getenforce => allowed
        dom0: context_to_sid system_u:system_r:guest => allowed as sid
        dom0: sid_to_context sid => allowed
        dom0: flask_access system_u:system_r:guest system_u:system_r:other => allowed
        dom0: flask_create system_u:system_r:guest system_u:system_r:other => allowed
        dom0: flask_member system_u:system_r:guest system_u:system_r:other => allowed
        dom0: flask_relabel system_u:system_r:guest system_u:system_r:other => allowed
        dom0: setavc_threshold 600 => allowed
        dom0: add_ocontext ioport 0x70-0x71 system_u:system_r:guest => allowed
        dom0: del_ocontext ioport 0x70-0x71 => allowed
        dom0: devicetree_label /soc system_u:system_r:guest => allowed
        dom0: devicetree_label /soc => allowed
        dom0: setbool strict on => allowed
        dom0: commitbools => allowed
        dom0: load_policy => allowed
        other: relabel other system_u:system_r:guest => allowed
        dom0: setenforce 1 => allowed
        """

    /// What is asked for on other machines: without an IOMMU, or with one that does not remap interrupts.
    static let ofOtherMachines = """
        domain guest system_u:system_r:guest hvm iommu
        dom0: ioport_permission guest 0x3f8-0x3ff add => allowed
        """

    /// What is asked for where Xen's mistakes are none.
    static let ofStrictMachines = """
        domain guest system_u:system_r:guest hvm
        dom0: setvnumainfo guest => fails EINVAL
        """
}
