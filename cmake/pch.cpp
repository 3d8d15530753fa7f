// An object library needs one source; the precompiled header is what this target is for.
#include "pch.h"
