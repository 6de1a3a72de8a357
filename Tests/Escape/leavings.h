// What a careless launcher leaves, and what the attempts look for.

#ifndef LEAVINGS_H
#define LEAVINGS_H

#define LEFT_DESCRIPTOR 17
#define LEFT_KEY "xsm-escape"
#define LEFT_SEGMENT 0x78736d
#define LEFT_SOCKET "xsm-escape-%d"
#define VICTIM_USER 65537

#endif
