#ifndef CYAML_SHIM_H
#define CYAML_SHIM_H

// Only the parser is used: what it finds is made into nodes by us.
#include <yaml.h>

#endif
