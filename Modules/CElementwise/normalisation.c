#include "normalisation.h"

#include "common.h"

// Where a row's statistics lie, and (times the stride) a group's.
enum { MU_HIGH, MU_LOW, RHO, B, C, STATISTICS };
// And those of tangents.
enum { M, A };

// Rows of channels that go through together, so that memory is read from end to end.
enum { CHUNK = 128 };

// For loops that must be part of each clone of their caller.
#define INLINE static inline __attribute__((always_inline))

/// The eight numbers of v, added pairwise.
#define TOTAL8(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

#define CALL struct JOIN(normalisation, S)
#define ROW8 JOIN(row8, S)
#define EIGHT(p) (*(const ROW8 *)(p))
#define WIDE(p) __builtin_convertvector(EIGHT(p), wide8)

/// Statistic `which` of the group of a column.
#define OF(array, which, column) (array)[(which) * size.statistics_stride + (column) / size.group]

#define T float
#define S f32
#include "normalisation_rows_loops.h"
#include "normalisation_columns_loops.h"
#include "normalisation_channels_loops.h"
#undef T
#undef S

#define T double
#define S f64
#include "normalisation_rows_loops.h"
#include "normalisation_columns_loops.h"
#include "normalisation_channels_loops.h"
