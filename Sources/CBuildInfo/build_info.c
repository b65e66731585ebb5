#include "build_info.h"

#ifndef LOOPS_BRIDGE_REVISION
#define LOOPS_BRIDGE_REVISION ""
#endif

const char *loops_bridge_revision(void) { return LOOPS_BRIDGE_REVISION; }
