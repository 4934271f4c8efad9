#include <stdint.h>
#include <stdio.h>
static int64_t steps(int64_t n) {
    int64_t count = 0;
    while (n != 1) {
        n = n % 2 == 0 ? n / 2 : 3 * n + 1;
        count++;
    }
    return count;
}
int main(void) {
    int64_t longest = 0;
    for (int64_t i = 1; i < 3000000; i++) {
        int64_t count = steps(i);
        if (count > longest) longest = count;
    }
    printf("%ld\n", longest);
}
