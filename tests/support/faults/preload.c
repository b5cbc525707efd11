/* Stands between a process and its files, loaded before libc: see preload.py for what it is told and what it tells.

   It writes down, in one order over all processes, whatever happens to files below FAULT_ROOT, and the first bytes of
   every HTTP answer; it plays a full disk while the first byte of FAULT_CONTROL is 1, and one that fails to sync the
   telemetry file while it is 2; it moves the clock by FAULT_CLOCK_S. A change is written down once it is done and before its caller knows, a sync when it begins and again
   when it has ended: so what a log says to be synced was synced. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, RESIZE, EXTEND, SYNC_BEGIN, SYNC_END, OPEN, UNLINK, RENAME, LINK, MKDIR, RMDIR, ANSWER };
enum { UNKNOWN = 0, TRACKED, FOREIGN };

struct header {
    uint32_t size; /* of the whole record */
    uint32_t op;
    uint64_t file; /* inode; the token of a sync in `extra` */
    uint64_t extra;
    int64_t offset;
    uint32_t first, second, data; /* lengths of two paths and of the bytes */
    uint32_t pid;
};

#define FDS 65536
#define HEAD 1024
static struct { uint64_t file; unsigned char state; } table[FDS];
static char root[PATH_MAX];
static size_t root_length;
static int log_fd = -1;
static volatile unsigned char *control;
static int64_t clock_s;
static uint32_t syncs;

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_ROOT");
    if (path && *path) { snprintf(root, sizeof root, "%s", path); root_length = strlen(root); }
    int (*real_open)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    int (*real_close)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
    if ((path = getenv("FAULT_LOG")) && *path) {
        int fd = real_open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        if (fd >= 0) { log_fd = fcntl(fd, F_DUPFD_CLOEXEC, 700); if (log_fd < 0) log_fd = fd; else real_close(fd); }
    }
    if ((path = getenv("FAULT_CONTROL")) && *path) {
        int fd = real_open(path, O_RDONLY | O_CLOEXEC);
        void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
        if (page != MAP_FAILED) control = page;
        if (fd >= 0) real_close(fd);
    }
    if ((path = getenv("FAULT_CLOCK_S")) && *path) clock_s = atoll(path);
}

static void note(uint32_t op, uint64_t file, uint64_t extra, int64_t offset, const char *first, const char *second,
                 const struct iovec *data, int count, size_t length) {
    if (log_fd < 0) return;
    struct iovec parts[3 + IOV_MAX / 2];
    struct header head = {.op = op, .file = file, .extra = extra, .offset = offset, .pid = (uint32_t)getpid()};
    head.first = first ? strlen(first) : 0;
    head.second = second ? strlen(second) : 0;
    head.data = length;
    head.size = sizeof head + head.first + head.second + head.data;
    parts[0] = (struct iovec){&head, sizeof head};
    parts[1] = (struct iovec){(void *)first, head.first};
    parts[2] = (struct iovec){(void *)second, head.second};
    int used = 3;
    for (int at = 0; at < count && length && used < 3 + IOV_MAX / 2; at++) {
        size_t taken = data[at].iov_len < length ? data[at].iov_len : length;
        parts[used++] = (struct iovec){data[at].iov_base, taken};
        length -= taken;
    }
    int kept = errno;
    ssize_t (*real)(int, const struct iovec *, int) = (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
    if (real(log_fd, parts, used) != (ssize_t)head.size) abort(); /* a log with a hole would prove nothing */
    errno = kept;
}

static int is_below(const char *path) {
    return root_length && !strncmp(path, root, root_length) && (!path[root_length] || path[root_length] == '/');
}

/* The path as one without dots, from the root directory. */
static int resolve(int dir, const char *path, char *whole) {
    char joined[2 * PATH_MAX];
    if (path[0] == '/') snprintf(joined, sizeof joined, "%s", path);
    else {
        char here[PATH_MAX];
        if (dir == AT_FDCWD) { if (!getcwd(here, sizeof here)) return 0; }
        else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
            ssize_t length = readlink(link, here, sizeof here - 1);
            if (length < 0) return 0;
            here[length] = 0;
        }
        snprintf(joined, sizeof joined, "%s/%s", here, path);
    }
    size_t used = 0;
    char *rest = NULL;
    for (char *part = strtok_r(joined, "/", &rest); part; part = strtok_r(NULL, "/", &rest)) {
        if (!strcmp(part, ".")) continue;
        if (!strcmp(part, "..")) { while (used && whole[--used] != '/') {} continue; }
        size_t length = strlen(part);
        if (used + length + 2 > PATH_MAX) return 0;
        whole[used++] = '/';
        memcpy(whole + used, part, length);
        used += length;
    }
    if (!used) whole[used++] = '/';
    whole[used] = 0;
    return 1;
}

static int is_tracked(int fd) {
    if (!root_length || fd < 0 || fd >= FDS) return 0;
    if (table[fd].state == UNKNOWN) {
        int kept = errno;
        struct stat found;
        char link[64], path[PATH_MAX];
        table[fd].state = FOREIGN;
        if (!fstat(fd, &found) && (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode))) {
            snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            ssize_t length = readlink(link, path, sizeof path - 1);
            path[length < 0 ? 0 : length] = 0;
            if (is_below(path)) { table[fd].state = TRACKED; table[fd].file = found.st_ino; }
        }
        errno = kept;
    }
    return table[fd].state == TRACKED;
}

static int opened(int fd, int dir, const char *path, int flags) {
    if (fd < 0 || fd >= FDS || !root_length) return fd;
    int kept = errno;
    char whole[PATH_MAX];
    struct stat found;
    table[fd].state = FOREIGN;
    if (resolve(dir, path, whole) && is_below(whole) && !fstat(fd, &found)) {
        table[fd].state = TRACKED;
        table[fd].file = found.st_ino;
        if (S_ISREG(found.st_mode)) {
            if (flags & (O_CREAT | O_WRONLY | O_RDWR)) note(OPEN, found.st_ino, 0, 0, whole, NULL, NULL, 0, 0);
            if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY) note(RESIZE, found.st_ino, 0, 0, NULL, NULL, NULL, 0, 0);
        }
    }
    errno = kept;
    return fd;
}

/* Whether a disk without room refuses these bytes: it has none for what a file does not hold yet. */
static int is_refused(int fd, int64_t offset, size_t length) {
    struct stat found;
    if (!control || *control != 1 || !is_tracked(fd) || fstat(fd, &found)) return 0;
    if (offset < 0) offset = fcntl(fd, F_GETFL) & O_APPEND ? found.st_size : lseek(fd, 0, SEEK_CUR);
    if (offset + (int64_t)length <= found.st_size) return 0;
    errno = ENOSPC;
    return 1;
}

static ssize_t written(ssize_t done, int fd, const struct iovec *data, int count, int64_t offset) {
    if (done > 0 && is_tracked(fd)) {
        if (offset < 0) offset = lseek(fd, 0, SEEK_CUR) - done;
        note(WRITE, table[fd].file, 0, offset, NULL, NULL, data, count, done);
    }
    return done;
}

static void answered(int fd, const struct iovec *data, int count) {
    if (log_fd < 0 || count < 1 || data[0].iov_len < 9 || memcmp(data[0].iov_base, "HTTP/1.1 ", 9)) return;
    size_t length = 0;
    for (int at = 0; at < count; at++) length += data[at].iov_len;
    note(ANSWER, fd, 0, 0, NULL, NULL, data, count, length < HEAD ? length : HEAD);
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { REAL(open); MODE(flags) return opened(real(path, flags, mode), AT_FDCWD, path, flags); }
int open64(const char *path, int flags, ...) { REAL(open64); MODE(flags) return opened(real(path, flags, mode), AT_FDCWD, path, flags); }
int openat(int dir, const char *path, int flags, ...) { REAL(openat); MODE(flags) return opened(real(dir, path, flags, mode), dir, path, flags); }
int openat64(int dir, const char *path, int flags, ...) { REAL(openat64); MODE(flags) return opened(real(dir, path, flags, mode), dir, path, flags); }
int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int close(int fd) { REAL(close); if (fd >= 0 && fd < FDS) table[fd].state = UNKNOWN; return real(fd); }

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(write);
    struct iovec data = {(void *)bytes, length};
    if (!is_tracked(fd)) { answered(fd, &data, 1); return real(fd, bytes, length); }
    if (is_refused(fd, -1, length)) return -1;
    return written(real(fd, bytes, length), fd, &data, 1, -1);
}
static size_t total(const struct iovec *data, int count) {
    size_t length = 0;
    for (int at = 0; at < count; at++) length += data[at].iov_len;
    return length;
}
ssize_t writev(int fd, const struct iovec *data, int count) {
    REAL(writev);
    if (!is_tracked(fd)) { answered(fd, data, count); return real(fd, data, count); }
    if (is_refused(fd, -1, total(data, count))) return -1;
    return written(real(fd, data, count), fd, data, count, -1);
}
#define PWRITE(name, offset_type) \
    ssize_t name(int fd, const void *bytes, size_t length, offset_type offset) { \
        REAL(name); struct iovec data = {(void *)bytes, length}; \
        if (is_refused(fd, offset, length)) return -1; \
        return written(real(fd, bytes, length, offset), fd, &data, 1, offset); }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)
#define PWRITEV(name, offset_type) \
    ssize_t name(int fd, const struct iovec *data, int count, offset_type offset) { \
        REAL(name); if (is_refused(fd, offset, total(data, count))) return -1; \
        return written(real(fd, data, count, offset), fd, data, count, offset); }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t send(int fd, const void *bytes, size_t length, int flags) {
    REAL(send); struct iovec data = {(void *)bytes, length}; answered(fd, &data, 1); return real(fd, bytes, length, flags);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    REAL(sendmsg); answered(fd, message->msg_iov, (int)message->msg_iovlen); return real(fd, message, flags);
}

static int resized(int done, int fd, int64_t length) {
    if (!done && is_tracked(fd)) note(RESIZE, table[fd].file, 0, length, NULL, NULL, NULL, 0, 0);
    return done;
}
int ftruncate(int fd, off_t length) { REAL(ftruncate); return resized(real(fd, length), fd, length); }
int ftruncate64(int fd, off64_t length) { REAL(ftruncate64); return resized(real(fd, length), fd, length); }
int truncate(const char *path, off_t length) {
    int fd = open(path, O_WRONLY);
    if (fd < 0) return fd;
    int done = ftruncate(fd, length);
    close(fd);
    return done;
}
static int extended(int done, int fd, int64_t end) {
    if (!done && is_tracked(fd)) note(EXTEND, table[fd].file, 0, end, NULL, NULL, NULL, 0, 0);
    return done;
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
    REAL(fallocate); if (is_refused(fd, offset, length)) return -1; return extended(real(fd, mode, offset, length), fd, offset + length);
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    REAL(fallocate64); if (is_refused(fd, offset, length)) return -1; return extended(real(fd, mode, offset, length), fd, offset + length);
}
int posix_fallocate(int fd, off_t offset, off_t length) {
    REAL(posix_fallocate); if (is_refused(fd, offset, length)) return ENOSPC; return extended(real(fd, offset, length), fd, offset + length);
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) {
    REAL(posix_fallocate64); if (is_refused(fd, offset, length)) return ENOSPC; return extended(real(fd, offset, length), fd, offset + length);
}

/* Whether a disk that fails fails to sync this file. */
static int is_failing(int fd) {
    static const char name[] = "/telemetry.db";
    if (!control || *control != 2) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1), size = sizeof name - 1;
    if (length < size || memcmp(path + length - size, name, size)) return 0;
    errno = EIO;
    return 1;
}

#define SYNC(name) \
    int name(int fd) { REAL(name); \
        if (!is_tracked(fd)) return real(fd); \
        uint64_t token = (uint64_t)getpid() << 32 | __sync_add_and_fetch(&syncs, 1); \
        note(SYNC_BEGIN, table[fd].file, token, 0, NULL, NULL, NULL, 0, 0); \
        if (is_failing(fd)) return -1; \
        int done = real(fd); \
        if (!done) note(SYNC_END, table[fd].file, token, 0, NULL, NULL, NULL, 0, 0); \
        return done; }
SYNC(fsync)
SYNC(fdatasync)

static int named(int done, uint32_t op, int from, const char *first, int to, const char *second) {
    if (done || !root_length) return done;
    int kept = errno;
    char one[PATH_MAX], two[PATH_MAX];
    struct stat found;
    if (resolve(from, first, one) && (!second || resolve(to, second, two)) && (is_below(one) || (second && is_below(two)))) {
        uint64_t file = (op == MKDIR && !stat(one, &found)) ? found.st_ino : 0;
        note(op, file, 0, 0, one, second ? two : NULL, NULL, 0, 0);
    }
    errno = kept;
    return done;
}
int unlink(const char *path) { REAL(unlink); return named(real(path), UNLINK, AT_FDCWD, path, 0, NULL); }
int unlinkat(int dir, const char *path, int flags) { REAL(unlinkat); return named(real(dir, path, flags), flags & AT_REMOVEDIR ? RMDIR : UNLINK, dir, path, 0, NULL); }
int remove(const char *path) {
    struct stat found;
    if (lstat(path, &found)) return -1;
    return S_ISDIR(found.st_mode) ? rmdir(path) : unlink(path);
}
int rename(const char *old, const char *new) { REAL(rename); return named(real(old, new), RENAME, AT_FDCWD, old, AT_FDCWD, new); }
int renameat(int from, const char *old, int to, const char *new) { REAL(renameat); return named(real(from, old, to, new), RENAME, from, old, to, new); }
int link(const char *old, const char *new) { REAL(link); return named(real(old, new), LINK, AT_FDCWD, old, AT_FDCWD, new); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return named(real(path, mode), MKDIR, AT_FDCWD, path, 0, NULL); }
int mkdirat(int dir, const char *path, mode_t mode) { REAL(mkdirat); return named(real(dir, path, mode), MKDIR, dir, path, 0, NULL); }
int rmdir(const char *path) { REAL(rmdir); return named(real(path), RMDIR, AT_FDCWD, path, 0, NULL); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    REAL(clock_gettime);
    int done = real(clock, time);
    if (!done && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += clock_s;
    return done;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    REAL(gettimeofday);
    int done = real(time, zone);
    if (!done) time->tv_sec += clock_s;
    return done;
}
time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}
