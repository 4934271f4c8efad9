#include <stdio.h>
static double entry(double i, double j) { return 1.0 / ((i + j) * (i + j + 1.0) * 0.5 + i + 1.0); }
int main(void) {
    double sum = 0;
    for (double i = 0; i < 20000; i++)
        for (double j = 0; j < 20000; j++) sum += entry(i, j);
    printf("%d\n", sum > 100.0);
}
