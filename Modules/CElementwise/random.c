#include "random.h"

#include "common.h"

// Sixteen counters side by side; four words of each.
enum { lanes = 16 };

// Loops in functions of their own: to be compiled anew for each clone that takes them in, not once for the baseline.
#define INLINE static inline __attribute__((always_inline))

INLINE void philox(uint32_t w[4][lanes], uint32_t key0, uint32_t key1) {
    for (int round = 0; round < 10; round++) {
        for (int l = 0; l < lanes; l++) {
            uint64_t a = (uint64_t)0xD2511F53u * w[0][l], b = (uint64_t)0xCD9E8D57u * w[2][l];
            uint32_t first = (uint32_t)(b >> 32) ^ w[1][l] ^ key0, third = (uint32_t)(a >> 32) ^ w[3][l] ^ key1;
            w[1][l] = (uint32_t)b;
            w[3][l] = (uint32_t)a;
            w[0][l] = first;
            w[2][l] = third;
        }
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

void random_philox(uint32_t words[4], const uint32_t counter[4], const uint32_t key[2]) {
    uint32_t w[4][lanes] = {{0}};
    for (int i = 0; i < 4; i++) w[i][0] = counter[i];
    philox(w, key[0], key[1]);
    for (int i = 0; i < 4; i++) words[i] = w[i][0];
}

// ln x for normal x > 0: x = 2^k m with √½ ≤ m < √2, and Cephes' logf polynomial (relative error below 2 ulp).
static inline float vector_log_f32(float x) {
    union { float f; int32_t i; } bits = {.f = x};
    int32_t k = (bits.i - 0x3f3504f3) >> 23;
    bits.i -= k << 23;
    float m = bits.f - 1.0f, z = m * m;
    float p = 7.0376836292e-2f;
    p = p * m - 1.1514610310e-1f;
    p = p * m + 1.1676998740e-1f;
    p = p * m - 1.2420140846e-1f;
    p = p * m + 1.4249322787e-1f;
    p = p * m - 1.6668057665e-1f;
    p = p * m + 2.0000714765e-1f;
    p = p * m - 2.4999993993e-1f;
    p = p * m + 3.3333331174e-1f;
    float e = (float)k;
    return (p * m * z + e * -2.12194440e-4f - 0.5f * z) + m + e * 0.693359375f;
}

// sin and cos of 2π w / 2³²: an eighth of a turn to each side of the nearest quarter, by Cephes' sinf and cosf.
static inline void vector_turn_f32(uint32_t w, float *sine, float *cosine) {
    uint32_t quarter = (w + 0x20000000u) >> 30;
    float x = (float)(int32_t)(w - (quarter << 30)) * 1.46291807926715968e-9f;
    float z = x * x;
    float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * x + x;
    float c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
    union { float f; uint32_t i; } a = {.f = s}, b = {.f = c};
    // Odd quarters exchange the two; the sign follows the quarter.
    uint32_t odd = 0u - (quarter & 1);
    uint32_t sa = (a.i & ~odd) | (b.i & odd), ca = (b.i & ~odd) | (a.i & odd);
    sa ^= (quarter & 2) << 30;
    ca ^= ((quarter + 1) & 2) << 30;
    a.i = sa;
    b.i = ca;
    *sine = a.f;
    *cosine = b.f;
}

/// A block: the pairs of words 0 and 1, then of words 2 and 3.
INLINE void normal_block(float *y, uint64_t key, uint64_t sequence, uint64_t block) {
    uint32_t w[4][lanes];
    for (int l = 0; l < lanes; l++) {
        uint64_t counter = block * lanes + (uint64_t)l;
        w[0][l] = (uint32_t)counter;
        w[1][l] = (uint32_t)(counter >> 32);
        w[2][l] = (uint32_t)sequence;
        w[3][l] = (uint32_t)(sequence >> 32);
    }
    philox(w, (uint32_t)key, (uint32_t)(key >> 32));
    for (int pair = 0; pair < 2; pair++) {
        for (int l = 0; l < lanes; l++) {
            // In (0, 1]: 32 bits reach to 6.6 standard deviations.
            float u = ((float)w[2 * pair][l] + 0.5f) * 0x1p-32f;
            float radius = __builtin_elementwise_sqrt(__builtin_elementwise_max(-2.0f * vector_log_f32(u), 0.0f));
            float sine, cosine;
            vector_turn_f32(w[2 * pair + 1][l], &sine, &cosine);
            y[2 * pair * lanes + l] = radius * cosine;
            y[(2 * pair + 1) * lanes + l] = radius * sine;
        }
    }
}

CLONES double random_normal_f32(float *restrict y, uint64_t key, uint64_t sequence, uint64_t first, size_t n) {
    double sums[lanes] = {0};
    float last[random_block];
    for (size_t i = 0; i < n; i += random_block) {
        size_t width = n - i < random_block ? n - i : random_block;
        float *place = width < random_block ? last : y + i;
        normal_block(place, key, sequence, (first + i) / random_block);
        if (width < random_block) {
            memset(last + width, 0, (random_block - width) * sizeof(float));
            memcpy(y + i, last, width * sizeof(float));
        }
        for (int j = 0; j < random_block; j += lanes)
            for (int l = 0; l < lanes; l++) sums[l] += (double)place[j + l] * (double)place[j + l];
    }
    for (int width = lanes / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++) sums[l] += sums[l + width];
    return sums[0];
}

CLONES void random_walk_f32(float *restrict y, float *restrict rest, double factor, const float *restrict x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double place = ((double)y[i] + (double)rest[i]) + factor * (double)x[i];
        float near = (float)place;
        y[i] = near;
        rest[i] = (float)(place - (double)near);
    }
}

CLONES double random_squared_distance_f32(const float *restrict x, const float *restrict y, size_t n) {
    double sums[32] = {0};
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        for (size_t l = 0; l < 32; l++) {
            double d = (double)x[i + l] - (double)y[i + l];
            sums[l] += d * d;
        }
    for (size_t l = 0; i < n; i++, l++) {
        double d = (double)x[i] - (double)y[i];
        sums[l] += d * d;
    }
    for (size_t width = 16; width > 0; width /= 2)
        for (size_t l = 0; l < width; l++) sums[l] += sums[l + width];
    return sums[0];
}
