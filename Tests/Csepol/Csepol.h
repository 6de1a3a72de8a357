// The door to Debian's libsepol, against which decisions are tested: its kernel's view of a policy, which only the static
// library offers.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sepol/debug.h>
#include <sepol/policydb/conditional.h>
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>

struct sepol_peer {
    policydb_t policy;
    sidtab_t sids;
};

// A policy from an image; null when libsepol does not take it.
static inline struct sepol_peer *sepol_peer_open(const void *image, size_t size)
{
    struct policy_file file;
    struct sepol_peer *peer = (struct sepol_peer *)calloc(1, sizeof *peer);
    sepol_debug(0);
    if (!peer) return NULL;
    if (policydb_init(&peer->policy)) {
        free(peer);
        return NULL;
    }
    policy_file_init(&file);
    file.type = PF_USE_MEMORY;
    file.data = (char *)image;
    file.len = size;
    if (policydb_read(&peer->policy, &file, 0) || sepol_sidtab_init(&peer->sids) ||
        policydb_load_isids(&peer->policy, &peer->sids)) {
        policydb_destroy(&peer->policy);
        free(peer);
        return NULL;
    }
    return peer;
}

// libsepol asks the policy that was chosen last.
static inline void sepol_peer_choose(struct sepol_peer *peer)
{
    sepol_set_policydb(&peer->policy);
    sepol_set_sidtab(&peer->sids);
}

static inline void sepol_peer_close(struct sepol_peer *peer)
{
    sepol_sidtab_destroy(&peer->sids);
    policydb_destroy(&peer->policy);
    free(peer);
}

// Sets a boolean by its number; conditions are to be evaluated then.
static inline void sepol_peer_set_boolean(struct sepol_peer *peer, uint32_t number, int value)
{
    peer->policy.bool_val_to_struct[number - 1]->state = value;
}

static inline int sepol_peer_evaluate(struct sepol_peer *peer)
{
    return evaluate_conds(&peer->policy);
}

// The SID of a context of the policy's numbers, whether they belong together or not.
static inline uint32_t sepol_peer_sid(struct sepol_peer *peer, const context_struct_t *context)
{
    sepol_security_id_t sid = 0;
    return sepol_sidtab_context_to_sid(&peer->sids, (context_struct_t *)context, &sid) ? 0 : sid;
}

static inline const context_struct_t *sepol_peer_context(struct sepol_peer *peer, uint32_t sid)
{
    return sepol_sidtab_search(&peer->sids, sid);
}

// Forgets all contexts that have SIDs: libsepol looks for one among all that there are.
static inline int sepol_peer_forget(struct sepol_peer *peer)
{
    sepol_sidtab_destroy(&peer->sids);
    return sepol_sidtab_init(&peer->sids) || policydb_load_isids(&peer->policy, &peer->sids);
}

// Which class acts, and its permission to become another: libsepol knows that of Linux, and a policy for Xen has another.
static inline void sepol_peer_set_subject(struct sepol_peer *peer, uint16_t number, uint32_t transition)
{
    peer->policy.process_class = number;
    peer->policy.process_trans = transition;
    peer->policy.process_trans_dyntrans = transition;
}
