#include "window.h"

#include "common.h"
#include "elementwise.h"

/// Windows that go through together: with their rows of the target they fit the nearest cache.
#define WINDOW_ROWS 96
/// Rows of a packed matrix that meet all windows before the next do, at most: they stay in the nearest cache.
#define WINDOW_DEPTH 96

static int window_level = 1;

__attribute__((constructor)) static void window_find_level(void) { window_level = processor_vector_level(); }

/// The first tap after `tap` that goes into another round.
static inline size_t WINDOW_NEXT(const struct window_tap *taps, size_t tap, size_t end) {
    if (tap == end) return end;
    int32_t rows = taps[tap].length;
    size_t next = tap + 1;
    while (next < end && rows + taps[next].length <= WINDOW_DEPTH) rows += taps[next++].length;
    return next;
}

#define T float
#define S f32
#include "window_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "window_loops.h"
