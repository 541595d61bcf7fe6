#include "token.h"

#include "common.h"

#undef NAME
#define NAME(stem) JOIN(token_##stem, S)

#define T float
#define S f32
#include "token_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "token_loops.h"
