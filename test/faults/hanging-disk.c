/* Loaded into the gateway's process (LD_PRELOAD): while the file HOOP_TEST_HANGS exists, nothing that is written below the folder
   HOOP_TEST_HANGS_IN returns, as on a disk that has gone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_for_disk(int fd) {
  const char *sign = getenv("HOOP_TEST_HANGS"), *folder = getenv("HOOP_TEST_HANGS_IN");
  char link[64], path[PATH_MAX];
  ssize_t length;
  if (!sign || !folder || access(sign, F_OK) != 0) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder)) != 0) return;
  while (access(sign, F_OK) == 0) usleep(20000);
}

#define BEFORE(type, name, parameters, arguments)                 \
  type name parameters {                                          \
    static type(*real) parameters;                                \
    if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    wait_for_disk(fd);                                            \
    return real arguments;                                        \
  }

BEFORE(ssize_t, write, (int fd, const void *from, size_t count), (fd, from, count))
BEFORE(ssize_t, pwrite, (int fd, const void *from, size_t count, off_t at), (fd, from, count, at))
BEFORE(ssize_t, pwrite64, (int fd, const void *from, size_t count, off64_t at), (fd, from, count, at))
BEFORE(int, fsync, (int fd), (fd))
BEFORE(int, fdatasync, (int fd), (fd))
