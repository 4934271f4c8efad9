#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct body { double x, y, z, vx, vy, vz, mass; };
static void place(struct body *body, double x, double y, double z, double mass) {
    body->x = x;
    body->y = y;
    body->z = z;
    body->mass = mass;
}
static void pull(struct body *a, struct body *b, double dt) {
    double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
    double distance = dx * dx + dy * dy + dz * dz + 0.01;
    double force = dt / (distance * distance);
    double on_a = b->mass * force, on_b = a->mass * force;
    a->vx -= dx * on_a;
    a->vy -= dy * on_a;
    a->vz -= dz * on_a;
    b->vx += dx * on_b;
    b->vy += dy * on_b;
    b->vz += dz * on_b;
}
static void advance(struct body *bodies, int64_t count, double dt) {
    struct body *end = bodies + count;
    for (struct body *a = bodies; a < end; a++)
        for (struct body *b = a + 1; b < end; b++) pull(a, b, dt);
    for (struct body *a = bodies; a < end; a++) {
        a->x += dt * a->vx;
        a->y += dt * a->vy;
        a->z += dt * a->vz;
    }
}
int main(void) {
    struct body *bodies = calloc(5, sizeof *bodies);
    place(bodies, 0.0, 0.0, 0.0, 40.0);
    place(bodies + 1, 5.0, 1.0, -0.5, 0.04);
    place(bodies + 2, -8.0, 4.0, 0.5, 0.01);
    place(bodies + 3, 13.0, -15.0, -0.25, 0.002);
    place(bodies + 4, -15.0, -25.0, 0.125, 0.002);
    for (int64_t step = 0; step < 5000000; step++) advance(bodies, 5, 0.001);
    int64_t bits;
    memcpy(&bits, &bodies[1].x, sizeof bits);
    printf("%ld\n", bits);
}
