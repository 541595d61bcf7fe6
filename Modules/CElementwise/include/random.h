#pragma once
#include <stddef.h>
#include <stdint.h>

// Random numbers by their place: number i of sequence s under a key is a function of (key, s, i) alone, so that work may be
// cut anywhere and done in any order. Philox 4×32 with 10 rounds; see elementwise.h for what all loops have in common.
//
// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.

/// Numbers that are made at a time: a piece of a sequence begins at a multiple of it.
enum { random_block = 64 };

/// The four words of the counter `counter` under `key`.
void random_philox(uint32_t words[4], const uint32_t counter[4], const uint32_t key[2]);

/// y[i] = number `first + i` of the sequence, standard normal (Box and Muller 1958); `first` is a multiple of `random_block`.
/// The result is Σ y², in double.
double random_normal_f32(float *y, uint64_t key, uint64_t sequence, uint64_t first, size_t n);

/// One step of a walk whose place is the sum of two floats: (y, rest) += factor · x, with y the float next to the sum.
void random_walk_f32(float *y, float *rest, double factor, const float *x, size_t n);

/// Σ (x − y)², in double.
double random_squared_distance_f32(const float *x, const float *y, size_t n);
