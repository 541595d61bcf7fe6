// Normalisation of channels that touch, once for each scalar type T with suffix S; included by normalisation.c alone.
// The formulas are in normalisation.h. Columns go through in stretches whose sums or coefficients stay in registers
// while all rows pass.

#define CALL struct JOIN(normalisation, S)
#define ROW8 JOIN(row8, S)
#define OF(array, which, column) (array)[(which) * size.statistics_stride + (column) / size.group]

/// Mean and Σ (x − mean)² of `8 · eights` columns, in one pass over numbers shifted by the first row. By Samuelson's
/// inequality no row is further than √(rows − 1) deviations from the mean, so that the shift costs at most a factor
/// `rows` of double precision's rounding.
INLINE void NAME(moments8)(
    double *mean, double *square, const T *x, size_t stride, size_t rows, const size_t eights) {
    wide8 first[4], sum[4], squares[4];
    for (size_t v = 0; v < eights; v++) {
        first[v] = WIDE(x + 8 * v);
        sum[v] = squares[v] = (wide8){0};
    }
    for (size_t r = 1; r < rows; r++)
        for (size_t v = 0; v < eights; v++) {
            wide8 d = WIDE(x + r * stride + 8 * v) - first[v];
            sum[v] += d;
            squares[v] += d * d;
        }
    for (size_t v = 0; v < eights; v++) {
        *(wide8 *)(mean + 8 * v) = first[v] + sum[v] / (double)rows;
        *(wide8 *)(square + 8 * v) = squares[v] - sum[v] * sum[v] / (double)rows;
    }
}

INLINE void NAME(moments1)(double *mean, double *square, const T *x, size_t stride, size_t rows) {
    double sum = 0, squares = 0;
    for (size_t r = 1; r < rows; r++) {
        double d = (double)x[r * stride] - (double)x[0];
        sum += d;
        squares += d * d;
    }
    *mean = (double)x[0] + sum / (double)rows;
    *square = squares - sum * sum / (double)rows;
}

/// Σ u, Σ u (x − μ) and, where v is given, Σ v w of each of `8 · eights` columns.
INLINE void NAME(sums8)(
    double *const sums[3], const T *const in[4], const double *mu, size_t stride, size_t rows, const size_t eights,
    const int three) {
    wide8 centre[4], plain[4], moment[4], product[4];
    for (size_t v = 0; v < eights; v++) {
        centre[v] = *(const wide8 *)(mu + 8 * v);
        plain[v] = moment[v] = product[v] = (wide8){0};
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
    *sums[0] = plain;
    *sums[1] = moment;
    *sums[2] = product;
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

/// Column sums into `work`: Σ u, Σ u (x − μ) and, where v is given, Σ v w.
CLONES static void NAME(sums)(
    const CALL *a, struct normalisation_size size, const T *u, const T *v, const T *w) {
    double mu[32];
    for (size_t c = 0, width; c < size.columns; c += width) {
        width = NAME(width)(size.columns - c);
        for (size_t l = 0; l < width; l++)
            mu[l] = (double)OF(a->statistics, MU_HIGH, c + l) + (double)OF(a->statistics, MU_LOW, c + l);
        double *const sums[3] = {a->work + c, a->work + size.columns + c, a->work + 2 * size.columns + c};
        const T *const in[4] = {u + c, a->x + c, v ? v + c : 0, v ? w + c : 0};
#define SUM8(eights) \
    (v ? NAME(sums8)(sums, in, mu, size.stride, size.rows, eights, 1) \
       : NAME(sums8)(sums, in, mu, size.stride, size.rows, eights, 0))
        if (width == 32) SUM8(4);
        else if (width == 16) SUM8(2);
        else if (width == 8) SUM8(1);
        else NAME(sums1)(sums, in, mu[0], size.stride, size.rows, v != 0);
#undef SUM8
    }
}

/// Statistics of each group out of its columns' means and squares, which stand in `work`; and the running statistics.
INLINE void NAME(group_statistics)(const CALL *a, struct normalisation_size size) {
    double count = (double)(size.rows * size.group);
    for (size_t c = 0; c < size.columns; c += size.group) {
        double mean = 0, square = 0;
        for (size_t l = c; l < c + size.group; l++) mean += a->work[l];
        mean /= (double)size.group;
        for (size_t l = c; l < c + size.group; l++) {
            double d = a->work[l] - mean;
            square += a->work[size.columns + l] + (double)size.rows * d * d;
        }
        square = square > 0 ? square : square == square ? 0 : square;
        OF(a->statistics, MU_HIGH, c) = (T)mean;
        OF(a->statistics, MU_LOW, c) = (T)(mean - (double)(T)mean);
        OF(a->statistics, RHO, c) = (T)(1 / sqrt(square / count + size.epsilon));
        if (!a->running_mean) continue;
        a->running_mean[c] += (T)(size.momentum * (mean - (double)a->running_mean[c]));
        // The variance of a single number is not known, so what is known stays.
        if (count > 1)
            a->running_variance[c] += (T)(size.momentum * (square / (count - 1) - (double)a->running_variance[c]));
    }
}

/// y = γ x̂ + β; the statistics first, unless they are constant and stand there.
CLONES void NAME(channels_forward)(CALL a, struct normalisation_size size) {
    for (size_t c = 0, width; !size.is_constant && c < size.columns; c += width) {
        width = NAME(width)(size.columns - c);
        double *mean = a.work + c, *square = a.work + size.columns + c;
        if (width == 32) NAME(moments8)(mean, square, a.x + c, size.stride, size.rows, 4);
        else if (width == 16) NAME(moments8)(mean, square, a.x + c, size.stride, size.rows, 2);
        else if (width == 8) NAME(moments8)(mean, square, a.x + c, size.stride, size.rows, 1);
        else NAME(moments1)(mean, square, a.x + c, size.stride, size.rows);
    }
    if (!size.is_constant) NAME(group_statistics)(&a, size);
    struct JOIN(combination, S) f = {0};
    for (size_t c = 0, width; c < size.columns; c += width) {
        width = NAME(width)(size.columns - c);
        f.in[3] = a.x + c;
        for (size_t l = 0; l < width; l++) {
            f.high[l] = OF(a.statistics, MU_HIGH, c + l);
            f.low[l] = OF(a.statistics, MU_LOW, c + l);
            f.k[3][l] = a.gamma[c + l] * OF(a.statistics, RHO, c + l);
            f.k[4][l] = a.beta[c + l];
        }
        NAME(combine)(a.out + c, &f, size.stride, size.rows, width);
    }
}

/// δx = ρ (g − b − c x̂), with constant statistics ρ g; and Σ δy and Σ δy x̂ of each column.
CLONES void NAME(channels_backward)(CALL a, struct normalisation_size size) {
    NAME(sums)(&a, size, a.dy, 0, 0);
    double *plain = a.work, *moment = a.work + size.columns;
    double count = (double)(size.rows * size.group);
    for (size_t c = 0; c < size.columns; c++) {
        moment[c] *= (double)OF(a.statistics, RHO, c);
        a.sums[c] = (T)plain[c];
        a.sums[size.sums_stride + c] = (T)moment[c];
    }
    for (size_t c = 0; !size.is_constant && c < size.columns; c += size.group) {
        double b = 0, slope = 0;
        for (size_t l = c; l < c + size.group; l++) {
            b += (double)a.gamma[l] * plain[l];
            slope += (double)a.gamma[l] * moment[l];
        }
        OF(a.statistics, B, c) = (T)(b / count);
        OF(a.statistics, C, c) = (T)(slope / count);
    }
    if (!a.out) return;
    struct JOIN(combination, S) f = {0};
    for (size_t c = 0, width; c < size.columns; c += width) {
        width = NAME(width)(size.columns - c);
        f.in[0] = a.dy + c;
        f.in[3] = size.is_constant ? 0 : a.x + c;
        for (size_t l = 0; l < width; l++) {
            T rho = OF(a.statistics, RHO, c + l);
            f.k[0][l] = rho * a.gamma[c + l];
            if (size.is_constant) continue;
            f.high[l] = OF(a.statistics, MU_HIGH, c + l);
            f.low[l] = OF(a.statistics, MU_LOW, c + l);
            f.k[3][l] = -rho * rho * OF(a.statistics, C, c + l);
            f.k[4][l] = -rho * OF(a.statistics, B, c + l);
        }
        NAME(combine)(a.out + c, &f, size.stride, size.rows, width);
    }
}

/// ẏ = γ x̂̇ + γ̇ x̂ + β̇, and each group's m and a: 0 where the statistics are constant.
CLONES void NAME(channels_forward_tangent)(CALL a, struct normalisation_size size) {
    int moves = a.tx && !size.is_constant;
    double count = (double)(size.rows * size.group);
    if (moves) NAME(sums)(&a, size, a.tx, 0, 0);
    for (size_t c = 0; c < size.columns; c += size.group) {
        double m = 0, slope = 0;
        for (size_t l = c; moves && l < c + size.group; l++) {
            m += a.work[l];
            slope += a.work[size.columns + l] * (double)OF(a.statistics, RHO, c);
        }
        OF(a.tstatistics, M, c) = (T)(m / count);
        OF(a.tstatistics, A, c) = (T)(slope / count);
    }
    struct JOIN(combination, S) f = {0};
    for (size_t c = 0, width; c < size.columns; c += width) {
        width = NAME(width)(size.columns - c);
        f.in[0] = a.tx ? a.tx + c : 0;
        f.in[3] = a.x + c;
        for (size_t l = 0; l < width; l++) {
            T rho = OF(a.statistics, RHO, c + l), scale = rho * a.gamma[c + l];
            f.high[l] = OF(a.statistics, MU_HIGH, c + l);
            f.low[l] = OF(a.statistics, MU_LOW, c + l);
            f.k[0][l] = scale;
            f.k[3][l] = rho * (a.tgamma[c + l] - scale * OF(a.tstatistics, A, c + l));
            f.k[4][l] = a.tbeta[c + l] - scale * OF(a.tstatistics, M, c + l);
        }
        NAME(combine)(a.out + c, &f, size.stride, size.rows, width);
    }
}

/// Σ δ̇y and Σ (δ̇y x̂ + δy x̂̇) of each column; and per group ⟨ġ⟩ and e, which replace the first two stretches of `work`.
INLINE void NAME(tangent_sums)(const CALL *a, struct normalisation_size size) {
    double *plain = a->work, *moment = a->work + size.columns, *product = a->work + 2 * size.columns;
    double count = (double)(size.rows * size.group);
    int bends = a->dy && a->tx;
    NAME(sums)(a, size, a->tdy, bends ? a->dy : 0, a->tx);
    for (size_t c = 0; c < size.columns; c++) {
        double rho = OF(a->statistics, RHO, c);
        moment[c] *= rho;
        if (bends)
            moment[c] += rho * (product[c] - (double)OF(a->tstatistics, M, c) * (double)a->sums[c]
                                - (double)OF(a->tstatistics, A, c) * (double)a->sums[size.sums_stride + c]);
        a->tsums[c] = (T)plain[c];
        a->tsums[size.sums_stride + c] = (T)moment[c];
    }
    for (size_t c = 0; !size.is_constant && a->out && c < size.columns; c += size.group) {
        double mean = 0, e = 0;
        for (size_t l = c; l < c + size.group; l++) {
            mean += (double)a->gamma[l] * plain[l];
            e += (double)a->gamma[l] * moment[l];
            if (!a->dy) continue;
            mean += (double)a->tgamma[l] * (double)a->sums[l];
            e += (double)a->tgamma[l] * (double)a->sums[size.sums_stride + l];
        }
        plain[c / size.group] = mean / count;
        moment[c / size.group] = e / count;
    }
}

/// δ̇x = ρ (ġ − ⟨ġ⟩ − e x̂ − c x̂̇) − a ρ δx as a sum over δ̇y, δy, ẋ and x − μ; and its column sums.
CLONES void NAME(channels_backward_tangent)(CALL a, struct normalisation_size size) {
    NAME(tangent_sums)(&a, size);
    if (!a.out) return;
    struct JOIN(combination, S) f = {0};
    for (size_t c = 0, width; c < size.columns; c += width) {
        width = NAME(width)(size.columns - c);
        f.in[0] = a.tdy + c;
        f.in[1] = a.dy ? a.dy + c : 0;
        f.in[2] = a.dy && !size.is_constant ? a.tx + c : 0;
        f.in[3] = size.is_constant ? 0 : a.x + c;
        for (size_t l = 0; l < width; l++) {
            T rho = OF(a.statistics, RHO, c + l), gamma = a.gamma[c + l];
            f.k[0][l] = rho * gamma;
            if (a.dy) f.k[1][l] = rho * a.tgamma[c + l];
            if (size.is_constant) continue;
            double rate = rho, mean = a.work[(c + l) / size.group], e = a.work[size.columns + (c + l) / size.group];
            f.high[l] = OF(a.statistics, MU_HIGH, c + l);
            f.low[l] = OF(a.statistics, MU_LOW, c + l);
            if (!a.dy) {
                f.k[3][l] = (T)(-rate * rate * e);
                f.k[4][l] = (T)(-rate * mean);
                continue;
            }
            double b = OF(a.statistics, B, c + l), k = OF(a.statistics, C, c + l);
            double m = OF(a.tstatistics, M, c + l), slope = rate * (double)OF(a.tstatistics, A, c + l);
            f.k[1][l] = (T)(rate * ((double)a.tgamma[c + l] - slope * (double)gamma));
            f.k[2][l] = (T)(-rate * rate * k);
            f.k[3][l] = (T)(rate * rate * (2 * slope * k - e));
            f.k[4][l] = (T)(rate * (rate * k * m + slope * b - mean));
        }
        NAME(combine)(a.out + c, &f, size.stride, size.rows, width);
    }
}

#undef CALL
#undef ROW8
#undef OF
