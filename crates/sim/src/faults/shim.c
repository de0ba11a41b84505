/* Stands between a process and its disk and clock: the Nth write or sync below a folder fails as told, syncs are left
 * out, the clock is moved. Loaded with LD_PRELOAD; told what to do through a small file that both sides see.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { ARMED, AT, MODE, COUNT, FIRED, CLOCK_S, NO_SYNC, WORDS };
enum { OFF, FAIL_EIO, FAIL_ENOSPC, SHORT, TORN, KILL, FULL, SWALLOW };

static volatile int64_t *words;
static const char *prefix;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHIM_CONTROL");
    prefix = getenv("SHIM_PREFIX");
    if (!path) return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return;
    void *map = mmap(0, WORDS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) words = map;
    syscall(SYS_close, fd);
}

static int ours(int fd) {
    char link[64], path[512];
    if (!words || !prefix) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return strncmp(path, prefix, strlen(prefix)) == 0;
}

/* What is to happen to this call: OFF for nothing. */
static int64_t fate(int fd) {
    if (!words || !words[ARMED] || !ours(fd)) return OFF;
    int64_t count = __sync_add_and_fetch(&words[COUNT], 1), mode = words[MODE];
    int sticky = mode == FULL || mode == SWALLOW;
    if (count != words[AT] && !(sticky && count > words[AT])) return OFF;
    __sync_add_and_fetch(&words[FIRED], 1);
    return mode;
}

static void die(void) {
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

static ssize_t put(int fd, const void *buf, size_t n, off_t at, int placed) {
    int64_t mode = fate(fd);
    switch (mode) {
    case FAIL_EIO: errno = EIO; return -1;
    case FULL:
    case FAIL_ENOSPC: errno = ENOSPC; return -1;
    case SWALLOW: return (ssize_t)n;
    case KILL: die();
    case SHORT:
    case TORN: if (n > 1) n /= 2; break;
    }
    ssize_t done = placed ? syscall(SYS_pwrite64, fd, buf, n, at) : syscall(SYS_write, fd, buf, n);
    if (mode == TORN) die();
    return done;
}

ssize_t write(int fd, const void *buf, size_t n) { return put(fd, buf, n, 0, 0); }
ssize_t pwrite(int fd, const void *buf, size_t n, off_t at) { return put(fd, buf, n, at, 1); }
ssize_t pwrite64(int fd, const void *buf, size_t n, off_t at) { return put(fd, buf, n, at, 1); }

static int settle(long number, int fd, long more) {
    switch (fate(fd)) {
    case FAIL_EIO: errno = EIO; return -1;
    case FULL:
    case FAIL_ENOSPC: errno = ENOSPC; return -1;
    case SWALLOW: return 0;
    case TORN:
    case KILL: die();
    }
    int is_sync = number == SYS_fsync || number == SYS_fdatasync;
    if (is_sync && words && words[NO_SYNC] && ours(fd)) return 0;
    return (int)syscall(number, fd, more);
}

int fsync(int fd) { return settle(SYS_fsync, fd, 0); }
int fdatasync(int fd) { return settle(SYS_fdatasync, fd, 0); }
int ftruncate(int fd, off_t length) { return settle(SYS_ftruncate, fd, length); }
int ftruncate64(int fd, off_t length) { return settle(SYS_ftruncate, fd, length); }

int clock_gettime(clockid_t clock, struct timespec *at) {
    int done = (int)syscall(SYS_clock_gettime, clock, at);
    if (done == 0 && words && clock == CLOCK_REALTIME) at->tv_sec += words[CLOCK_S];
    return done;
}

int gettimeofday(struct timeval *at, void *zone) {
    (void)zone;
    struct timespec now;
    int done = clock_gettime(CLOCK_REALTIME, &now);
    if (done == 0 && at) {
        at->tv_sec = now.tv_sec;
        at->tv_usec = now.tv_nsec / 1000;
    }
    return done;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
