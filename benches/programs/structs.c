#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
struct ball { double x, y, vx, vy; int64_t bounces; };
struct pair { struct ball *left, *right; };
static struct ball *ball(int64_t index) {
    struct ball *made = calloc(1, sizeof *made);
    *made = (struct ball){index % 3 == 0 ? 0.7 : 0.1, 0.5, 0.011, -0.017, index % 5};
    return made;
}
static void step(struct ball *ball) {
    ball->x += ball->vx;
    ball->y += ball->vy;
    if (ball->x < 0.0 || ball->x > 1.0) {
        ball->vx = -ball->vx;
        ball->bounces++;
    }
    if (ball->y < 0.0 || ball->y > 1.0) {
        ball->vy = -ball->vy;
        ball->bounces++;
    }
}
static void meet(struct pair *pair) {
    struct ball *left = pair->left, *right = pair->right;
    if (left->x > right->x) {
        double speed = left->vx;
        left->vx = right->vx;
        right->vx = speed;
    }
}
int main(void) {
    int64_t sum = 0;
    for (int64_t game = 0; game < 400000; game++) {
        struct pair *pair = calloc(1, sizeof *pair);
        pair->left = ball(game);
        pair->right = ball(game + 1);
        for (int round = 0; round < 200; round++) {
            step(pair->left);
            step(pair->right);
            meet(pair);
        }
        sum += pair->left->bounces * 7 + pair->right->bounces;
    }
    printf("%ld\n", sum);
}
