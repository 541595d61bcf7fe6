#include "normalisation.h"

#include "common.h"

// Where a row's statistics lie, and (times the stride) a group's.
enum { MU_HIGH, MU_LOW, RHO, B, C, STATISTICS };
// And those of tangents.
enum { M, A };

// For loops that must be part of each clone of their caller.
#define INLINE static inline __attribute__((always_inline))

/// The eight numbers of v, added pairwise.
#define TOTAL8(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

#define EIGHT(p) (*(const JOIN(row8, S) *)(p))
#define WIDE(p) __builtin_convertvector(EIGHT(p), wide8)

#define T float
#define S f32
#include "normalisation_rows_loops.h"
#include "normalisation_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "normalisation_rows_loops.h"
#include "normalisation_loops.h"
