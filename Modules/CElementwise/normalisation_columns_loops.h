// Moments, sums and combinations of columns, once for each scalar type T with suffix S; included by normalisation.c
// alone. Columns go through in stretches whose sums or coefficients stay in registers while all rows pass.

/// += Σ d and Σ d² of `8 · eights` columns, d = x − first. By Samuelson's inequality no number is further than
/// √(rows − 1) deviations from the mean, so that this shift costs at most a factor `rows` of double's rounding.
INLINE void NAME(moments8)(
    double *const sums[3], const T *x, const T *first, size_t stride, size_t rows, const size_t eights) {
    wide8 shift[4], sum[4], squares[4];
    for (size_t v = 0; v < eights; v++) {
        shift[v] = WIDE(first + 8 * v);
        sum[v] = *(const wide8 *)(sums[0] + 8 * v);
        squares[v] = *(const wide8 *)(sums[1] + 8 * v);
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < eights; v++) {
            wide8 d = WIDE(x + r * stride + 8 * v) - shift[v];
            sum[v] += d;
            squares[v] += d * d;
        }
    for (size_t v = 0; v < eights; v++) {
        *(wide8 *)(sums[0] + 8 * v) = sum[v];
        *(wide8 *)(sums[1] + 8 * v) = squares[v];
    }
}

INLINE void NAME(moments1)(double *const sums[3], const T *x, const T *first, size_t stride, size_t rows) {
    for (size_t r = 0; r < rows; r++) {
        double d = (double)x[r * stride] - (double)*first;
        *sums[0] += d;
        *sums[1] += d * d;
    }
}

/// += Σ u, Σ u (x − μ) and, where v is given, Σ v w of each of `8 · eights` columns.
INLINE void NAME(sums8)(
    double *const sums[3], const T *const in[4], const double *mu, size_t stride, size_t rows, const size_t eights,
    const int three) {
    wide8 centre[4], plain[4], moment[4], product[4];
    for (size_t v = 0; v < eights; v++) {
        centre[v] = *(const wide8 *)(mu + 8 * v);
        plain[v] = *(const wide8 *)(sums[0] + 8 * v);
        moment[v] = *(const wide8 *)(sums[1] + 8 * v);
        product[v] = *(const wide8 *)(sums[2] + 8 * v);
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < eights; v++) {
            size_t at = r * stride + 8 * v;
            wide8 u = WIDE(in[0] + at);
            plain[v] += u;
            moment[v] += u * (WIDE(in[1] + at) - centre[v]);
            if (three) product[v] += WIDE(in[2] + at) * WIDE(in[3] + at);
        }
    for (size_t v = 0; v < eights; v++) {
        *(wide8 *)(sums[0] + 8 * v) = plain[v];
        *(wide8 *)(sums[1] + 8 * v) = moment[v];
        *(wide8 *)(sums[2] + 8 * v) = product[v];
    }
}

INLINE void NAME(sums1)(
    double *const sums[3], const T *const in[4], double mu, size_t stride, size_t rows, const int three) {
    double plain = 0, moment = 0, product = 0;
    for (size_t at = 0; at < rows * stride; at += stride) {
        plain += (double)in[0][at];
        moment += (double)in[0][at] * ((double)in[1][at] - mu);
        if (three) product += (double)in[2][at] * (double)in[3][at];
    }
    *sums[0] += plain;
    *sums[1] += moment;
    *sums[2] += product;
}

/// out = k₀ a + k₁ b + k₂ c + k₃ (x − μ) + k₄, column by column, with what is missing left out.
struct JOIN(combination, S) {
    const T *in[4];
    T k[5][32], high[32], low[32];
};

INLINE void NAME(combine8)(
    T *out, const struct JOIN(combination, S) *f, size_t stride, size_t rows, const size_t eights, const int mask) {
    ROW8 k[5][4], high[4], low[4];
    for (size_t v = 0; v < eights; v++) {
        for (size_t i = 0; i < 5; i++) k[i][v] = EIGHT(f->k[i] + 8 * v);
        high[v] = EIGHT(f->high + 8 * v);
        low[v] = EIGHT(f->low + 8 * v);
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < eights; v++) {
            size_t at = r * stride + 8 * v;
            ROW8 sum = k[4][v];
            if (mask & 8) sum += k[3][v] * ((EIGHT(f->in[3] + at) - high[v]) - low[v]);
            if (mask & 4) sum += k[2][v] * EIGHT(f->in[2] + at);
            if (mask & 2) sum += k[1][v] * EIGHT(f->in[1] + at);
            if (mask & 1) sum += k[0][v] * EIGHT(f->in[0] + at);
            *(ROW8 *)(out + at) = sum;
        }
}

INLINE void NAME(combine_any)(
    T *out, const struct JOIN(combination, S) *f, size_t stride, size_t rows, size_t width, const int mask) {
    if (width == 32) return NAME(combine8)(out, f, stride, rows, 4, mask);
    if (width == 16) return NAME(combine8)(out, f, stride, rows, 2, mask);
    if (width == 8) return NAME(combine8)(out, f, stride, rows, 1, mask);
    for (size_t at = 0; at < rows * stride; at += stride) {
        T sum = f->k[4][0];
        if (mask & 8) sum += f->k[3][0] * ((f->in[3][at] - f->high[0]) - f->low[0]);
        if (mask & 4) sum += f->k[2][0] * f->in[2][at];
        if (mask & 2) sum += f->k[1][0] * f->in[1][at];
        if (mask & 1) sum += f->k[0][0] * f->in[0][at];
        out[at] = sum;
    }
}

/// The combinations that occur, each a loop of its own.
CLONES static void NAME(combine)(
    T *out, const struct JOIN(combination, S) *f, size_t stride, size_t rows, size_t width) {
    int mask = (f->in[0] != 0) | (f->in[1] != 0) << 1 | (f->in[2] != 0) << 2 | (f->in[3] != 0) << 3;
    switch (mask) {
    case 1: NAME(combine_any)(out, f, stride, rows, width, 1); break;
    case 3: NAME(combine_any)(out, f, stride, rows, width, 3); break;
    case 8: NAME(combine_any)(out, f, stride, rows, width, 8); break;
    case 9: NAME(combine_any)(out, f, stride, rows, width, 9); break;
    default: NAME(combine_any)(out, f, stride, rows, width, 15); break;
    }
}

/// How many of the `left` columns go together: what the loops above are made for.
INLINE size_t NAME(width)(size_t left) { return left >= 32 ? 32 : left >= 16 ? 16 : left >= 8 ? 8 : 1; }

/// Column sums of the rows from `from` to before `to` into `work`: of the first pass Σ (x − first) and Σ (x − first)²;
/// of the others Σ u, Σ u (x − μ) and, where v is given, Σ v w. Some rows at a time, all their columns: memory is read
/// from end to end.
CLONES static void NAME(column_sums_of)(
    const CALL *a, struct normalisation_size size, size_t from, size_t to, const T *const u[3]) {
    double mu[32];
    memset(a->work, 0, 3 * size.columns * sizeof(double));
    for (size_t start = from; start < to; start += CHUNK)
        for (size_t c = 0, width; c < size.columns; c += width) {
            width = NAME(width)(size.columns - c);
            size_t rows = to - start < CHUNK ? to - start : CHUNK, at = start * size.stride + c;
            double *const sums[3] = {a->work + c, a->work + size.columns + c, a->work + 2 * size.columns + c};
            if (!u[0]) {
                if (width == 32) NAME(moments8)(sums, a->x + at, a->x + c, size.stride, rows, 4);
                else if (width == 16) NAME(moments8)(sums, a->x + at, a->x + c, size.stride, rows, 2);
                else if (width == 8) NAME(moments8)(sums, a->x + at, a->x + c, size.stride, rows, 1);
                else NAME(moments1)(sums, a->x + at, a->x + c, size.stride, rows);
                continue;
            }
            for (size_t l = 0; l < width; l++)
                mu[l] = (double)OF(a->statistics, MU_HIGH, c + l) + (double)OF(a->statistics, MU_LOW, c + l);
            const T *const in[4] = {u[0] + at, a->x + at, u[1] ? u[1] + at : 0, u[1] ? u[2] + at : 0};
#define SUM8(eights) \
    (u[1] ? NAME(sums8)(sums, in, mu, size.stride, rows, eights, 1) \
          : NAME(sums8)(sums, in, mu, size.stride, rows, eights, 0))
            if (width == 32) SUM8(4);
            else if (width == 16) SUM8(2);
            else if (width == 8) SUM8(1);
            else NAME(sums1)(sums, in, mu[0], size.stride, rows, u[1] != 0);
#undef SUM8
        }
}
