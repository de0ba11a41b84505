/* Shuts a file system off as a power cut would: what was not flushed is gone, and nothing more reaches the disk.
 *
 * The process that works on it is stopped first. Without that it lives on for some milliseconds after the cut, and a sync
 * that was under way may tell it that all is well (the kernel finds its pages written, and the journal's entry that makes
 * them part of the file is thrown away): it would acknowledge what no machine without power can acknowledge. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)

/* Does any thread of the process still run, or wait where it could run? One in a call to the disk may stay in it. */
static int any_awake(const char *process) {
    char path[128];
    snprintf(path, sizeof path, "/proc/%s/task", process);
    DIR *tasks = opendir(path);
    if (!tasks) return 0;
    int awake = 0;
    for (struct dirent *task; !awake && (task = readdir(tasks));) {
        if (task->d_name[0] == '.') continue;
        char line[512] = "", name[400];
        snprintf(name, sizeof name, "%s/%.64s/stat", path, task->d_name);
        FILE *file = fopen(name, "r");
        if (!file) continue;
        size_t read = fread(line, 1, sizeof line - 1, file);
        fclose(file);
        line[read] = 0;
        char *end = strrchr(line, ')');
        char state = end && end[1] ? end[2] : 'T';
        awake = state == 'R' || state == 'S';
    }
    closedir(tasks);
    return awake;
}

int main(int count, char **args) {
    uint32_t without_flushing_the_log = 2;
    if (count != 3) return 2;
    int fd = open(args[1], O_RDONLY);
    if (fd < 0) {
        perror(args[1]);
        return 1;
    }
    if (kill(atoi(args[2]), SIGSTOP) != 0) {
        perror("stopping the node");
        return 1;
    }
    for (int looks = 0; looks < 20000 && any_awake(args[2]); looks++) usleep(20);
    if (ioctl(fd, FS_IOC_SHUTDOWN, &without_flushing_the_log) != 0) {
        perror(args[1]);
        return 1;
    }
    return 0;
}
