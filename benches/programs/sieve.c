#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
static int64_t sieve(uint8_t *flags, int64_t limit) {
    for (int64_t n = 0; n < limit; n++) flags[n] = 1;
    int64_t count = 0;
    for (int64_t n = 2; n < limit; n++)
        if (flags[n] == 1) {
            count++;
            for (int64_t multiple = n + n; multiple < limit; multiple += n) flags[multiple] = 0;
        }
    return count;
}
int main(void) {
    uint8_t *flags = malloc(2000000);
    int64_t sum = 0;
    for (int round = 0; round < 40; round++) sum += sieve(flags, 2000000 - round);
    printf("%ld\n", sum);
}
