/* Reads and writes while signals interrupt every call of the system. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime.h"

#define LENGTH (1 << 20)

static volatile sig_atomic_t interrupts;
static void count(int signal) { (void)signal; interrupts++; }

/* The other side: takes the text slowly, then answers late. */
static int slow(int from, int to) {
    static char buffer[1 << 14];
    size_t total = 0;
    while (total < LENGTH) {
        usleep(1000);
        ssize_t taken = read(from, buffer, sizeof buffer);
        if (taken <= 0)
            return 1;
        total += (size_t)taken;
    }
    usleep(50000);
    return write(to, "done", 4) != 4;
}

int main(void) {
    int there[2], back[2], status;
    if (load_runtime() || pipe(there) || pipe(back))
        return 1;
    pid_t child = fork();
    if (child == 0)
        _exit(slow(there[0], back[1]));
    struct sigaction action;
    memset(&action, 0, sizeof action); /* without SA_RESTART */
    action.sa_handler = count;
    sigaction(SIGALRM, &action, 0);
    struct itimerval timer = {{0, 700}, {0, 700}};
    setitimer(ITIMER_REAL, &timer, 0);

    char *text = malloc(LENGTH);
    memset(text, 'x', LENGTH);
    int64_t written = syscall_write(there[1], str_new(text, (void *)LENGTH));
    int64_t answered = str_len(syscall_read(back[0], 64));

    memset(&timer, 0, sizeof timer);
    setitimer(ITIMER_REAL, &timer, 0);
    if (waitpid(child, &status, 0) != child || status != 0)
        return 2;
    printf("%lld %lld %s\n", (long long)written, (long long)answered,
           interrupts > 10 ? "interrupted" : "quiet");
    return 0;
}
