#include "optimiser.h"

#include "common.h"

#undef NAME
#define NAME(stem) JOIN(optimiser_##stem, S)

#define T float
#define S f32
#include "optimiser_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "optimiser_loops.h"
