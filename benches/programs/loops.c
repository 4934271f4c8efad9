#include <stdint.h>
#include <stdio.h>
int main(void) {
    int64_t sum = 0;
    for (int i = 0; i < 20000; i++)
        for (int j = 0; j < 20000; j++) {
            int64_t term = (int64_t)(int32_t)((uint32_t)i * (uint32_t)j);
            if (term % 3 == 0) sum += j; else sum -= 1;
        }
    printf("%ld\n", sum);
}
