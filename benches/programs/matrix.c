#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static double dot(double *row, double *column, int64_t size) {
    double sum = 0;
    for (int64_t k = 0; k < size; k++) sum += row[k] * column[k * size];
    return sum;
}
static void multiply(double *product, double *a, double *b, int64_t size) {
    for (int64_t i = 0; i < size; i++)
        for (int64_t j = 0; j < size; j++) product[i * size + j] = dot(a + i * size, b + j, size);
}
int main(void) {
    int64_t size = 300;
    double *a = malloc(size * size * 8);
    double *b = malloc(size * size * 8);
    double *product = malloc(size * size * 8);
    double value = 0.5;
    for (int64_t i = 0; i < size * size; i++) {
        a[i] = value;
        b[i] = 1.0 - value;
        value += 0.25;
        if (value > 1.5) value -= 1.3;
    }
    uint64_t sum = 0;
    for (int round = 0; round < 16; round++) {
        multiply(product, a, b, size);
        uint64_t bits;
        memcpy(&bits, &product[round], sizeof bits);
        sum += bits;
    }
    printf("%ld\n", (int64_t)sum);
}
