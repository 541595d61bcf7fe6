#pragma once
#include <stddef.h>
#include <stdint.h>

// Loops over arrays that Swift does not vectorise: the elementwise half of this project's arithmetic.
//
// Each exists for `float` (suffix _f32) and `double` (_f64), is compiled for AVX-512, AVX2 and the baseline, and takes
// the widest that the processor has. No loop's result depends on where in an array an element stands, so that work may
// be cut anywhere. Sums are accumulated in double precision, in an order that only their length decides.

/// Which activation a loop computes; the numbers are part of the interface.
enum activation {
    activation_relu = 0,
    activation_leaky_relu = 1,
    activation_tanh = 2,
    activation_sigmoid = 3,
    activation_silu = 4,
    activation_gelu_erf = 5,
    activation_gelu_tanh = 6,
};

#define DECLARE(T, S) \
    void elementwise_fill_##S(T *y, T value, size_t n); \
    void elementwise_scale_##S(T *y, T factor, size_t n); \
    void elementwise_add_scaled_##S(T *y, T factor, const T *x, size_t n); \
    void elementwise_combine_##S(T *y, T a, const T *x, T b, size_t n); \
    void elementwise_divide_bytes_##S(T *y, const uint8_t *x, T divisor, size_t n); \
    void elementwise_multiply_##S(T *y, const T *x, size_t n); \
    void elementwise_product_##S(T *z, const T *x, const T *y, size_t n); \
    void elementwise_multiply_add_##S(T *y, const T *x, const T *z, size_t n); \
    void elementwise_hadamard_gram_##S(T *g, const T *d, const T *a, T offset, size_t n); \
    double elementwise_dot_##S(const T *x, const T *y, size_t n); \
    double elementwise_sum_##S(const T *x, size_t n); \
    int elementwise_is_finite_##S(const T *x, size_t n); \
    void elementwise_fill_rows_##S(T *y, size_t stride, const T *row, size_t rows, size_t columns); \
    void elementwise_column_sums_##S(T *sums, T beta, const T *x, size_t stride, size_t rows, size_t columns); \
    void elementwise_activation_##S(int kind, T parameter, T *x, T *first, T *second, size_t n); \
    void elementwise_softmax_##S(T *p, double *log_sums, const T *x, size_t rows, size_t columns); \
    void elementwise_softmax_product_##S(T *r, const T *p, const T *t, T factor, size_t rows, size_t columns); \
    void elementwise_basis_dot_##S(double *h, const T *q, size_t stride, size_t rows, const T *w, size_t n); \
    void elementwise_basis_subtract_##S(T *w, const T *q, size_t stride, size_t rows, const double *h, size_t n);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE

/// The x86-64 level that the processor has: 4 (AVX-512), 3 (AVX2 and FMA), or 1 (less, or another architecture).
int processor_vector_level(void);

/// Tells the processor that this is a waiting loop.
static inline void processor_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
