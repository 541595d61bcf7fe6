// The innermost loops, once for each scalar type T (suffix S) and width of registers: VECTOR_BYTES, LEVEL names it,
// TARGET is the function attribute that allows it, and MOST_VECTORS says how many registers wide a block may be.

#define KERNEL(stem) JOIN(JOIN(window_##stem, S), LEVEL)
#define LANES (VECTOR_BYTES / sizeof(T))

typedef T KERNEL(vector) __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(T)), may_alias));
#define VECTOR KERNEL(vector)
#define AT(p) (*(VECTOR *)(p))
#define CONST_AT(p) (*(const VECTOR *)(p))
#define UNROLL _Pragma("clang loop unroll(full)")

/// y[r][0 ..< V registers] = (start, or y[r] where that is null) + Σ over taps x[r] · w, for R rows.
__attribute__((always_inline)) static inline void KERNEL(multiply_rows)(
    const int R, const int V, T *const *y, const T *start, const T *const *x, const T *w, size_t step,
    const struct window_tap *taps, size_t tap_count
) {
    VECTOR sums[12][4];
    UNROLL for (int r = 0; r < R; r++) {
        const T *row = start ? start : y[r];
        UNROLL for (int v = 0; v < V; v++) sums[r][v] = CONST_AT(row + v * LANES);
    }
    for (size_t t = 0; t < tap_count; t++) {
        const T *row = w + (size_t)taps[t].row * step;
        const T *from[12];
        UNROLL for (int r = 0; r < R; r++) from[r] = x[r] + taps[t].source;
        size_t length = (size_t)taps[t].length;
        for (size_t i = 0; i < length; i++, row += step) {
            VECTOR b[4];
            UNROLL for (int v = 0; v < V; v++) b[v] = CONST_AT(row + v * LANES);
            UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sums[r][v] += b[v] * from[r][i];
        }
    }
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) AT(y[r] + v * LANES) = sums[r][v];
}

/// g[r · step][0 ..< V registers] += Σ over positions x[p][r] · d[p · d_step], for R neighbouring numbers of a window.
__attribute__((always_inline)) static inline void KERNEL(correlate_rows)(
    const int R, const int V, T *g, size_t step, const T *const *x, size_t offset, const T *d, size_t d_step,
    size_t positions
) {
    VECTOR sums[12][4];
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sums[r][v] = CONST_AT(g + r * step + v * LANES);
    for (size_t p = 0; p < positions; p++, d += d_step) {
        const T *from = x[p] + offset;
        VECTOR b[4];
        UNROLL for (int v = 0; v < V; v++) b[v] = CONST_AT(d + v * LANES);
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sums[r][v] += b[v] * from[r];
    }
    UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) AT(g + r * step + v * LANES) = sums[r][v];
}

#define M(R, V) \
    case (V) * 16 + (R): KERNEL(multiply_rows)(R, V, y, start, x, w, step, taps, tap_count); break;
#define C(R, V) \
    case (V) * 16 + (R): KERNEL(correlate_rows)(R, V, g, step, x, offset, d, d_step, positions); break;

#if MOST_VECTORS == 4
#define SIX(OF, V) OF(1, V) OF(2, V) OF(3, V) OF(4, V) OF(5, V) OF(6, V)
#define EIGHT(OF, V) SIX(OF, V) OF(7, V) OF(8, V)
#define TWELVE(OF, V) EIGHT(OF, V) OF(9, V) OF(10, V) OF(11, V) OF(12, V)
#define MULTIPLY_CASES EIGHT(M, 1) EIGHT(M, 2) EIGHT(M, 3) SIX(M, 4)
#define CORRELATE_CASES TWELVE(C, 1) TWELVE(C, 2) EIGHT(C, 3) SIX(C, 4)
static inline int KERNEL(multiply_height)(int vectors) { return vectors < 4 ? 8 : 6; }
static inline int KERNEL(correlate_height)(int vectors) { return vectors < 3 ? 12 : vectors == 3 ? 8 : 6; }
#else
#define SIX(OF, V) OF(1, V) OF(2, V) OF(3, V) OF(4, V) OF(5, V) OF(6, V)
#define MULTIPLY_CASES SIX(M, 1) SIX(M, 2)
#define CORRELATE_CASES SIX(C, 1) SIX(C, 2)
static inline int KERNEL(multiply_height)(int vectors) { return 6; }
static inline int KERNEL(correlate_height)(int vectors) { return 6; }
#endif

TARGET static void KERNEL(multiply_block)(
    int R, int V, T *const *y, const T *start, const T *const *x, const T *w, size_t step,
    const struct window_tap *taps, size_t tap_count
) {
    switch (V * 16 + R) { MULTIPLY_CASES }
}

TARGET static void KERNEL(correlate_block)(
    int R, int V, T *g, size_t step, const T *const *x, size_t offset, const T *d, size_t d_step, size_t positions
) {
    switch (V * 16 + R) { CORRELATE_CASES }
}

/// `count` rows of a panel `width` wide (a whole number of 64-byte lines).
static void KERNEL(multiply_panel)(
    T **y, const T *start, const T **x, size_t count, const T *w, size_t width, const struct window_tap *taps,
    size_t tap_count
) {
    int left = (int)(width / LANES);
    for (size_t column = 0; left > 0;) {
        int vectors = left < MOST_VECTORS ? left : MOST_VECTORS;
        size_t height = (size_t)KERNEL(multiply_height)(vectors);
        for (size_t r = 0; r < count; r += height) {
            int rows = (int)(count - r < height ? count - r : height);
            KERNEL(multiply_block)(
                rows, vectors, y + r, start ? start + column : start, x + r, w + column, width, taps, tap_count);
        }
        column += (size_t)vectors * LANES;
        left -= vectors;
        if (left > 0) for (size_t r = 0; r < count; r++) y[r] += (size_t)vectors * LANES;
    }
}

/// `positions` windows against d `[positions][width]`, added to g `[rows][step]`.
static void KERNEL(correlate_panel)(
    T *g, size_t step, const T *const *x, const T *d, size_t width, size_t positions, const struct window_tap *taps,
    size_t tap_count
) {
    int left = (int)(width / LANES);
    for (size_t column = 0; left > 0;) {
        int vectors = left < MOST_VECTORS ? left : MOST_VECTORS;
        size_t height = (size_t)KERNEL(correlate_height)(vectors);
        for (size_t t = 0; t < tap_count; t++) {
            size_t length = (size_t)taps[t].length;
            for (size_t i = 0; i < length; i += height) {
                int rows = (int)(length - i < height ? length - i : height);
                KERNEL(correlate_block)(
                    rows, vectors, g + ((size_t)taps[t].row + i) * step + column, step, x,
                    (size_t)taps[t].source + i, d + column, width, positions);
            }
        }
        column += (size_t)vectors * LANES;
        left -= vectors;
    }
}

#undef KERNEL
#undef LANES
#undef VECTOR
#undef AT
#undef CONST_AT
#undef UNROLL
#undef M
#undef C
#undef SIX
#undef EIGHT
#undef TWELVE
#undef MULTIPLY_CASES
#undef CORRELATE_CASES
