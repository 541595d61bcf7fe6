// Normalisation of channels that touch, once for each scalar type T with suffix S; included by normalisation.c alone.
// The formulas are in normalisation.h.

/// The sums that the pass needs, over the rows from `from` to before `to`.
void NAME(channels_sums)(int pass, CALL a, struct normalisation_size size, size_t from, size_t to) {
    const T *const none[3] = {0, 0, 0}, *const backward[3] = {a.dy, 0, 0}, *const tangent[3] = {a.tx, 0, 0};
    const T *const both[3] = {a.tdy, a.dy && a.tx ? a.dy : 0, a.tx};
    switch (pass) {
    case normalisation_forward:
        if (!size.is_constant) NAME(column_sums_of)(&a, size, from, to, none);
        break;
    case normalisation_backward: NAME(column_sums_of)(&a, size, from, to, backward); break;
    case normalisation_forward_tangent:
        if (a.tx && !size.is_constant) NAME(column_sums_of)(&a, size, from, to, tangent);
        break;
    default: NAME(column_sums_of)(&a, size, from, to, both);
    }
}

/// μ and ρ of each group; and the running statistics.
CLONES static void NAME(finish_forward)(const CALL *a, struct normalisation_size size) {
    double rows = (double)size.rows, count = rows * (double)size.group;
    for (size_t c = 0; c < size.columns; c += size.group) {
        double mean = 0, square = 0;
        for (size_t l = c; l < c + size.group; l++) mean += (double)a->x[l] + a->work[l] / rows;
        mean /= (double)size.group;
        for (size_t l = c; l < c + size.group; l++) {
            double shift = a->work[l] / rows, d = (double)a->x[l] + shift - mean;
            square += a->work[size.columns + l] - rows * shift * shift + rows * d * d;
        }
        // Rounding may leave less than nothing; not a number stays one.
        square = square < 0 ? 0 : square;
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

/// Σ δy and Σ δy x̂ of each column, b and c of each group.
CLONES static void NAME(finish_backward)(const CALL *a, struct normalisation_size size) {
    double *plain = a->work, *moment = a->work + size.columns;
    double count = (double)(size.rows * size.group);
    for (size_t c = 0; c < size.columns; c++) {
        moment[c] *= (double)OF(a->statistics, RHO, c);
        a->sums[c] = (T)plain[c];
        a->sums[size.sums_stride + c] = (T)moment[c];
    }
    for (size_t c = 0; !size.is_constant && c < size.columns; c += size.group) {
        double b = 0, slope = 0;
        for (size_t l = c; l < c + size.group; l++) {
            b += (double)a->gamma[l] * plain[l];
            slope += (double)a->gamma[l] * moment[l];
        }
        OF(a->statistics, B, c) = (T)(b / count);
        OF(a->statistics, C, c) = (T)(slope / count);
    }
}

/// m and a of each group: 0 where the statistics are constant.
CLONES static void NAME(finish_forward_tangent)(const CALL *a, struct normalisation_size size) {
    int moves = a->tx && !size.is_constant;
    double count = (double)(size.rows * size.group);
    for (size_t c = 0; c < size.columns; c += size.group) {
        double m = 0, slope = 0;
        for (size_t l = c; moves && l < c + size.group; l++) {
            m += a->work[l];
            slope += a->work[size.columns + l] * (double)OF(a->statistics, RHO, c);
        }
        OF(a->tstatistics, M, c) = (T)(m / count);
        OF(a->tstatistics, A, c) = (T)(slope / count);
    }
}

/// Σ δ̇y and Σ (δ̇y x̂ + δy x̂̇) of each column; and per group ⟨ġ⟩ and e, which replace the first two stretches of `work`.
CLONES static void NAME(finish_backward_tangent)(const CALL *a, struct normalisation_size size) {
    double *plain = a->work, *moment = a->work + size.columns, *product = a->work + 2 * size.columns;
    double count = (double)(size.rows * size.group);
    for (size_t c = 0; c < size.columns; c++) {
        double rho = OF(a->statistics, RHO, c);
        moment[c] *= rho;
        if (a->dy && a->tx)
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

/// What the pass makes of the sums over all rows, which stand in `work`.
void NAME(channels_finish)(int pass, CALL a, struct normalisation_size size) {
    switch (pass) {
    case normalisation_forward:
        if (!size.is_constant) NAME(finish_forward)(&a, size);
        break;
    case normalisation_backward: NAME(finish_backward)(&a, size); break;
    case normalisation_forward_tangent: NAME(finish_forward_tangent)(&a, size); break;
    default: NAME(finish_backward_tangent)(&a, size);
    }
}

/// The coefficients of y = γ x̂ + β; δx = ρ (g − b − c x̂); ẏ = γ x̂̇ + γ̇ x̂ + β̇; δ̇x = ρ (ġ − ⟨ġ⟩ − e x̂ − c x̂̇) − a ρ δx
/// for one column.
INLINE void NAME(coefficients)(
    int pass, const CALL *a, struct normalisation_size size, size_t c, struct JOIN(combination, S) *f, size_t l) {
    T rho = OF(a->statistics, RHO, c), gamma = a->gamma[c], scale = rho * gamma;
    f->high[l] = OF(a->statistics, MU_HIGH, c);
    f->low[l] = OF(a->statistics, MU_LOW, c);
    if (pass == normalisation_forward) {
        f->k[3][l] = scale;
        f->k[4][l] = a->beta[c];
        return;
    }
    f->k[0][l] = scale;
    if (pass == normalisation_forward_tangent) {
        f->k[3][l] = rho * (a->tgamma[c] - scale * OF(a->tstatistics, A, c));
        f->k[4][l] = a->tbeta[c] - scale * OF(a->tstatistics, M, c);
        return;
    }
    if (pass == normalisation_backward_tangent && a->dy) f->k[1][l] = rho * a->tgamma[c];
    if (size.is_constant) return;
    double rate = rho, b = OF(a->statistics, B, c), k = OF(a->statistics, C, c);
    if (pass == normalisation_backward) {
        f->k[3][l] = (T)(-rate * rate * k);
        f->k[4][l] = (T)(-rate * b);
        return;
    }
    double mean = a->work[c / size.group], e = a->work[size.columns + c / size.group];
    f->k[3][l] = (T)(-rate * rate * e);
    f->k[4][l] = (T)(-rate * mean);
    if (!a->dy) return;
    double m = OF(a->tstatistics, M, c), slope = rate * (double)OF(a->tstatistics, A, c);
    f->k[1][l] = (T)(rate * ((double)a->tgamma[c] - slope * (double)gamma));
    f->k[2][l] = (T)(-rate * rate * k);
    f->k[3][l] = (T)(rate * rate * (2 * slope * k - e));
    f->k[4][l] = (T)(rate * (rate * k * m + slope * b - mean));
}

/// The pass's result for the rows from `from` to before `to`.
void NAME(channels_combine)(int pass, CALL a, struct normalisation_size size, size_t from, size_t to) {
    int isSecond = pass == normalisation_backward_tangent && a.dy, isForward = pass == normalisation_forward;
    const T *const in[4] = {
        isForward ? 0 : pass == normalisation_backward ? a.dy : pass == normalisation_forward_tangent ? a.tx : a.tdy,
        isSecond ? a.dy : 0, isSecond && !size.is_constant ? a.tx : 0,
        isForward || pass == normalisation_forward_tangent || !size.is_constant ? a.x : 0};
    struct JOIN(combination, S) f = {0};
    for (size_t start = from; start < to; start += CHUNK)
        for (size_t c = 0, width; c < size.columns; c += width) {
            width = NAME(width)(size.columns - c);
            size_t rows = to - start < CHUNK ? to - start : CHUNK, at = start * size.stride + c;
            for (size_t i = 0; i < 4; i++) f.in[i] = in[i] ? in[i] + at : 0;
            for (size_t l = 0; l < width; l++) NAME(coefficients)(pass, &a, size, c + l, &f, l);
            NAME(combine)(a.out + at, &f, size.stride, rows, width);
        }
}
