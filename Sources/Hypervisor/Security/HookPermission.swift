import Flask

/// A permission that a hook asks for. Cases are named as Xen's own constants are, class and permission, in small letters
/// (`DOMAIN2__SET_CPU_POLICY`), so that a reader finds them in its tables (xen/xsm/flask/policy/access_vectors); class
/// `security` is asked for by Flask itself.
///
/// Which bit it is, and whether there is one, is the loaded release's to say.
enum HookPermission: UInt8, CaseIterable {
    // class xen
    case xen__settime, xen__tbufcontrol, xen__readconsole, xen__clearconsole, xen__perfcontrol, xen__mtrr_add, xen__mtrr_del,
        xen__mtrr_read, xen__microcode, xen__physinfo, xen__quirk, xen__writeconsole, xen__readapic, xen__writeapic,
        xen__privprofile, xen__nonprivprofile, xen__kexec, xen__firmware, xen__sleep, xen__frequency, xen__getidle,
        xen__debug, xen__getcpuinfo, xen__heap, xen__pm_op, xen__mca_op, xen__lockprof, xen__cpupool_op, xen__hypfs_op,
        xen__getscheduler, xen__setscheduler
    // class xen2
    case xen2__resource_op, xen2__psr_cmt_op, xen2__psr_alloc, xen2__get_symbol, xen2__pmu_ctrl, xen2__pmu_use,
        xen2__get_cpu_levelling_caps, xen2__get_cpu_featureset, xen2__livepatch_op, xen2__coverage_op, xen2__get_dom0_console
    // class domain
    case domain__setvcpucontext, domain__pause, domain__unpause, domain__resume, domain__create, domain__transition,
        domain__max_vcpus, domain__destroy, domain__setaffinity, domain__getaffinity, domain__getscheduler,
        domain__getdomaininfo, domain__getvcpuinfo, domain__getvcpucontext, domain__setdomainmaxmem, domain__setdomainhandle,
        domain__setdebugging, domain__hypercall, domain__settime, domain__set_target, domain__shutdown, domain__setaddrsize,
        domain__getaddrsize, domain__trigger, domain__getpodtarget, domain__setpodtarget, domain__set_misc_info,
        domain__set_virq_handler, domain__getpagingmempool, domain__setpagingmempool
    // class domain2
    case domain2__relabelfrom, domain2__relabelto, domain2__relabelself, domain2__make_priv_for, domain2__set_as_target,
        domain2__set_cpu_policy, domain2__gettsc, domain2__settsc, domain2__setscheduler, domain2__setclaim,
        domain2__cacheflush, domain2__create_hardware_domain, domain2__set_vnumainfo, domain2__get_vnumainfo,
        domain2__psr_cmt_op, domain2__vm_event, domain2__soft_reset, domain2__mem_access, domain2__mem_paging,
        domain2__mem_sharing, domain2__psr_alloc, domain2__resource_map, domain2__get_cpu_policy, domain2__vuart_op,
        domain2__dt_overlay, domain2__set_llc_colors, domain2__get_domain_state
    // class hvm
    case hvm__sethvmc, hvm__gethvmc, hvm__setparam, hvm__getparam, hvm__bind_irq, hvm__hvmctl, hvm__mem_sharing,
        hvm__audit_p2m, hvm__share_mem, hvm__altp2mhvm, hvm__altp2mhvm_op, hvm__dm
    // class mmu
    case mmu__map_read, mmu__map_write, mmu__pageinfo, mmu__adjust, mmu__stat, mmu__updatemp, mmu__physmap, mmu__pinpage,
        mmu__memorymap, mmu__remote_remap, mmu__mmuext_op, mmu__exchange, mmu__target_hack
    // class resource
    case resource__add, resource__remove, resource__use, resource__use_iommu, resource__use_iommu_nointremap,
        resource__use_noiommu, resource__add_irq, resource__remove_irq, resource__add_ioport, resource__remove_ioport,
        resource__add_iomem, resource__remove_iomem, resource__stat_device, resource__add_device, resource__remove_device,
        resource__plug, resource__unplug, resource__setup
    // class shadow
    case shadow__disable, shadow__enable, shadow__logdirty
    // class event
    case event__bind, event__send, event__status, event__create, event__reset
    // class grant
    case grant__map_read, grant__map_write, grant__unmap, grant__transfer, grant__setup, grant__copy, grant__query
    // class version
    case version__xen_extraversion, version__xen_compile_info, version__xen_capabilities, version__xen_changeset,
        version__xen_pagesize, version__xen_guest_handle, version__xen_commandline, version__xen_build_id
    // class argo
    case argo__enable, argo__register_single_source, argo__register_any_source, argo__send

    /// The class's and the permission's names.
    var names: (objectClass: String, permission: String) {
        let text = String(describing: self)
        let end = text.firstRange(of: "__") ?? text.endIndex..<text.endIndex
        return (String(text[..<end.lowerBound]), String(text[end.upperBound...]))
    }

    /// By raw value, what the tables of a release make of them; nil where it does not have one, and so never asks.
    static func table(of vocabulary: Vocabulary) -> [PermissionBits?] {
        allCases.map { PermissionBits($0.names.objectClass, $0.names.permission, in: vocabulary) }
    }
}
