#ifndef CHIREDIS_SHIM_H
#define CHIREDIS_SHIM_H

// Only the protocol engine is used: redisReader and redisFormatCommandArgv. SwiftNIO carries the bytes.
#include <hiredis/hiredis.h>

#endif
