// One step of an optimiser on a stretch of parameters θ with gradient g, once for each scalar type T with suffix S;
// included by optimiser.c alone. Constants come in double and are rounded once. Where λ is added to the gradient, the g of
// a formula is g + λθ.

CLONES void NAME(sgd)(T *restrict theta, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)c.learning_rate, decay = (T)c.weight_decay;
    for (size_t i = 0; i < n; i++) theta[i] -= rate * (g[i] + decay * theta[i]);
}

/// m = μm + g, θ −= α m
CLONES void NAME(momentum)(T *restrict theta, T *restrict m, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)c.learning_rate, mu = (T)c.decay1, decay = (T)c.weight_decay;
    for (size_t i = 0; i < n; i++) {
        T next = mu * m[i] + g[i] + decay * theta[i];
        m[i] = next;
        theta[i] -= rate * next;
    }
}

/// m = μm + g, θ −= α (g + μm)
CLONES void NAME(nesterov)(T *restrict theta, T *restrict m, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)c.learning_rate, mu = (T)c.decay1, decay = (T)c.weight_decay;
    for (size_t i = 0; i < n; i++) {
        T gradient = g[i] + decay * theta[i];
        T next = mu * m[i] + gradient;
        m[i] = next;
        theta[i] -= rate * (gradient + mu * next);
    }
}

/// Centred: m = ρm + (1 − ρ)g, v = ρv + (1 − ρ)g², θ −= α g / (√(v − m² + ε̄) + ε)
CLONES void NAME(rmsprop)(T *restrict theta, T *restrict m, T *restrict v, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)c.learning_rate, rho = (T)c.decay2, rest = (T)(1 - c.decay2), decay = (T)c.weight_decay;
    T epsilon = (T)c.epsilon, inside = (T)c.epsilon_in_root;
    for (size_t i = 0; i < n; i++) {
        T gradient = g[i] + decay * theta[i];
        T mean = rho * m[i] + rest * gradient;
        T square = rho * v[i] + rest * gradient * gradient;
        m[i] = mean;
        v[i] = square;
        T variance = __builtin_elementwise_max(square - mean * mean, (T)0);
        theta[i] -= rate * gradient / (__builtin_elementwise_sqrt(variance + inside) + epsilon);
    }
}

/// v = ρv + (1 − ρ)g², θ −= α g / (√(v + ε̄) + ε)
CLONES void NAME(rmsprop_uncentred)(T *restrict theta, T *restrict v, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)c.learning_rate, rho = (T)c.decay2, rest = (T)(1 - c.decay2), decay = (T)c.weight_decay;
    T epsilon = (T)c.epsilon, inside = (T)c.epsilon_in_root;
    for (size_t i = 0; i < n; i++) {
        T gradient = g[i] + decay * theta[i];
        T square = rho * v[i] + rest * gradient * gradient;
        v[i] = square;
        theta[i] -= rate * gradient / (__builtin_elementwise_sqrt(square + inside) + epsilon);
    }
}

/// m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g², θ −= α m̂ / (√(v̂ + ε̄) + ε)
CLONES void NAME(adam)(T *restrict theta, T *restrict m, T *restrict v, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)(c.learning_rate * c.correction1), beta1 = (T)c.decay1, rest1 = (T)(1 - c.decay1);
    T beta2 = (T)c.decay2, rest2 = (T)(1 - c.decay2), correction2 = (T)c.correction2, decay = (T)c.weight_decay;
    T epsilon = (T)c.epsilon, inside = (T)c.epsilon_in_root;
    for (size_t i = 0; i < n; i++) {
        T gradient = g[i] + decay * theta[i];
        T mean = beta1 * m[i] + rest1 * gradient;
        T square = beta2 * v[i] + rest2 * gradient * gradient;
        m[i] = mean;
        v[i] = square;
        theta[i] -= rate * mean / (__builtin_elementwise_sqrt(square * correction2 + inside) + epsilon);
    }
}

/// As Adam without λ in the gradient, and θ −= αλθ beside it.
CLONES void NAME(adamw)(T *restrict theta, T *restrict m, T *restrict v, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)(c.learning_rate * c.correction1), beta1 = (T)c.decay1, rest1 = (T)(1 - c.decay1);
    T beta2 = (T)c.decay2, rest2 = (T)(1 - c.decay2), correction2 = (T)c.correction2;
    T epsilon = (T)c.epsilon, inside = (T)c.epsilon_in_root, shrunk = (T)(c.learning_rate * c.weight_decay);
    for (size_t i = 0; i < n; i++) {
        T gradient = g[i];
        T mean = beta1 * m[i] + rest1 * gradient;
        T square = beta2 * v[i] + rest2 * gradient * gradient;
        m[i] = mean;
        v[i] = square;
        T step = rate * mean / (__builtin_elementwise_sqrt(square * correction2 + inside) + epsilon);
        theta[i] -= step + shrunk * theta[i];
    }
}

/// v = v + g², θ −= α g / (√(v + ε̄) + ε)
CLONES void NAME(adagrad)(T *restrict theta, T *restrict v, const T *restrict g, struct optimiser_constants c, size_t n) {
    T rate = (T)c.learning_rate, decay = (T)c.weight_decay;
    T epsilon = (T)c.epsilon, inside = (T)c.epsilon_in_root;
    for (size_t i = 0; i < n; i++) {
        T gradient = g[i] + decay * theta[i];
        T square = v[i] + gradient * gradient;
        v[i] = square;
        theta[i] -= rate * gradient / (__builtin_elementwise_sqrt(square + inside) + epsilon);
    }
}
