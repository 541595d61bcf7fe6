// Windows' products for one scalar type T with suffix S; included by window.c alone.

#define VECTOR_BYTES 16
#define MOST_VECTORS 2
#define LEVEL narrow
#define TARGET
#include "window_tiles.h"
#undef VECTOR_BYTES
#undef LEVEL
#undef TARGET

#if defined(__x86_64__)
#define VECTOR_BYTES 32
#define LEVEL avx2
#define TARGET __attribute__((target("arch=x86-64-v3")))
#include "window_tiles.h"
#undef VECTOR_BYTES
#undef MOST_VECTORS
#undef LEVEL
#undef TARGET

#define VECTOR_BYTES 64
#define MOST_VECTORS 4
#define LEVEL avx512
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#include "window_tiles.h"
#undef VECTOR_BYTES
#undef LEVEL
#undef TARGET
#endif
#undef MOST_VECTORS

#define WINDOW(stem) JOIN(window_##stem, S)
#define PANEL (WINDOW_PANEL_BYTES / sizeof(T))
#define FILL (WINDOW_VECTOR_BYTES / sizeof(T))

static void WINDOW(multiply_panel)(
    T **y, const T *start, const T **x, size_t count, const T *w, size_t width, const struct window_tap *taps,
    size_t tap_count
) {
#if defined(__x86_64__)
    if (window_level == 4)
        return JOIN(WINDOW(multiply_panel), avx512)(y, start, x, count, w, width, taps, tap_count);
    if (window_level == 3) return JOIN(WINDOW(multiply_panel), avx2)(y, start, x, count, w, width, taps, tap_count);
#endif
    JOIN(WINDOW(multiply_panel), narrow)(y, start, x, count, w, width, taps, tap_count);
}

static void WINDOW(correlate_panel)(
    T *g, size_t step, const T *const *x, const T *d, size_t width, size_t positions, const struct window_tap *taps,
    size_t tap_count
) {
#if defined(__x86_64__)
    if (window_level == 4)
        return JOIN(WINDOW(correlate_panel), avx512)(g, step, x, d, width, positions, taps, tap_count);
    if (window_level == 3)
        return JOIN(WINDOW(correlate_panel), avx2)(g, step, x, d, width, positions, taps, tap_count);
#endif
    JOIN(WINDOW(correlate_panel), narrow)(g, step, x, d, width, positions, taps, tap_count);
}

/// Some windows of one class, against some taps: y rows `columns` wide of a panel that is `width` wide with its filling.
static void WINDOW(multiply_windows)(
    T **y, const T *start, const T **x, size_t count, const T *w, size_t columns, size_t width,
    const struct window_tap *taps, size_t tap_count
) {
    if (columns == width) return WINDOW(multiply_panel)(y, start, x, count, w, width, taps, tap_count);
    T whole[WINDOW_ROWS * PANEL];
    T *rows[WINDOW_ROWS];
    for (size_t r = 0; r < count; r++) {
        rows[r] = whole + r * width;
        memcpy(rows[r], start ? start : y[r], columns * sizeof(T));
        memset(rows[r] + columns, 0, (width - columns) * sizeof(T));
    }
    T *starts[WINDOW_ROWS];
    memcpy(starts, rows, sizeof(rows));
    WINDOW(multiply_panel)(rows, NULL, x, count, w, width, taps, tap_count);
    for (size_t r = 0; r < count; r++) memcpy(y[r], starts[r], columns * sizeof(T));
}

void WINDOW(multiply)(
    T *y, const struct JOIN(window_start, S) *start, const T *x, const T *packed, const struct window_plan *plan,
    const struct window_size *size
) {
    static const T zeros[PANEL];
    for (size_t first = 0; first < size->columns; first += PANEL) {
        size_t columns = size->columns - first < PANEL ? size->columns - first : PANEL;
        size_t width = (columns + FILL - 1) / FILL * FILL;
        const T *w = packed + first * size->rows;
        for (size_t c = 0; c < plan->class_count; c++) {
            struct window_class class = plan->classes[c];
            const T *row = start == NULL ? NULL : start->row ? start->row + first : zeros;
            size_t end = (size_t)(class.first_tap + class.tap_count), tap = (size_t)class.first_tap, next;
            // Once also where a window sees nothing, for the start's sake.
            do {
                next = WINDOW_NEXT(plan->taps, tap, end);
                size_t count = 0;
                T *to[WINDOW_ROWS];
                const T *from[WINDOW_ROWS];
                for (size_t e = 0; e < size->examples; e++) {
                    for (int32_t p = class.first_position; p < class.first_position + class.position_count; p++) {
                        to[count] = y + e * size->target + plan->targets[p] + first;
                        from[count++] = x + e * size->source + plan->sources[p];
                        if (count < WINDOW_ROWS) continue;
                        WINDOW(multiply_windows)(to, row, from, count, w, columns, width, plan->taps + tap, next - tap);
                        count = 0;
                    }
                }
                if (count > 0)
                    WINDOW(multiply_windows)(to, row, from, count, w, columns, width, plan->taps + tap, next - tap);
                row = NULL;
                tap = next;
            } while (tap < end);
        }
    }
}

/// Some windows of one class: their rows of d are copied, so that they lie together and are filled up with zeros.
static void WINDOW(correlate_windows)(
    T *g, const T *const *x, const T *const *d, size_t count, const struct window_size *size,
    const struct window_tap *taps, size_t tap_count
) {
    T rows[WINDOW_ROWS * PANEL] __attribute__((aligned(64)));
    for (size_t first = 0; first < size->columns; first += PANEL) {
        size_t columns = size->columns - first < PANEL ? size->columns - first : PANEL;
        size_t width = (columns + FILL - 1) / FILL * FILL;
        for (size_t p = 0; p < count; p++) {
            memcpy(rows + p * width, d[p] + first, columns * sizeof(T));
            memset(rows + p * width + columns, 0, (width - columns) * sizeof(T));
        }
        if (columns == width) {
            WINDOW(correlate_panel)(g + first, size->columns, x, rows, width, count, taps, tap_count);
            continue;
        }
        // Rows of g are too short for whole registers: a few at a time through memory that is not.
        T sums[WINDOW_ROWS * PANEL] __attribute__((aligned(64)));
        for (size_t t = 0; t < tap_count; t++) {
            for (int32_t i = 0; i < taps[t].length; i += WINDOW_ROWS) {
                int32_t length = taps[t].length - i < WINDOW_ROWS ? taps[t].length - i : WINDOW_ROWS;
                struct window_tap tap = {taps[t].source + i, 0, length};
                T *to = g + (size_t)(taps[t].row + i) * size->columns + first;
                memset(sums, 0, (size_t)length * width * sizeof(T));
                for (int32_t r = 0; r < length; r++)
                    memcpy(sums + (size_t)r * width, to + (size_t)r * size->columns, columns * sizeof(T));
                WINDOW(correlate_panel)(sums, width, x, rows, width, count, &tap, 1);
                for (int32_t r = 0; r < length; r++)
                    memcpy(to + (size_t)r * size->columns, sums + (size_t)r * width, columns * sizeof(T));
            }
        }
    }
}

void WINDOW(correlate)(
    T *g, const T *x, const T *d, const struct window_plan *plan, const struct window_size *size
) {
    for (size_t c = 0; c < plan->class_count; c++) {
        struct window_class class = plan->classes[c];
        const struct window_tap *taps = plan->taps + class.first_tap;
        if (class.tap_count == 0) continue;
        size_t count = 0;
        const T *from[WINDOW_ROWS], *cotangents[WINDOW_ROWS];
        for (size_t e = 0; e < size->examples; e++) {
            for (int32_t p = class.first_position; p < class.first_position + class.position_count; p++) {
                cotangents[count] = d + e * size->target + plan->targets[p];
                from[count++] = x + e * size->source + plan->sources[p];
                if (count < WINDOW_ROWS) continue;
                WINDOW(correlate_windows)(g, from, cotangents, count, size, taps, (size_t)class.tap_count);
                count = 0;
            }
        }
        if (count > 0) WINDOW(correlate_windows)(g, from, cotangents, count, size, taps, (size_t)class.tap_count);
    }
}

void WINDOW(lower)(T *y, const T *x, const struct window_plan *plan, const struct window_size *size) {
    size_t positions = size->target / size->columns;
    memset(y, 0, size->examples * positions * size->rows * sizeof(T));
    for (size_t e = 0; e < size->examples; e++) {
        for (size_t c = 0; c < plan->class_count; c++) {
            struct window_class class = plan->classes[c];
            for (int32_t p = class.first_position; p < class.first_position + class.position_count; p++) {
                T *row = y + (e * positions + (size_t)plan->targets[p] / size->columns) * size->rows;
                const T *window = x + e * size->source + plan->sources[p];
                for (int32_t t = class.first_tap; t < class.first_tap + class.tap_count; t++) {
                    struct window_tap tap = plan->taps[t];
                    memcpy(row + tap.row, window + tap.source, (size_t)tap.length * sizeof(T));
                }
            }
        }
    }
}

// Squares of eight through registers: one number at a time the loop would wait for its scattered stores.
#define ROW JOIN(row8, S)
#define MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

CLONES static void WINDOW(transpose_square)(T *restrict y, size_t y_step, const T *restrict x, size_t x_step) {
    ROW r[8], s[8];
    for (size_t i = 0; i < 8; i++) r[i] = *(const ROW *)(x + i * x_step);
    for (size_t i = 0; i < 8; i += 2) {
        s[i] = MIX(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        s[i + 1] = MIX(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (size_t i = 0; i < 8; i += i % 4 == 1 ? 3 : 1) {
        r[i] = MIX(s[i], s[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        r[i + 2] = MIX(s[i], s[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
    for (size_t i = 0; i < 4; i++) {
        *(ROW *)(y + i * y_step) = MIX(r[i], r[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        *(ROW *)(y + (i + 4) * y_step) = MIX(r[i], r[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

void WINDOW(transpose)(T *restrict y, size_t y_step, const T *restrict x, size_t x_step, size_t rows, size_t columns) {
    size_t whole_rows = rows / 8 * 8, whole_columns = columns / 8 * 8;
    for (size_t c = 0; c < whole_columns; c += 8)
        for (size_t r = 0; r < whole_rows; r += 8)
            WINDOW(transpose_square)(y + c * y_step + r, y_step, x + r * x_step + c, x_step);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = r < whole_rows ? whole_columns : 0; c < columns; c++) y[c * y_step + r] = x[r * x_step + c];
}

#undef ROW
#undef MIX

/// One of the steps is 1: the matrix lies by rows or by columns.
void WINDOW(pack)(T *packed, const T *w, size_t rows, size_t row_step, size_t columns, size_t column_step) {
    size_t width = (columns + FILL - 1) / FILL * FILL;
    if (row_step == 1) WINDOW(transpose)(packed, width, w, column_step, columns, rows);
    for (size_t r = 0; r < rows; r++) {
        if (row_step != 1) memcpy(packed + r * width, w + r * row_step, columns * sizeof(T));
        memset(packed + r * width + columns, 0, (width - columns) * sizeof(T));
    }
}

void WINDOW(block_sums)(
    T *sums, size_t stride, const T *a, const T *b, T offset, size_t row_count, size_t column_count, size_t block
) {
    size_t width = column_count * block;
    for (size_t i = 0; i < row_count; i++) {
        for (size_t j = 0; j < column_count; j++) {
            double sum = 0;
            for (size_t p = 0; p < block; p++) {
                const T *u = a + (i * block + p) * width + j * block, *v = b + (i * block + p) * width + j * block;
                for (size_t q = 0; q < block; q++) sum += (double)u[q] * ((double)v[q] + (double)offset);
            }
            sums[i * stride + j] += (T)sum;
        }
    }
}

#undef WINDOW
#undef PANEL
#undef FILL
