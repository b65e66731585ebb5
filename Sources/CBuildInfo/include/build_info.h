#ifndef LOOPS_BRIDGE_BUILD_INFO_H
#define LOOPS_BRIDGE_BUILD_INFO_H

/// The commit that the program was built from, in hexadecimal; empty where the build was not told (LOOPS_BRIDGE_REVISION).
const char *loops_bridge_revision(void);

#endif
