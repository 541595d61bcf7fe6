#include "combination.h"

#include "common.h"

#undef NAME
#define NAME(stem) JOIN(combination_##stem, S)

#define T float
#define S f32
#include "combination_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "combination_loops.h"
