#pragma once
#include <stddef.h>

// Normalisation x̂ = (x − μ) ρ with ρ = 1/√(σ² + ε), then y = γ x̂ + β: values, cotangents, and the tangents of both.
//
// With ⟨·⟩ the mean over the numbers that share statistics and g = γ δy, and dots for tangents:
//
//     δx = ρ (g − b − c x̂)                               b = ⟨g⟩, c = ⟨g x̂⟩
//     x̂̇ = ρ (ẋ − m − a x̂)                                m = ⟨ẋ⟩, a = ⟨ẋ x̂⟩, so that ρ̇ = −ρ² a
//     δ̇x = ρ (ġ − ⟨ġ⟩ − e x̂ − c x̂̇) − a ρ δx              ġ = γ δ̇y + γ̇ δy, e = ⟨ġ x̂ + g x̂̇⟩
//
// Neither x̂ nor x̂̇ is kept: both are made again from x and ẋ, which saves the memory and the time to fetch it.
// All sums are in double precision. μ is kept as the sum of two numbers, so that x − μ is exact to the last bit of x
// where x has a large mean.
//
// Two layouts: `rows`, where each row of `columns` numbers has statistics of its own (layer normalisation); and
// `channels`, where a block of rows shares them in groups of adjacent columns (group and batch normalisation).

// A pass over channels has three steps, so that its rows can be shared: sums of stretches of rows, each into its own
// `work`; what follows from the sums of all; and the result, stretch by stretch.

/// The passes of a layer; the numbers are part of the interface.
enum normalisation_pass {
    normalisation_forward = 0,
    normalisation_backward = 1,
    normalisation_forward_tangent = 2,
    normalisation_backward_tangent = 3,
};

/// Sizes of a call.
struct normalisation_size {
    size_t rows;
    size_t columns;
    size_t stride;             // `channels`: from one row to the next
    size_t group;              // `channels`: columns that share statistics
    size_t statistics_stride;  // `channels`: from one statistic of all groups to the next
    size_t sums_stride;        // `channels`: from one sum of all columns to the next
    double epsilon;
    double momentum;           // `channels`: of the running statistics
    int is_constant;           // `channels`: whether the statistics do not depend on x
};

// Arrays. Those of tangents may be NULL where nothing moves: ẋ for an input that is constant; δy for terms of first
// order alone. A statistics array holds per row (or, `statistics_stride` apart, per group) μ's two parts, ρ, b, c; one
// of tangents m, a. A sums array holds, `sums_stride` apart, Σ δy and Σ δy x̂ of each column (the gradients of β and γ);
// one of tangents Σ δ̇y and Σ δ̇y x̂ + δy x̂̇. `work` is room for 3 · columns numbers.

#define DECLARE(T, S) \
    struct normalisation_##S { \
        const T *x, *tx, *dy, *tdy;       /* x, ẋ, δy, δ̇y */ \
        T *out;                           /* y, δx, ẏ or δ̇x; NULL where it is not wanted */ \
        const T *gamma, *beta, *tgamma, *tbeta; \
        T *statistics, *tstatistics, *sums, *tsums; \
        T *running_mean, *running_variance;   /* NULL where they do not move */ \
        double *work; \
    }; \
    void elementwise_rows_forward_##S(struct normalisation_##S a, struct normalisation_size size); \
    void elementwise_rows_backward_##S(struct normalisation_##S a, struct normalisation_size size); \
    void elementwise_rows_forward_tangent_##S(struct normalisation_##S a, struct normalisation_size size); \
    void elementwise_rows_backward_tangent_##S(struct normalisation_##S a, struct normalisation_size size); \
    void elementwise_rows_gradient_##S(struct normalisation_##S a, struct normalisation_size size, T scaling); \
    void elementwise_channels_sums_##S( \
        int pass, struct normalisation_##S a, struct normalisation_size size, size_t from, size_t to); \
    void elementwise_channels_finish_##S(int pass, struct normalisation_##S a, struct normalisation_size size); \
    void elementwise_channels_combine_##S( \
        int pass, struct normalisation_##S a, struct normalisation_size size, size_t from, size_t to);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
