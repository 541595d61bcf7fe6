#pragma once
#include <stddef.h>
#include <stdint.h>

// Sliding windows over images whose channels lie together: products of what each window covers with a matrix, without
// writing the windows out. Which numbers meet is said by tables, so that strides, paddings and the way back are the same
// loops.
//
// Each exists for `float` (suffix _f32) and `double` (_f64), with registers blocked for AVX-512, AVX2 and 16 bytes, of
// which the widest that the processor has is taken. An element's sum runs in the tables' order, wherever work is cut.

/// A stretch of numbers of the source under a window, and the rows of the matrix that it meets.
struct window_tap {
    int32_t source;   // of its first number, from the window's
    int32_t row;      // of the matrix
    int32_t length;
};

/// Positions whose windows have the same taps: those at an edge have fewer than those inside, or none.
struct window_class {
    int32_t first_tap, tap_count;
    int32_t first_position, position_count;
};

/// Where the windows of one example stand.
struct window_plan {
    const struct window_class *classes;
    size_t class_count;
    const struct window_tap *taps;
    const int32_t *sources;   // of each position's window, in the source
    const int32_t *targets;   // of each position, in the target
};

struct window_size {
    size_t examples;
    size_t source;    // numbers from one example to the next
    size_t target;
    size_t columns;   // of the matrix; numbers of a target's position
    size_t rows;      // of the matrix
};

/// How many columns of a packed matrix lie together, in bytes.
#define WINDOW_PANEL_BYTES 256
/// What the last columns are filled up to with zeros.
#define WINDOW_VECTOR_BYTES 64

#define DECLARE(T, S) \
    /* What is there before the products are added: a row, the same at every position, or zeros. */ \
    struct window_start_##S { \
        const T *row; \
    }; \
    /* y[position] = the start (what stands there, where that is null) + the window at the position, as a row, times \
       the packed matrix. */ \
    void window_multiply_##S( \
        T *y, const struct window_start_##S *start, const T *x, const T *packed, const struct window_plan *plan, \
        const struct window_size *size); \
    /* g[row, columns] += Σ of the windows' numbers at `row` times d[position, columns]; g's rows touch. */ \
    void window_correlate_##S( \
        T *g, const T *x, const T *d, const struct window_plan *plan, const struct window_size *size); \
    /* Windows as rows of a matrix, `rows` numbers each; row i belongs to target i · columns. */ \
    void window_lower_##S(T *y, const T *x, const struct window_plan *plan, const struct window_size *size); \
    /* One panel: [rows][columns] with numbers row_step and column_step apart (one of them is 1), packed. */ \
    void window_pack_##S( \
        T *packed, const T *w, size_t rows, size_t row_step, size_t columns, size_t column_step); \
    /* y = xᵀ, of rows × columns numbers x; rows stand y_step and x_step apart. */ \
    void window_transpose_##S(T *y, size_t y_step, const T *x, size_t x_step, size_t rows, size_t columns); \
    /* sums[i, j] += Σ over the block of rows × columns numbers at (i, j) of a ∘ (b + offset). */ \
    void window_block_sums_##S( \
        T *sums, size_t stride, const T *a, const T *b, T offset, size_t row_count, size_t column_count, size_t block);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
