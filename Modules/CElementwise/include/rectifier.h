#pragma once
#include <stddef.h>

// The concatenated rectifier: a row x of `columns` numbers becomes [max(x, 0), max(−x, 0)], twice as many. The
// derivative is 0 at 0 in both halves.

#define DECLARE(T, S) \
    void elementwise_paired_rectifier_##S(T *y, const T *x, size_t rows, size_t columns); \
    void elementwise_paired_rectifier_tangent_##S(T *ty, const T *tx, const T *x, size_t rows, size_t columns); \
    void elementwise_paired_rectifier_transpose_##S(T *dx, const T *dy, const T *x, size_t rows, size_t columns);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
