/* Shuts a file system off as a power cut would: what was not flushed is gone, and nothing more reaches the disk. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)

int main(int count, char **args) {
    uint32_t without_flushing_the_log = 2;
    if (count != 2) return 2;
    int fd = open(args[1], O_RDONLY);
    if (fd < 0 || ioctl(fd, FS_IOC_SHUTDOWN, &without_flushing_the_log) != 0) {
        perror(args[1]);
        return 1;
    }
    return 0;
}
