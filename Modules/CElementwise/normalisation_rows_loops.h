// Normalisation of rows, once for each scalar type T with suffix S; included by normalisation.c alone. The formulas are
// in normalisation.h. A row is in the cache when it is read again.

/// y = γ x̂ + β, and each row's statistics.
CLONES void NAME(rows_forward)(CALL a, struct normalisation_size size) {
    size_t n = size.columns;
    const T *restrict gamma = a.gamma, *restrict beta = a.beta;
    for (size_t r = 0; r < size.rows; r++) {
        const T *restrict x = a.x + r * n;
        T *restrict y = a.out + r * n;
        T *s = a.statistics + r * STATISTICS;
        wide8 low = {0}, high = {0};
        double rest = 0;
        size_t i = 0;
        for (; i + 16 <= n; i += 16) {
            low += WIDE(x + i);
            high += WIDE(x + i + 8);
        }
        for (; i < n; i++) rest += (double)x[i];
        low += high;
        double mean = (TOTAL8(low) + rest) / (double)n;
        low = high = (wide8){0};
        rest = 0;
        for (i = 0; i + 16 <= n; i += 16) {
            wide8 d = WIDE(x + i) - mean, e = WIDE(x + i + 8) - mean;
            low += d * d;
            high += e * e;
        }
        for (; i < n; i++) rest += ((double)x[i] - mean) * ((double)x[i] - mean);
        low += high;
        double variance = (TOTAL8(low) + rest) / (double)n;
        T mu = (T)mean, mu2 = (T)(mean - (double)mu), rho = (T)(1 / sqrt(variance + size.epsilon));
        s[MU_HIGH] = mu;
        s[MU_LOW] = mu2;
        s[RHO] = rho;
        for (i = 0; i < n; i++) y[i] = ((x[i] - mu) - mu2) * rho * gamma[i] + beta[i];
    }
}

/// δx = ρ (g − b − c x̂), and each row's b and c.
CLONES void NAME(rows_backward)(CALL a, struct normalisation_size size) {
    size_t n = size.columns;
    const T *restrict gamma = a.gamma;
    for (size_t r = 0; r < size.rows; r++) {
        const T *restrict x = a.x + r * n, *restrict dy = a.dy + r * n;
        T *restrict dx = a.out + r * n;
        T *s = a.statistics + r * STATISTICS;
        T mu = s[MU_HIGH], mu2 = s[MU_LOW], rho = s[RHO];
        wide8 plain = {0}, moment = {0};
        double rest = 0, rest2 = 0;
        size_t i = 0;
        for (; i + 8 <= n; i += 8) {
            wide8 g = __builtin_convertvector(EIGHT(gamma + i) * EIGHT(dy + i), wide8);
            plain += g;
            moment += g * __builtin_convertvector((EIGHT(x + i) - mu) - mu2, wide8);
        }
        for (; i < n; i++) {
            double g = (double)(gamma[i] * dy[i]);
            rest += g;
            rest2 += g * (double)((x[i] - mu) - mu2);
        }
        double b = (TOTAL8(plain) + rest) / (double)n, c = rho * (TOTAL8(moment) + rest2) / (double)n;
        s[B] = (T)b;
        s[C] = (T)c;
        T slope = (T)(-c * rho * rho), offset = (T)(-b * rho);
        for (i = 0; i < n; i++) dx[i] = rho * gamma[i] * dy[i] + (slope * ((x[i] - mu) - mu2) + offset);
    }
}

/// ẏ = γ x̂̇ + γ̇ x̂ + β̇, and each row's m and a.
CLONES void NAME(rows_forward_tangent)(CALL a, struct normalisation_size size) {
    size_t n = size.columns;
    const T *restrict gamma = a.gamma, *restrict tgamma = a.tgamma, *restrict tbeta = a.tbeta;
    for (size_t r = 0; r < size.rows; r++) {
        const T *restrict x = a.x + r * n;
        T *restrict ty = a.out + r * n;
        const T *s = a.statistics + r * STATISTICS;
        T mu = s[MU_HIGH], mu2 = s[MU_LOW], rho = s[RHO];
        if (!a.tx) {
            for (size_t i = 0; i < n; i++) ty[i] = tgamma[i] * rho * ((x[i] - mu) - mu2) + tbeta[i];
            continue;
        }
        const T *restrict tx = a.tx + r * n;
        wide8 plain = {0}, moment = {0};
        double rest = 0, rest2 = 0;
        size_t i = 0;
        for (; i + 8 <= n; i += 8) {
            wide8 t = WIDE(tx + i);
            plain += t;
            moment += t * __builtin_convertvector((EIGHT(x + i) - mu) - mu2, wide8);
        }
        for (; i < n; i++) {
            rest += (double)tx[i];
            rest2 += (double)tx[i] * (double)((x[i] - mu) - mu2);
        }
        double m = (TOTAL8(plain) + rest) / (double)n, slope = rho * (TOTAL8(moment) + rest2) / (double)n;
        a.tstatistics[2 * r + M] = (T)m;
        a.tstatistics[2 * r + A] = (T)slope;
        T shift = (T)m, k = (T)(slope * rho);
        for (i = 0; i < n; i++) {
            T d = (x[i] - mu) - mu2;
            ty[i] = rho * (gamma[i] * ((tx[i] - shift) - k * d) + tgamma[i] * d) + tbeta[i];
        }
    }
}

/// δ̇x = ρ (ġ − ⟨ġ⟩ − e x̂ − c x̂̇) − a ρ δx; where δy is NULL, of first order alone:
/// ρ (γ δ̇y − ⟨γ δ̇y⟩ − ⟨γ δ̇y x̂⟩ x̂).
CLONES void NAME(rows_backward_tangent)(CALL a, struct normalisation_size size) {
    size_t n = size.columns;
    const T *restrict gamma = a.gamma, *restrict tgamma = a.tgamma;
    for (size_t r = 0; r < size.rows; r++) {
        const T *restrict x = a.x + r * n, *restrict tdy = a.tdy + r * n;
        T *restrict tdx = a.out + r * n;
        const T *s = a.statistics + r * STATISTICS;
        T mu = s[MU_HIGH], mu2 = s[MU_LOW], rho = s[RHO];
        wide8 plain = {0}, moment = {0};
        double rest = 0, rest2 = 0;
        size_t i = 0;
        if (!a.dy) {
            for (; i + 8 <= n; i += 8) {
                wide8 g = __builtin_convertvector(EIGHT(gamma + i) * EIGHT(tdy + i), wide8);
                plain += g;
                moment += g * __builtin_convertvector((EIGHT(x + i) - mu) - mu2, wide8);
            }
            for (; i < n; i++) {
                double g = (double)(gamma[i] * tdy[i]);
                rest += g;
                rest2 += g * (double)((x[i] - mu) - mu2);
            }
            T offset = (T)(-(TOTAL8(plain) + rest) / (double)n * rho);
            T slope = (T)(-(TOTAL8(moment) + rest2) / (double)n * rho * rho * rho);
            for (i = 0; i < n; i++) tdx[i] = rho * gamma[i] * tdy[i] + (slope * ((x[i] - mu) - mu2) + offset);
            continue;
        }
        const T *restrict dy = a.dy + r * n, *restrict tx = a.tx + r * n;
        T m = a.tstatistics[2 * r + M], slope = a.tstatistics[2 * r + A], k = slope * rho;
        // Here `moment` is Σ (ġ x̂ + g x̂̇)/ρ.
        for (; i + 8 <= n; i += 8) {
            ROW8 d = (EIGHT(x + i) - mu) - mu2, g = EIGHT(gamma + i) * EIGHT(dy + i);
            ROW8 tg = EIGHT(gamma + i) * EIGHT(tdy + i) + EIGHT(tgamma + i) * EIGHT(dy + i);
            plain += __builtin_convertvector(tg, wide8);
            moment += __builtin_convertvector(tg * d + g * ((EIGHT(tx + i) - m) - k * d), wide8);
        }
        for (; i < n; i++) {
            T d = (x[i] - mu) - mu2, g = gamma[i] * dy[i], tg = gamma[i] * tdy[i] + tgamma[i] * dy[i];
            rest += (double)tg;
            rest2 += (double)(tg * d + g * ((tx[i] - m) - k * d));
        }
        double rate = rho, b = s[B], c = s[C];
        double e = rate * (TOTAL8(moment) + rest2) / (double)n;
        T ofdy = (T)(-slope * rate), oftx = (T)(-rate * c), ofd = (T)(rate * (2 * rate * slope * c - e));
        T offset = (T)(slope * rate * b - (TOTAL8(plain) + rest) / (double)n);
        for (i = 0; i < n; i++) {
            T d = (x[i] - mu) - mu2;
            T g = gamma[i] * (tdy[i] + ofdy * dy[i]) + tgamma[i] * dy[i];
            tdx[i] = rho * (g + oftx * (tx[i] - m) + ofd * d + offset);
        }
    }
}

/// sums = scaling · sums + (Σ δ̇y, Σ δ̇y x̂ + δy x̂̇), the sums of each column over all rows: `out` is that of β's, `tsums`
/// that of γ's gradient. The gradient itself is had with δy in the place of δ̇y and NULL in its own.
CLONES void NAME(rows_gradient)(CALL a, struct normalisation_size size, T scaling) {
    for (size_t start = 0; start < size.columns; start += 32) {
        size_t width = size.columns - start < 32 ? size.columns - start : 32;
        double plain[32] = {0}, moment[32] = {0};
        for (size_t r = 0; r < size.rows; r++) {
            const T *s = a.statistics + r * STATISTICS;
            T mu = s[MU_HIGH], mu2 = s[MU_LOW], rho = s[RHO];
            const T *restrict x = a.x + r * size.stride + start, *restrict tdy = a.tdy + r * size.stride + start;
            if (a.dy && a.tx) {
                const T *restrict dy = a.dy + r * size.stride + start, *restrict tx = a.tx + r * size.stride + start;
                T m = a.tstatistics[2 * r + M], k = a.tstatistics[2 * r + A] * rho;
                if (width == 32) {
                    for (size_t l = 0; l < 32; l++) {
                        T d = (x[l] - mu) - mu2;
                        plain[l] += (double)tdy[l];
                        moment[l] += (double)(rho * (tdy[l] * d + dy[l] * ((tx[l] - m) - k * d)));
                    }
                } else {
                    for (size_t l = 0; l < width; l++) {
                        T d = (x[l] - mu) - mu2;
                        plain[l] += (double)tdy[l];
                        moment[l] += (double)(rho * (tdy[l] * d + dy[l] * ((tx[l] - m) - k * d)));
                    }
                }
            } else if (width == 32) {
                for (size_t l = 0; l < 32; l++) {
                    plain[l] += (double)tdy[l];
                    moment[l] += (double)(rho * tdy[l] * ((x[l] - mu) - mu2));
                }
            } else {
                for (size_t l = 0; l < width; l++) {
                    plain[l] += (double)tdy[l];
                    moment[l] += (double)(rho * tdy[l] * ((x[l] - mu) - mu2));
                }
            }
        }
        T *beta = a.out + start, *gamma = a.tsums + start;
        for (size_t l = 0; l < width; l++) {
            beta[l] = (T)(plain[l] + (scaling == 0 ? 0 : (double)scaling * (double)beta[l]));
            gamma[l] = (T)(moment[l] + (scaling == 0 ? 0 : (double)scaling * (double)gamma[l]));
        }
    }
}
