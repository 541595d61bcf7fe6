#pragma once
#include <stddef.h>

// Loops over the rows of attention weights, `rows × columns` numbers without gaps; see elementwise.h for what all loops
// have in common. A row's sums are those of 16 accumulators of its own type, added up in double.

#define DECLARE(T, S) \
    void token_softmax_##S(T *x, size_t rows, size_t columns); \
    void token_softmax_tangent_##S(T *t, const T *p, size_t rows, size_t columns); \
    void token_softmax_cotangent_##S(T *s, T *g, const T *p, size_t rows, size_t columns); \
    void token_softmax_cotangent_tangent_##S( \
        T *t, T *s, const T *p, const T *pt, const T *g, size_t rows, size_t columns);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
