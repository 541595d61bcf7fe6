// Weighted sums, once for each scalar type T with suffix S; included by combination.c alone. Terms are added from the left.

/// y = a u
CLONES void NAME(1)(T *restrict y, T a, const T *restrict u, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a * u[i];
}

/// y = a u + b v
CLONES void NAME(2)(T *restrict y, T a, const T *restrict u, T b, const T *restrict v, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a * u[i] + b * v[i];
}

/// y = (a u + b v) + c w
CLONES void NAME(3)(
    T *restrict y, T a, const T *restrict u, T b, const T *restrict v, T c, const T *restrict w, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = (a * u[i] + b * v[i]) + c * w[i];
}
