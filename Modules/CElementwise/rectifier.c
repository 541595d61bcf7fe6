#include "rectifier.h"

#include "common.h"

#define T float
#define S f32
#include "rectifier_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "rectifier_loops.h"
