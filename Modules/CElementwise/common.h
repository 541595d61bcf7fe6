// What the loops of every file share. Each `…_loops.h` is included once for float (T float, S f32) and once for double.
#ifndef LANDSCAPE_COMMON_H
#define LANDSCAPE_COMMON_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define UNDER_THREAD_SANITIZER 1
#endif
#endif

// The functions that choose between clones run before the thread sanitizer has started, and it instruments them.
#if defined(__x86_64__) && !defined(UNDER_THREAD_SANITIZER)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(stem) JOIN(elementwise_##stem, S)

// exp for the range that activations need, in a form that vectorises: 2^k · e^r with |r| ≤ ln 2 / 2, the polynomial of
// Cephes' expf (relative error below 2 ulp of float). Arguments beyond ±87 are held there: 2^±126 is as good as ∞ or 0.
static inline float vector_exp_f32(float x) {
    x = __builtin_elementwise_min(__builtin_elementwise_max(x, -87.0f), 87.0f);
    float k = __builtin_elementwise_roundeven(x * 1.44269504088896341f);
    float r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    union { int32_t i; float f; } scale = {.i = ((int32_t)k + 127) << 23};
    return p * scale.f;
}

// tanh: the odd polynomial of Cephes' tanhf where 1 − 2/(e^{2x}+1) would cancel.
static inline float vector_tanh_f32(float x) {
    float a = __builtin_elementwise_abs(x);
    float s = x * x;
    float p = -5.70498872745e-3f;
    p = p * s + 2.06390887954e-2f;
    p = p * s - 5.37397155531e-2f;
    p = p * s + 1.33314422036e-1f;
    p = p * s - 3.33332819422e-1f;
    float small = p * s * x + x;
    float large = 1.0f - 2.0f / (vector_exp_f32(2.0f * a) + 1.0f);
    large = __builtin_copysignf(large, x);
    return a < 0.625f ? small : large;
}

static inline float vector_sigmoid_f32(float x) { return 1.0f / (1.0f + vector_exp_f32(-x)); }

// e^−x²⁄₂ and Φ(x), the normal distribution's, for float: computed in double, rounded by the caller, so that Φ keeps all its
// digits far below 0. Φ(−√2 t) = ½ e^−t² p(s)/(t + k) for t ≥ 0, with s = (t − k)/(t + k), k = 5/2, and p the polynomial
// of degree 11 through e^t² erfc(t) (t + k) at the Chebyshev points of 0 ≤ t ≤ 10: relative error 3e-10. That of e^−x²⁄₂
// is 2e-10, from its series up to r⁸/8!, |r| ≤ ln 2 / 2. Beyond |x| = 14 both are held: Φ there is below float's range.
static inline void vector_normal_f32(float x, double *bell, double *cumulative) {
    double z = __builtin_elementwise_min((double)__builtin_elementwise_abs(x), 14.0);
    double y = -0.5 * z * z, shifted = y * 1.44269504088896341 + 0x1.8p52;
    double r = y - (shifted - 0x1.8p52) * 0.69314718055994531;
    double e = 1.0 / 40320;
    e = e * r + 1.0 / 5040;
    e = e * r + 1.0 / 720;
    e = e * r + 1.0 / 120;
    e = e * r + 1.0 / 24;
    e = e * r + 1.0 / 6;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    // The low bits of `shifted` are the exponent.
    union { double f; uint64_t i; } scale = {.f = shifted};
    scale.i = (scale.i << 52) + ((uint64_t)1023 << 52);
    e *= scale.f;
    double t = z * 0.70710678118654752440, inverse = 1.0 / (t + 2.5), s = (t - 2.5) * inverse;
    double p = -2.8742531354180975e-5;
    p = p * s - 1.0142381918410666e-4;
    p = p * s + 7.0079270703913016e-5;
    p = p * s + 7.0182259372835641e-4;
    p = p * s - 4.4337840961537689e-4;
    p = p * s - 4.8194617961090707e-3;
    p = p * s + 8.3936312549308456e-3;
    p = p * s + 2.8361700152713608e-2;
    p = p * s - 0.1712511750455527;
    p = p * s + 0.45391410796571008;
    p = p * s - 0.80465184912972274;
    p = p * s + 1.0540318203809766;
    double tail = 0.5 * e * p * inverse;
    *bell = e;
    *cumulative = x < 0 ? tail : 1.0 - tail;
}

static inline void vector_normal_f64(double x, double *bell, double *cumulative) {
    *bell = exp(-0.5 * x * x);
    *cumulative = 0.5 * erfc(-x * 0.70710678118654752440);
}

// In double precision the C library's functions serve: there the digits matter more than the time.
static inline double vector_exp_f64(double x) { return exp(x); }
static inline double vector_tanh_f64(double x) { return tanh(x); }
static inline double vector_sigmoid_f64(double x) { return 1.0 / (1.0 + exp(-x)); }

// Eight numbers at a time: one AVX-512 register of doubles, two of AVX2, four of the baseline. Only loops use them; no
// function takes or returns one, so the baseline's calling convention does not matter.
typedef double wide8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef float row8_f32 __attribute__((vector_size(32), aligned(4), may_alias));
typedef double row8_f64 __attribute__((vector_size(64), aligned(8), may_alias));

#endif
