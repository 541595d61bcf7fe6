// The loops, once for each scalar type T with suffix S; included by elementwise.c alone.

CLONES void NAME(fill)(T *y, T value, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = value;
}

CLONES void NAME(scale)(T *y, T factor, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] *= factor;
}

CLONES void NAME(add_scaled)(T *restrict y, T factor, const T *restrict x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] += factor * x[i];
}

/// y = a·x + b·y
CLONES void NAME(combine)(T *restrict y, T a, const T *restrict x, T b, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = a * x[i] + b * y[i];
}

/// y = x / divisor, from bytes; each quotient is rounded once.
CLONES void NAME(divide_bytes)(T *restrict y, const uint8_t *restrict x, T divisor, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = (T)x[i] / divisor;
}

/// y = x ∘ y
CLONES void NAME(multiply)(T *restrict y, const T *restrict x, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] *= x[i];
}

/// z = x ∘ y
CLONES void NAME(product)(T *restrict z, const T *restrict x, const T *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) z[i] = x[i] * y[i];
}

/// y = x ∘ y + z
CLONES void NAME(multiply_add)(T *restrict y, const T *restrict x, const T *restrict z, size_t n) {
    for (size_t i = 0; i < n; i++) y[i] = x[i] * y[i] + z[i];
}

/// g += d ∘ (a + offset)
CLONES void NAME(hadamard_gram)(T *restrict g, const T *restrict d, const T *restrict a, T offset, size_t n) {
    for (size_t i = 0; i < n; i++) g[i] += d[i] * (a[i] + offset);
}

/// Σ xᵢyᵢ in 32 double accumulators, added pairwise at the end.
CLONES double NAME(dot)(const T *restrict x, const T *restrict y, size_t n) {
    double lanes[32] = {0};
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        for (size_t l = 0; l < 32; l++) lanes[l] += (double)x[i + l] * (double)y[i + l];
    for (size_t l = 0; i < n; i++, l++) lanes[l] += (double)x[i] * (double)y[i];
    for (size_t width = 16; width > 0; width /= 2)
        for (size_t l = 0; l < width; l++) lanes[l] += lanes[l + width];
    return lanes[0];
}

CLONES double NAME(sum)(const T *restrict x, size_t n) {
    double lanes[32] = {0};
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        for (size_t l = 0; l < 32; l++) lanes[l] += (double)x[i + l];
    for (size_t l = 0; i < n; i++, l++) lanes[l] += (double)x[i];
    for (size_t width = 16; width > 0; width /= 2)
        for (size_t l = 0; l < width; l++) lanes[l] += lanes[l + width];
    return lanes[0];
}

/// 1 where no element is NaN or infinite: x·0 is 0 then, and NaN otherwise.
CLONES int NAME(is_finite)(const T *restrict x, size_t n) {
    T lanes[32] = {0};
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        for (size_t l = 0; l < 32; l++) lanes[l] += x[i + l] * (T)0;
    for (size_t l = 0; i < n; i++, l++) lanes[l] += x[i] * (T)0;
    T total = 0;
    for (size_t l = 0; l < 32; l++) total += lanes[l];
    return total == 0;
}

CLONES void NAME(fill_rows)(T *restrict y, size_t stride, const T *restrict row, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) memcpy(y + r * stride, row, columns * sizeof(T));
}

/// sums = beta·sums + Σ_r x[r, :], each column's sum in double, from the first row to the last.
CLONES void NAME(column_sums)(T *restrict sums, T beta, const T *restrict x, size_t stride, size_t rows, size_t columns) {
    for (size_t start = 0; start < columns; start += 64) {
        double lanes[64] = {0};
        size_t width = columns - start < 64 ? columns - start : 64;
        if (width == 64) {
            for (size_t r = 0; r < rows; r++)
                for (size_t l = 0; l < 64; l++) lanes[l] += (double)x[r * stride + start + l];
        } else {
            for (size_t r = 0; r < rows; r++)
                for (size_t l = 0; l < width; l++) lanes[l] += (double)x[r * stride + start + l];
        }
        if (beta == 0)
            for (size_t l = 0; l < width; l++) sums[start + l] = (T)lanes[l];
        else
            for (size_t l = 0; l < width; l++) sums[start + l] = (T)(beta * (double)sums[start + l] + lanes[l]);
    }
}

// Each activation gives its value in place of its argument and, where asked, σ′ and σ″ there.

CLONES static void NAME(relu)(T slope, T *restrict x, T *restrict first, size_t n) {
    for (size_t i = 0; i < n; i++) {
        T d = (T)(x[i] > 0) * ((T)1 - slope) + slope;
        first[i] = d;
        x[i] *= d;
    }
}

CLONES static void NAME(tanh_value)(T *restrict x, T *restrict first, T *restrict second, size_t n) {
    for (size_t i = 0; i < n; i++) {
        T t = JOIN(vector_tanh, S)(x[i]);
        T d = (T)1 - t * t;
        x[i] = t;
        first[i] = d;
        second[i] = (T)-2 * t * d;
    }
}

CLONES static void NAME(sigmoid_value)(T *restrict x, T *restrict first, T *restrict second, size_t n) {
    for (size_t i = 0; i < n; i++) {
        T s = JOIN(vector_sigmoid, S)(x[i]);
        T d = s * ((T)1 - s);
        x[i] = s;
        first[i] = d;
        second[i] = d * ((T)1 - (T)2 * s);
    }
}

/// x·s(x): σ′ = s + x s′, σ″ = 2s′ + x s″, with s′ = s(1 − s), s″ = s′(1 − 2s).
CLONES static void NAME(silu_value)(T *restrict x, T *restrict first, T *restrict second, size_t n) {
    for (size_t i = 0; i < n; i++) {
        T z = x[i];
        T s = JOIN(vector_sigmoid, S)(z);
        T d = s * ((T)1 - s);
        x[i] = z * s;
        first[i] = s + z * d;
        second[i] = (T)2 * d + z * d * ((T)1 - (T)2 * s);
    }
}

/// x·Φ(x): σ′ = Φ + xφ, σ″ = φ(2 − x²).
CLONES static void NAME(gelu_erf_value)(T *restrict x, T *restrict first, T *restrict second, size_t n) {
    for (size_t i = 0; i < n; i++) {
        T z = x[i];
        double bell, wide;
        JOIN(vector_normal, S)(z, &bell, &wide);
        T cumulative = (T)wide;
        T density = (T)(0.39894228040143267794 * bell);
        x[i] = z * cumulative;
        first[i] = cumulative + z * density;
        second[i] = density * ((T)2 - z * z);
    }
}

/// ½x(1 + tanh u), u = √(2/π)(x + 0.044715x³): σ′ = ½(1 + t) + ½x t′u′, σ″ = t′u′ + ½x(t″u′² + t′u″).
CLONES static void NAME(gelu_tanh_value)(T *restrict x, T *restrict first, T *restrict second, size_t n) {
    const T root = (T)0.79788456080286535588, cubic = (T)0.044715;
    for (size_t i = 0; i < n; i++) {
        T z = x[i];
        T t = JOIN(vector_tanh, S)(root * (z + cubic * z * z * z));
        T u1 = root * ((T)1 + (T)3 * cubic * z * z);
        T u2 = root * (T)6 * cubic * z;
        T t1 = (T)1 - t * t;
        T t2 = (T)-2 * t * t1;
        x[i] = (T)0.5 * z * ((T)1 + t);
        first[i] = (T)0.5 * ((T)1 + t) + (T)0.5 * z * t1 * u1;
        second[i] = t1 * u1 + (T)0.5 * z * (t2 * u1 * u1 + t1 * u2);
    }
}

void NAME(activation)(int kind, T parameter, T *x, T *first, T *second, size_t n) {
    switch (kind) {
    case activation_relu: NAME(relu)(0, x, first, n); break;
    case activation_leaky_relu: NAME(relu)(parameter, x, first, n); break;
    case activation_tanh: NAME(tanh_value)(x, first, second, n); break;
    case activation_sigmoid: NAME(sigmoid_value)(x, first, second, n); break;
    case activation_silu: NAME(silu_value)(x, first, second, n); break;
    case activation_gelu_erf: NAME(gelu_erf_value)(x, first, second, n); break;
    case activation_gelu_tanh: NAME(gelu_tanh_value)(x, first, second, n); break;
    }
}

/// Rows of p = softmax of the rows of x, and log Σ exp of each row, with the row's maximum taken out; sums in double.
void NAME(softmax)(T *restrict p, double *restrict log_sums, const T *restrict x, size_t rows, size_t columns) {
    for (size_t r = 0; r < rows; r++) {
        const T *row = x + r * columns;
        T *out = p + r * columns;
        T top = row[0];
        for (size_t c = 1; c < columns; c++) top = row[c] > top ? row[c] : top;
        double sum = 0;
        for (size_t c = 0; c < columns; c++) {
            double e = exp((double)row[c] - (double)top);
            out[c] = (T)e;
            sum += e;
        }
        for (size_t c = 0; c < columns; c++) out[c] = (T)((double)out[c] / sum);
        log_sums[r] = (double)top + log(sum);
    }
}

/// Rows of r = factor · (diag(p) − p pᵀ) t, the Hessian of cross-entropy with respect to its logits.
CLONES void NAME(softmax_product)(T *restrict r, const T *restrict p, const T *restrict t, T factor, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        const T *pr = p + row * columns, *tr = t + row * columns;
        T *rr = r + row * columns;
        T mean = 0;
        for (size_t c = 0; c < columns; c++) mean += pr[c] * tr[c];
        for (size_t c = 0; c < columns; c++) rr[c] = factor * pr[c] * (tr[c] - mean);
    }
}

// Inner products with the rows of a Krylov basis, in double precision. The vector's piece is widened once for all rows,
// and several rows go through together so that they share its loads: one row at a time the loop would wait for them and
// not for the memory that the rows come from (10 GB/s of basis a core, against 20). A caller hands in pieces that fit
// the cache; other lengths work too.

#define PIECE 2048
#define WIDE8(p) (*(const wide8 *)(p))
#define ROW8(p) __builtin_convertvector(*(const JOIN(row8, S) *)(p), wide8)
#define SUM8(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

CLONES void NAME(basis_dot)(double *restrict h, const T *restrict q, size_t stride, size_t rows, const T *restrict w, size_t n) {
    double wide[PIECE];
    for (size_t start = 0; start < n; start += PIECE) {
        size_t m = n - start < PIECE ? n - start : PIECE, r = 0;
        for (size_t i = 0; i < m; i++) wide[i] = (double)w[start + i];
        for (; r + 4 <= rows; r += 4) {
            const T *a = q + r * stride + start, *b = a + stride, *c = b + stride, *d = c + stride;
            wide8 sa = {0}, sb = {0}, sc = {0}, sd = {0};
            size_t i = 0;
            for (; i + 8 <= m; i += 8) {
                wide8 x = WIDE8(wide + i);
                sa += ROW8(a + i) * x;
                sb += ROW8(b + i) * x;
                sc += ROW8(c + i) * x;
                sd += ROW8(d + i) * x;
            }
            double ta = SUM8(sa), tb = SUM8(sb), tc = SUM8(sc), td = SUM8(sd);
            for (; i < m; i++) {
                ta += (double)a[i] * wide[i];
                tb += (double)b[i] * wide[i];
                tc += (double)c[i] * wide[i];
                td += (double)d[i] * wide[i];
            }
            h[r] += ta;
            h[r + 1] += tb;
            h[r + 2] += tc;
            h[r + 3] += td;
        }
        for (; r < rows; r++) {
            const T *a = q + r * stride + start;
            wide8 sa = {0};
            size_t i = 0;
            for (; i + 8 <= m; i += 8) sa += ROW8(a + i) * WIDE8(wide + i);
            double ta = SUM8(sa);
            for (; i < m; i++) ta += (double)a[i] * wide[i];
            h[r] += ta;
        }
    }
}

/// w −= Σ_r h[r] · q[r, :], summed in double and rounded once.
CLONES void NAME(basis_subtract)(T *restrict w, const T *restrict q, size_t stride, size_t rows, const double *restrict h, size_t n) {
    double wide[PIECE];
    for (size_t start = 0; start < n; start += PIECE) {
        size_t m = n - start < PIECE ? n - start : PIECE, r = 0;
        for (size_t i = 0; i < m; i++) wide[i] = (double)w[start + i];
        for (; r + 8 <= rows; r += 8) {
            const T *a = q + r * stride + start, *b = a + stride, *c = b + stride, *d = c + stride;
            const T *e = d + stride, *f = e + stride, *g = f + stride, *k = g + stride;
            double h0 = h[r], h1 = h[r + 1], h2 = h[r + 2], h3 = h[r + 3];
            double h4 = h[r + 4], h5 = h[r + 5], h6 = h[r + 6], h7 = h[r + 7];
            size_t i = 0;
            for (; i + 8 <= m; i += 8) {
                wide8 s = h0 * ROW8(a + i) + h1 * ROW8(b + i) + h2 * ROW8(c + i) + h3 * ROW8(d + i);
                wide8 t = h4 * ROW8(e + i) + h5 * ROW8(f + i) + h6 * ROW8(g + i) + h7 * ROW8(k + i);
                *(wide8 *)(wide + i) = WIDE8(wide + i) - (s + t);
            }
            for (; i < m; i++) {
                double s = h0 * (double)a[i] + h1 * (double)b[i] + h2 * (double)c[i] + h3 * (double)d[i];
                double t = h4 * (double)e[i] + h5 * (double)f[i] + h6 * (double)g[i] + h7 * (double)k[i];
                wide[i] -= s + t;
            }
        }
        for (; r < rows; r++) {
            const T *a = q + r * stride + start;
            double ha = h[r];
            for (size_t i = 0; i < m; i++) wide[i] -= ha * (double)a[i];
        }
        for (size_t i = 0; i < m; i++) w[start + i] = (T)wide[i];
    }
}

#undef WIDE8
#undef ROW8
#undef SUM8
#undef PIECE
