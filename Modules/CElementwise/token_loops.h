// The loops of attention, once for each scalar type T with suffix S; included by token.c alone.

#define LANES 16

/// The lanes of an accumulator, added up in double, pairwise.
static inline __attribute__((always_inline)) double NAME(total)(const T *lanes) {
    double wide[LANES];
    for (size_t l = 0; l < LANES; l++) wide[l] = (double)lanes[l];
    for (size_t width = LANES / 2; width > 0; width /= 2)
        for (size_t l = 0; l < width; l++) wide[l] += wide[l + width];
    return wide[0];
}

/// x = softmax(x), row by row, with the row's maximum taken out. A row with a NaN or an infinity becomes NaN, which the
/// polynomial for exp alone would hide.
CLONES void NAME(softmax)(T *restrict x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        T *row = x + r * columns;
        T lanes[LANES], zeros[LANES], top = row[0], zero = 0;
        for (size_t l = 0; l < LANES; l++) lanes[l] = top, zeros[l] = 0;
        size_t c = 0;
        for (; c + LANES <= columns; c += LANES)
            for (size_t l = 0; l < LANES; l++) {
                lanes[l] = __builtin_elementwise_max(lanes[l], row[c + l]);
                zeros[l] += row[c + l] * (T)0;
            }
        for (size_t l = 0; c < columns; c++, l++) {
            lanes[l] = __builtin_elementwise_max(lanes[l], row[c]);
            zeros[l] += row[c] * (T)0;
        }
        for (size_t l = 0; l < LANES; l++) {
            top = __builtin_elementwise_max(top, lanes[l]);
            zero += zeros[l];
        }
        for (c = 0; c < columns; c++) row[c] = JOIN(vector_exp, S)(row[c] - top);
        for (size_t l = 0; l < LANES; l++) lanes[l] = 0;
        for (c = 0; c + LANES <= columns; c += LANES)
            for (size_t l = 0; l < LANES; l++) lanes[l] += row[c + l];
        for (size_t l = 0; c < columns; c++, l++) lanes[l] += row[c];
        T factor = (T)(1 / NAME(total)(lanes)) + zero;
        for (c = 0; c < columns; c++) row[c] *= factor;
    }
}

/// Σ p t of one row.
static inline __attribute__((always_inline)) T NAME(row_dot)(const T *restrict p, const T *restrict t, size_t columns) {
    T lanes[LANES] = {0};
    size_t c = 0;
    for (; c + LANES <= columns; c += LANES)
        for (size_t l = 0; l < LANES; l++) lanes[l] += p[c + l] * t[c + l];
    for (size_t l = 0; c < columns; c++, l++) lanes[l] += p[c] * t[c];
    return (T)NAME(total)(lanes);
}

/// t = p ∘ (t − Σ p t)
CLONES void NAME(softmax_tangent)(T *restrict t, const T *restrict p, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, t += columns, p += columns) {
        T mean = NAME(row_dot)(p, t, columns);
        for (size_t c = 0; c < columns; c++) t[c] = p[c] * (t[c] - mean);
    }
}

/// g = g − Σ p g, s = p ∘ g
CLONES void NAME(softmax_cotangent)(T *restrict s, T *restrict g, const T *restrict p, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, s += columns, g += columns, p += columns) {
        T mean = NAME(row_dot)(p, g, columns);
        for (size_t c = 0; c < columns; c++) {
            T bend = g[c] - mean;
            g[c] = bend;
            s[c] = p[c] * bend;
        }
    }
}

/// t = ṗ ∘ g + p ∘ t − p Σ (ṗ g + p t), s = p ∘ g
CLONES void NAME(softmax_cotangent_tangent)(
    T *restrict t, T *restrict s, const T *restrict p, const T *restrict pt, const T *restrict g, size_t rows,
    size_t columns) {
    for (size_t r = 0; r < rows; r++, t += columns, s += columns, p += columns, pt += columns, g += columns) {
        T lanes[LANES] = {0};
        size_t c = 0;
        for (; c + LANES <= columns; c += LANES)
            for (size_t l = 0; l < LANES; l++) lanes[l] += pt[c + l] * g[c + l] + p[c + l] * t[c + l];
        for (size_t l = 0; c < columns; c++, l++) lanes[l] += pt[c] * g[c] + p[c] * t[c];
        T mean = (T)NAME(total)(lanes);
        for (c = 0; c < columns; c++) {
            t[c] = pt[c] * g[c] + p[c] * (t[c] - mean);
            s[c] = p[c] * g[c];
        }
    }
}

#undef LANES
