#include <stdint.h>
#include <stdio.h>
static int64_t inside(double cx, double cy) {
    double x = 0, y = 0;
    int64_t i = 0;
    while (i < 200) {
        double xx = x * x, yy = y * y;
        if (xx + yy > 4.0) return i;
        y = 2.0 * x * y + cy;
        x = xx - yy + cx;
        i++;
    }
    return i;
}
int main(void) {
    int64_t sum = 0;
    for (double cy = -1.5; cy < 1.5; cy += 0.002)
        for (double cx = -2.0; cx < 1.0; cx += 0.002) sum += inside(cx, cy);
    printf("%ld\n", sum);
}
