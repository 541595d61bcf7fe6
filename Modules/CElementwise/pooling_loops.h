// The loops of pooling, once for each scalar type T with suffix S; included by pooling.c alone.

// Runs `body` at every place of the window, for every offset in it that meets the image, from the first to the last:
// `from` is where the pixel's channels begin in an image, `to` where the place's begin in the output, OFFSET the
// pixel's number within the window.
#define OFFSET ((T)(ky * w.kernel_width + kx))
#define FOR_EACH_PLACE(before, body, after) \
    for (size_t oy = 0; oy < w.output_height; oy++) { \
        size_t top = oy * w.stride, y0 = first_inside(top, w.padding); \
        size_t y1 = end_inside(top, w.padding, w.kernel_height, w.height); \
        for (size_t ox = 0; ox < w.output_width; ox++) { \
            size_t left = ox * w.stride, x0 = first_inside(left, w.padding); \
            size_t x1 = end_inside(left, w.padding, w.kernel_width, w.width); \
            size_t to = (oy * w.output_width + ox) * w.channels; \
            before \
            for (size_t ky = y0; ky < y1; ky++) { \
                for (size_t kx = x0; kx < x1; kx++) { \
                    size_t from = ((top + ky - w.padding) * w.width + left + kx - w.padding) * w.channels; \
                    body \
                } \
            } \
            after \
        } \
    }

// One pixel's channels each; apart, so that `restrict` lets them vectorise.

static inline void NAME(take_larger)(T *restrict best, T *restrict index, const T *restrict x, T offset, size_t n) {
    for (size_t c = 0; c < n; c++) {
        // What is not a number must not be lost on the way to whoever reports it.
        int takes = (x[c] > best[c]) | (x[c] != x[c]);
        best[c] = takes ? x[c] : best[c];
        index[c] = takes ? offset : index[c];
    }
}

static inline void NAME(take_chosen)(T *restrict y, const T *restrict index, const T *restrict x, T offset, size_t n) {
    for (size_t c = 0; c < n; c++) y[c] = index[c] == offset ? x[c] : y[c];
}

static inline void NAME(add_chosen)(T *restrict x, const T *restrict index, const T *restrict y, T offset, size_t n) {
    for (size_t c = 0; c < n; c++) x[c] += index[c] == offset ? y[c] : (T)0;
}

static inline void NAME(add_share)(T *restrict x, T factor, const T *restrict y, size_t n) {
    for (size_t c = 0; c < n; c++) x[c] += factor * y[c];
}

/// The largest number in each window, and its offset in the window: the first of equals.
CLONES void NAME(max_pool)(T *restrict y, T *restrict index, const T *restrict x, struct pooling_window w, size_t examples) {
    size_t n = w.channels;
    for (size_t e = 0; e < examples; e++) {
        FOR_EACH_PLACE(
            {
                size_t first = ((top + y0 - w.padding) * w.width + left + x0 - w.padding) * n;
                memcpy(y + to, x + first, n * sizeof(T));
                T start = (T)(y0 * w.kernel_width + x0);
                for (size_t c = 0; c < n; c++) index[to + c] = start;
            },
            { NAME(take_larger)(y + to, index + to, x + from, OFFSET, n); }, {})
        x += w.height * w.width * n;
        y += w.output_height * w.output_width * n;
        index += w.output_height * w.output_width * n;
    }
}

/// y = what x has at the offsets that max_pool chose.
CLONES void NAME(max_pool_gather)(T *restrict y, const T *restrict index, const T *restrict x, struct pooling_window w, size_t examples) {
    size_t n = w.channels;
    for (size_t e = 0; e < examples; e++) {
        FOR_EACH_PLACE({}, { NAME(take_chosen)(y + to, index + to, x + from, OFFSET, n); }, {})
        x += w.height * w.width * n;
        y += w.output_height * w.output_width * n;
        index += w.output_height * w.output_width * n;
    }
}

/// The transpose of max_pool_gather: each pixel's sum over the windows that chose it, from the first to the last.
CLONES void NAME(max_pool_scatter)(T *restrict x, const T *restrict index, const T *restrict y, struct pooling_window w, size_t examples) {
    size_t n = w.channels;
    memset(x, 0, examples * w.height * w.width * n * sizeof(T));
    for (size_t e = 0; e < examples; e++) {
        FOR_EACH_PLACE({}, { NAME(add_chosen)(x + from, index + to, y + to, OFFSET, n); }, {})
        x += w.height * w.width * n;
        y += w.output_height * w.output_width * n;
        index += w.output_height * w.output_width * n;
    }
}

/// Each window's sum, zeros of the padding included, over the window's size; summed in double precision.
CLONES void NAME(average_pool)(T *restrict y, const T *restrict x, struct pooling_window w, size_t examples) {
    double factor = 1 / (double)(w.kernel_height * w.kernel_width);
    for (size_t e = 0; e < examples; e++) {
        for (size_t block = 0; block < w.channels; block += 64) {
            size_t n = w.channels - block < 64 ? w.channels - block : 64;
            if (n == 64)
                FOR_EACH_PLACE(
                    double lanes[64] = {0};, { for (size_t l = 0; l < 64; l++) lanes[l] += (double)x[from + block + l]; },
                    { for (size_t l = 0; l < 64; l++) y[to + block + l] = (T)(lanes[l] * factor); })
            else
                FOR_EACH_PLACE(
                    double lanes[64] = {0};, { for (size_t l = 0; l < n; l++) lanes[l] += (double)x[from + block + l]; },
                    { for (size_t l = 0; l < n; l++) y[to + block + l] = (T)(lanes[l] * factor); })
        }
        x += w.height * w.width * w.channels;
        y += w.output_height * w.output_width * w.channels;
    }
}

/// The transpose of average_pool: each pixel's sum over the windows that it lies in, from the first to the last.
CLONES void NAME(average_pool_scatter)(T *restrict x, const T *restrict y, struct pooling_window w, size_t examples) {
    T factor = (T)(1 / (double)(w.kernel_height * w.kernel_width));
    size_t n = w.channels;
    memset(x, 0, examples * w.height * w.width * n * sizeof(T));
    for (size_t e = 0; e < examples; e++) {
        FOR_EACH_PLACE({}, { NAME(add_share)(x + from, factor, y + to, n); }, {})
        x += w.height * w.width * n;
        y += w.output_height * w.output_width * n;
    }
}

#undef FOR_EACH_PLACE
#undef OFFSET
