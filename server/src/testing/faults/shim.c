/* Stands between a program and its C library (LD_PRELOAD) and does what environment
 * variables ask for:
 *
 *   BEISTAND_SHIM_CLOCK  a file of 8 bytes: seconds by which the wall clock is ahead (can change)
 *   BEISTAND_SHIM_ROOT   only files below this folder are watched
 *   BEISTAND_SHIM_TRACE  append every write, sync and change of a directory to this file
 *   BEISTAND_SHIM_FAIL   "write|sync N ERRNO once|always": the Nth such call fails
 *
 * A record of the trace, integers little-endian:
 *
 *   kind[1] zeros[3] handle[4] offset[8] length[4] length * bytes
 *
 *   O path       a file or folder was opened under a new handle; offset 1: emptied
 *   W bytes      written at an offset        T          cut or grown to `offset` bytes
 *   B            a sync begins               E          it has ended: what was before B is safe
 *   R            sync_file_range of `offset`, with a length of 8 bytes as its bytes, has ended
 *   N a\0b       renamed                     L a\0b     linked
 *   U path       removed                     M path     folder made
 *
 * Calls that change something are made and recorded under one lock, so the order is the true one;
 * a sync runs outside of it, so that it hides no race. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536
#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static char *paths[MOST];     /* of each watched descriptor */
static uint32_t handles[MOST]; /* its handle in the trace */
static int owed[MOST];        /* an error its next sync must tell */
static uint32_t next_handle = 1;
static int trace = -1;
static const char *root;
static const volatile int64_t *ahead;
static int fail_sync, fail_errno, fail_always;
static long fail_at; /* counts down; 0: not asked for */

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void start(void) {
  root = getenv("BEISTAND_SHIM_ROOT");
  const char *path = getenv("BEISTAND_SHIM_TRACE");
  if (path) {
    int fd = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    trace = fcntl(fd, F_DUPFD_CLOEXEC, 1000);
    REAL(close)(fd);
    if (trace < 0) abort();
  }
  path = getenv("BEISTAND_SHIM_CLOCK");
  if (path) {
    int fd = REAL(open)(path, O_RDONLY | O_CLOEXEC);
    void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);
    REAL(close)(fd);
    if (page == MAP_FAILED) abort();
    ahead = page;
  }
  const char *fail = getenv("BEISTAND_SHIM_FAIL");
  if (fail) {
    char what[8], how[8];
    if (sscanf(fail, "%7s %ld %d %7s", what, &fail_at, &fail_errno, how) != 4) abort();
    fail_sync = !strcmp(what, "sync");
    fail_always = !strcmp(how, "always");
  }
}

/* ---- the clock ---- */

int clock_gettime(clockid_t id, struct timespec *now) {
  static int (*ask)(clockid_t, struct timespec *);
  if (!ask) ask = (int (*)(clockid_t, struct timespec *))real("clock_gettime");
  int result = ask(id, now);
  if (!result && id == CLOCK_REALTIME && ahead) now->tv_sec += *ahead;
  return result;
}

/* ---- what is watched ---- */

static int below_root(const char *path) {
  if (!root) return 0;
  size_t length = strlen(root);
  return !strncmp(path, root, length) && (path[length] == '/' || !path[length]);
}

/* The absolute path of `path` beside `folder`, or NULL where it is not watched. */
static const char *watched(int folder, const char *path, char *buffer) {
  if (!root) return NULL;
  if (path[0] == '/') {
    snprintf(buffer, PATH_MAX, "%s", path);
  } else if (folder >= 0 && folder < MOST && paths[folder]) {
    snprintf(buffer, PATH_MAX, "%s/%s", paths[folder], path);
  } else {
    return NULL;
  }
  return below_root(buffer) ? buffer : NULL;
}

static int is_watched(int fd) { return fd >= 0 && fd < MOST && paths[fd]; }

static void record(char kind, uint32_t handle, uint64_t offset, const void *bytes, uint32_t length) {
  if (trace < 0) return;
  char head[20] = {kind};
  memcpy(head + 4, &handle, 4);
  memcpy(head + 8, &offset, 8);
  memcpy(head + 16, &length, 4);
  struct iovec pieces[2] = {{head, sizeof head}, {(void *)bytes, length}};
  if (REAL(writev)(trace, pieces, 2) != (ssize_t)(sizeof head + length)) abort();
}

/* Two paths with a zero between them. */
static void record_two(char kind, const char *from, const char *to) {
  char both[2 * PATH_MAX + 1];
  size_t first = strlen(from), second = strlen(to);
  memcpy(both, from, first + 1);
  memcpy(both + first + 1, to, second);
  record(kind, 0, 0, both, (uint32_t)(first + 1 + second));
}

/* Whether this call is the one that fails; sets errno. Called under the lock. */
static int fails(int is_sync) {
  if (!fail_at || is_sync != fail_sync) return 0;
  if (fail_at > 1) {
    fail_at--;
    return 0;
  }
  if (!fail_always) fail_at = 0;
  errno = fail_errno;
  return 1;
}

/* ---- opening and closing ---- */

static int opened(int fd, const char *path, int flags) {
  if (fd < 0 || fd >= MOST || !path) return fd;
  paths[fd] = strdup(path);
  handles[fd] = next_handle++;
  owed[fd] = 0;
  record('O', handles[fd], (flags & O_TRUNC) ? 1 : 0, path, (uint32_t)strlen(path));
  return fd;
}

static int open_watched(int folder, const char *path, int flags, mode_t mode) {
  char buffer[PATH_MAX];
  pthread_mutex_lock(&lock);
  const char *name = watched(folder, path, buffer);
  int fd = -1;
  if (!(name && (flags & O_CREAT) && access(name, F_OK) && fails(0)))
    fd = opened(REAL(openat)(folder, path, flags, mode), name, flags);
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define MODE(flags, mode)                                     \
  mode_t mode = 0;                                            \
  if ((flags) & (O_CREAT | O_TMPFILE)) {                      \
    va_list rest;                                             \
    va_start(rest, flags);                                    \
    mode = va_arg(rest, mode_t);                              \
    va_end(rest);                                             \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_watched(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_watched(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_watched(folder, path, flags, mode);
}
int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return open_watched(folder, path, flags, mode);
}

int close(int fd) {
  pthread_mutex_lock(&lock);
  if (is_watched(fd)) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  int result = REAL(close)(fd);
  pthread_mutex_unlock(&lock);
  return result;
}

/* ---- writing ---- */

static ssize_t write_watched(int fd, const void *bytes, size_t size, off_t at, int moves) {
  if (!is_watched(fd)) return moves ? REAL(write)(fd, bytes, size) : REAL(pwrite)(fd, bytes, size, at);
  pthread_mutex_lock(&lock);
  ssize_t done = -1;
  if (!fails(0)) {
    if (moves) at = lseek(fd, 0, SEEK_CUR);
    done = moves ? REAL(write)(fd, bytes, size) : REAL(pwrite)(fd, bytes, size, at);
    if (done > 0) record('W', handles[fd], (uint64_t)at, bytes, (uint32_t)done);
  }
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}

ssize_t write(int fd, const void *bytes, size_t size) { return write_watched(fd, bytes, size, 0, 1); }
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
  return write_watched(fd, bytes, size, at, 0);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) {
  return write_watched(fd, bytes, size, at, 0);
}

int ftruncate(int fd, off_t length) {
  pthread_mutex_lock(&lock);
  int result = REAL(ftruncate)(fd, length);
  if (!result && is_watched(fd)) record('T', handles[fd], (uint64_t)length, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

/* ---- syncing ---- */

static int sync_watched(int fd, int (*sync)(int)) {
  if (!is_watched(fd)) return sync(fd);
  pthread_mutex_lock(&lock);
  uint32_t handle = handles[fd];
  const char *path = paths[fd];
  int failed = 0;
  if (owed[fd]) {
    errno = owed[fd];
    owed[fd] = 0;
    failed = 1;
  } else if (fails(1)) {
    failed = 1;
    /* As kernels do: every other descriptor of the file is told once, too. */
    for (int other = 0; other < MOST; other++)
      if (other != fd && paths[other] && !strcmp(paths[other], path)) owed[other] = errno;
  }
  int error = errno;
  if (!failed) record('B', handle, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  if (failed) {
    errno = error;
    return -1;
  }
  int result = sync(fd);
  pthread_mutex_lock(&lock);
  if (!result) record('E', handle, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return sync_watched(fd, REAL(fsync)); }
int fdatasync(int fd) { return sync_watched(fd, REAL(fdatasync)); }

int sync_file_range(int fd, off_t at, off_t length, unsigned flags) {
  int result = REAL(sync_file_range)(fd, at, length, flags);
  pthread_mutex_lock(&lock);
  if (!result && is_watched(fd)) {
    int64_t bytes = length;
    record('R', handles[fd], (uint64_t)at, &bytes, sizeof bytes);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

/* ---- directories ---- */

#define CHANGE(call, note)                  \
  pthread_mutex_lock(&lock);                \
  int result = call;                        \
  int error = errno;                        \
  if (!result) { note; }                    \
  pthread_mutex_unlock(&lock);              \
  errno = error;                            \
  return result;

static void note_one(char kind, int folder, const char *path) {
  char buffer[PATH_MAX];
  const char *name = watched(folder, path, buffer);
  if (name) record(kind, 0, 0, name, (uint32_t)strlen(name));
}
static void note_two(char kind, const char *from, const char *to) {
  if (below_root(from) && below_root(to)) record_two(kind, from, to);
}

int rename(const char *from, const char *to) { CHANGE(REAL(rename)(from, to), note_two('N', from, to)) }
int link(const char *from, const char *to) { CHANGE(REAL(link)(from, to), note_two('L', from, to)) }
int linkat(int a, const char *from, int b, const char *to, int flags) {
  CHANGE(REAL(linkat)(a, from, b, to, flags), note_two('L', from, to))
}
int unlink(const char *path) { CHANGE(REAL(unlink)(path), note_one('U', AT_FDCWD, path)) }
int unlinkat(int folder, const char *path, int flags) {
  CHANGE(REAL(unlinkat)(folder, path, flags), note_one('U', folder, path))
}
int rmdir(const char *path) { CHANGE(REAL(rmdir)(path), note_one('U', AT_FDCWD, path)) }
int mkdir(const char *path, mode_t mode) { CHANGE(REAL(mkdir)(path, mode), note_one('M', AT_FDCWD, path)) }
