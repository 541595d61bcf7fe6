#pragma once
#include <stddef.h>

// One step of a first-order optimiser on n parameters; see elementwise.h for what all loops have in common.

/// The constants of one optimiser step; which are read depends on the rule.
struct optimiser_constants {
    double learning_rate;
    double decay1;            // momentum, or β₁
    double decay2;            // ρ, or β₂
    double epsilon;           // outside the root
    double epsilon_in_root;   // ε̄, inside the root
    double correction1;       // 1 / (1 − β₁ᵗ)
    double correction2;       // 1 / (1 − β₂ᵗ)
    double weight_decay;      // λ: added to the gradient as λθ, or decoupled from it
};

#define DECLARE(T, S) \
    void optimiser_sgd_##S(T *theta, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_momentum_##S(T *theta, T *m, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_nesterov_##S(T *theta, T *m, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_rmsprop_##S(T *theta, T *m, T *v, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_rmsprop_uncentred_##S(T *theta, T *v, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_adam_##S(T *theta, T *m, T *v, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_adamw_##S(T *theta, T *m, T *v, const T *g, struct optimiser_constants c, size_t n); \
    void optimiser_adagrad_##S(T *theta, T *v, const T *g, struct optimiser_constants c, size_t n);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
