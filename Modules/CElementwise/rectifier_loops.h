// The loops of rectifiers, once for each scalar type T with suffix S; included by rectifier.c alone.

/// y = [max(x, 0), max(−x, 0)], row by row.
CLONES void NAME(paired_rectifier)(T *restrict y, const T *restrict x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns, y += 2 * columns) {
        for (size_t c = 0; c < columns; c++) y[c] = x[c] > 0 ? x[c] : (T)0;
        for (size_t c = 0; c < columns; c++) y[columns + c] = x[c] < 0 ? -x[c] : (T)0;
    }
}

/// ty = [1(x > 0) tx, −1(x < 0) tx], row by row.
CLONES void NAME(paired_rectifier_tangent)(
    T *restrict ty, const T *restrict tx, const T *restrict x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns, tx += columns, ty += 2 * columns) {
        for (size_t c = 0; c < columns; c++) ty[c] = x[c] > 0 ? tx[c] : (T)0;
        for (size_t c = 0; c < columns; c++) ty[columns + c] = x[c] < 0 ? -tx[c] : (T)0;
    }
}

/// The transpose of that: dx = 1(x > 0) dy₁ − 1(x < 0) dy₂, with dy₁ and dy₂ the halves of a row.
CLONES void NAME(paired_rectifier_transpose)(
    T *restrict dx, const T *restrict dy, const T *restrict x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++, x += columns, dx += columns, dy += 2 * columns) {
        for (size_t c = 0; c < columns; c++) {
            T positive = x[c] > 0 ? dy[c] : (T)0;
            T negative = x[c] < 0 ? dy[columns + c] : (T)0;
            dx[c] = positive - negative;
        }
    }
}
