#include "elementwise.h"

#include "common.h"

#define T float
#define S f32
#include "elementwise_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "elementwise_loops.h"

int processor_vector_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 4;
    if (__builtin_cpu_supports("x86-64-v3")) return 3;
#endif
    return 1;
}
