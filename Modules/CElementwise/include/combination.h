#pragma once
#include <stddef.h>

// Weighted sums of whole vectors in one pass: the points of a plane in parameter space. See elementwise.h for what all
// loops have in common.

#define DECLARE(T, S) \
    void combination_1_##S(T *y, T a, const T *u, size_t n); \
    void combination_2_##S(T *y, T a, const T *u, T b, const T *v, size_t n); \
    void combination_3_##S(T *y, T a, const T *u, T b, const T *v, T c, const T *w, size_t n);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
