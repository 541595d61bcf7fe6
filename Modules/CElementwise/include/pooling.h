#pragma once
#include <stddef.h>

// Pooling of images that lie channels last: an example is `height · width` rows of `channels` numbers, and every loop
// runs over channels innermost. Results do not depend on how many examples go in at once.

/// A window that slides over an image.
struct pooling_window {
    size_t channels;
    size_t height, width;                // of the image
    size_t output_height, output_width;  // how many places the window takes
    size_t kernel_height, kernel_width;
    size_t stride;
    size_t padding;                      // on each side; less than the kernel, so that every window meets the image
};

#define DECLARE(T, S) \
    void elementwise_max_pool_##S(T *y, T *index, const T *x, struct pooling_window w, size_t examples); \
    void elementwise_max_pool_gather_##S(T *y, const T *index, const T *x, struct pooling_window w, size_t examples); \
    void elementwise_max_pool_scatter_##S(T *x, const T *index, const T *y, struct pooling_window w, size_t examples); \
    void elementwise_average_pool_##S(T *y, const T *x, struct pooling_window w, size_t examples); \
    void elementwise_average_pool_scatter_##S(T *x, const T *y, struct pooling_window w, size_t examples);

DECLARE(float, f32)
DECLARE(double, f64)
#undef DECLARE
