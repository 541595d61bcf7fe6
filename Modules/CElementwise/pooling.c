#include "pooling.h"

#include "common.h"

// The part of the window's range [0, kernel) that meets the image when it begins at `start` (padding counted).
static inline size_t first_inside(size_t start, size_t padding) { return start < padding ? padding - start : 0; }

static inline size_t end_inside(size_t start, size_t padding, size_t kernel, size_t extent) {
    size_t room = extent + padding - start;
    return room < kernel ? room : kernel;
}

#define T float
#define S f32
#include "pooling_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "pooling_loops.h"
