/// A program over Xen's own libraries that does one thing after the other and prints what came of each: `destroy:1:0 EPERM`.
enum ProgramSource {
    static let deviceModel = #"""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/mman.h>
        #include <unistd.h>
        #include <xenctrl.h>
        #include <xendevicemodel.h>
        #include <xenevtchn.h>
        #include <xenforeignmemory.h>
        #include <xentoolcore.h>

        static xc_interface *control;
        static xendevicemodel_handle *model;
        static xenforeignmemory_handle *memory;
        static xenevtchn_handle *events;

        static int guest(void)
        {
            struct xen_domctl_createdomain config = { .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap, .max_vcpus = 1,
                .max_evtchn_port = -1, .max_grant_frames = 64, .max_maptrack_frames = 64, .grant_opts = 1 };
            char label[] = "system_u:system_r:domU_t";
            uint32_t domain = 0;

            if (xc_flask_context_to_sid(control, label, sizeof label - 1, &config.ssidref) ||
                xc_domain_create(control, &domain, &config) || xc_domain_max_vcpus(control, domain, 1))
                return -1;
            return (int)domain;
        }

        static int map(int domain, int server)
        {
            void *address = NULL;
            xenforeignmemory_resource_handle *resource = xenforeignmemory_map_resource(
                memory, domain, XENMEM_resource_ioreq_server, server, 0, 2, &address, PROT_READ | PROT_WRITE, 0);

            if (!resource)
                return -1;
            return xenforeignmemory_unmap_resource(memory, resource);
        }

        static int create(int domain)
        {
            ioservid_t server = 0;

            return xendevicemodel_create_ioreq_server(model, domain, HVM_IOREQSRV_BUFIOREQ_ATOMIC, &server) ? -1 : server;
        }

        static int perform(const char *word, int domain, int number, const char *path)
        {
            unsigned int processors;

            if (!strcmp(word, "guest")) return guest();
            if (!strcmp(word, "create")) return create(domain);
            if (!strcmp(word, "destroy")) return xendevicemodel_destroy_ioreq_server(model, domain, number);
            if (!strcmp(word, "map")) return map(domain, number);
            if (!strcmp(word, "vcpus")) return xendevicemodel_nr_vcpus(model, domain, &processors);
            if (!strcmp(word, "msi")) return xendevicemodel_inject_msi(model, domain, 0xfee00000, 0x30);
            if (!strcmp(word, "version")) return xc_version(control, XENVER_version, NULL) < 0 ? -1 : 0;
            if (!strcmp(word, "bind")) return xenevtchn_bind_interdomain(events, domain, number) < 0 ? -1 : 0;
            if (!strcmp(word, "restrict")) return xentoolcore_restrict_all(domain);
            if (!strcmp(word, "model-restrict")) return xendevicemodel_restrict(model, domain);
            if (!strcmp(word, "again")) return (model = xendevicemodel_open(NULL, 0)) ? 0 : -1;
            if (!strcmp(word, "again-control")) return (control = xc_interface_open(NULL, NULL, 0)) ? 0 : -1;
            if (!strcmp(word, "make")) return fclose(fopen(path, "w"));
            for (int tries = 0; !strcmp(word, "wait") && tries < 3000; tries++, usleep(10000))
                if (!access(path, F_OK)) return 0;
            errno = ENOSYS;
            return -1;
        }

        int main(int count, char **words)
        {
            setvbuf(stdout, NULL, _IOLBF, 0);
            control = xc_interface_open(NULL, NULL, 0);
            model = xendevicemodel_open(NULL, 0);
            memory = xenforeignmemory_open(NULL, 0);
            events = xenevtchn_open(NULL, 0);
            for (int i = 1; i < count; i++) {
                char *text = strdup(words[i]), *word = strtok(text, ":"), *first = strtok(NULL, ":"), *second = strtok(NULL, ":");
                int result;

                errno = 0;
                result = perform(word, first ? atoi(first) : 0, second ? atoi(second) : 0, first);
                if (result < 0) printf("%s %s\n", words[i], strerrorname_np(errno));
                else printf("%s %d\n", words[i], result);
            }
            return 0;
        }
        """#
}
