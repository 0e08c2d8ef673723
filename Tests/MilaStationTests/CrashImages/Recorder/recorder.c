// Loaded into a real program with LD_PRELOAD, this writes down, in one order, what the program does to the files below a
// folder, which of it is synced, and what it tells others: each write to its standard output or to a socket. `RecordedLog.swift`
// reads it. What a program says is written down before it is said, a sync after it has succeeded, so that no order of threads
// makes a promise look younger than its proof.
//
// CRASH_RECORD_ROOT    the folder
// CRASH_RECORD_LOG     the file to append to; several programs, one after another, may share it
// CRASH_SYNCHRONOUS    NORMAL or OFF: what SQLite is told instead of FULL, while the program reads back that it is FULL.
//                      A negative control: the program itself has no such switch.
// CRASH_FULL           a file: while it is there the disk is full, but for what the program gives up meanwhile.
// CRASH_CLOCK          sure or unsure: whether the kernel says that the clock is synchronised. A station forgets only then.
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation {
    STARTED = 1, FOUND, CREATED, WRITTEN, RESIZED, SYNCED, RENAMED, LINKED, UNLINKED, FOLDER_MADE, FOLDER_SYNCED, TOLD,
    SENT, MAPPED
};

// All numbers are little-endian, as this machine's; the reader refuses a record of another length.
struct record {
    uint32_t length; // of all, with paths and bytes
    uint32_t operation;
    uint32_t process;
    uint32_t descriptor;
    uint64_t inode;
    uint64_t offset; // a write's; of RESIZED the new size
    uint32_t path_length;
    uint32_t other_length; // the second path's
};

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static int log_descriptor = -1;
static dev_t device;
static char root[PATH_MAX];
static size_t root_length;

// Looked up once, and not while others wait for `order` each time.
#define REAL(name) \
    ({ \
        static __typeof__(&name) found; \
        if (!found) found = (__typeof__(&name))real(#name); \
        found; \
    })

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) {
        fprintf(stderr, "recorder: there is no %s\n", name);
        abort();
    }
    return function;
}

static void append(
    enum operation operation, int descriptor, uint64_t inode, uint64_t offset, const char *path, const char *other,
    const void *bytes, size_t count) {
    struct record record = {
        .operation = operation, .process = (uint32_t)getpid(), .descriptor = (uint32_t)descriptor, .inode = inode,
        .offset = offset, .path_length = (uint32_t)strlen(path), .other_length = (uint32_t)strlen(other)};
    record.length = (uint32_t)(sizeof record + record.path_length + record.other_length + count);
    struct iovec parts[] = {
        {&record, sizeof record}, {(void *)path, record.path_length}, {(void *)other, record.other_length},
        {(void *)bytes, count}};
    // One call to a file that is open for appending: what two programs write at a time does not mix.
    if (syscall(SYS_writev, log_descriptor, parts, 4) != (long)record.length) abort();
}

static void mark(enum operation operation, int descriptor, uint64_t inode, uint64_t offset) {
    append(operation, descriptor, inode, offset, "", "", NULL, 0);
}

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("CRASH_RECORD_ROOT"), *log = getenv("CRASH_RECORD_LOG");
    struct stat status;
    if (!folder || !log || !realpath(folder, root) || stat(root, &status) != 0) return;
    root_length = strlen(root);
    device = status.st_dev;
    int opened = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (opened < 0) abort();
    // Out of the way of programs that count on small numbers.
    log_descriptor = fcntl(opened, F_DUPFD_CLOEXEC, 200);
    syscall(SYS_close, opened);
    append(STARTED, 0, 0, 0, program_invocation_short_name, "", NULL, 0);
}

// MARK: - Where

// Whether a path leads below the root; puts what follows the root into `inside`. The root itself is "".
static int is_inside(int folder, const char *path, char inside[PATH_MAX]) {
    char whole[PATH_MAX], parent[PATH_MAX], link[64];
    int saved = errno;
    if (log_descriptor < 0 || !path) return 0;
    if (path[0] == '/') {
        snprintf(whole, sizeof whole, "%s", path);
    } else if (folder == AT_FDCWD) {
        if (!getcwd(parent, sizeof parent)) return 0;
        if (snprintf(whole, sizeof whole, "%s/%s", parent, path) >= (int)sizeof whole) abort();
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        ssize_t count = readlink(link, parent, sizeof parent - 1);
        if (count < 0) abort();
        parent[count] = 0;
        if (snprintf(whole, sizeof whole, "%s/%s", parent, path) >= (int)sizeof whole) abort();
    }
    size_t length = strlen(whole);
    while (length > 1 && whole[length - 1] == '/') whole[--length] = 0;
    char *name = strrchr(whole, '/');
    // The folder that the name stands in is resolved, the name itself is not: it may be about to appear.
    char last[NAME_MAX + 1];
    snprintf(last, sizeof last, "%s", name + 1);
    name[name == whole ? 1 : 0] = 0;
    int isFound = realpath(whole, parent) != NULL;
    errno = saved;
    if (!isFound || snprintf(whole, sizeof whole, "%s/%s", parent, last) >= (int)sizeof whole) return 0;
    if (strncmp(whole, root, root_length) != 0 || (whole[root_length] != '/' && whole[root_length] != 0)) return 0;
    snprintf(inside, PATH_MAX, "%s", whole[root_length] == '/' ? whole + root_length + 1 : "");
    return 1;
}

static int is_watched_file(int descriptor, struct stat *status) {
    int saved = errno;
    int isWatched = log_descriptor >= 0 && descriptor > STDERR_FILENO && fstat(descriptor, status) == 0
        && S_ISREG(status->st_mode) && status->st_dev == device;
    errno = saved;
    return isWatched;
}

static int is_outward(int descriptor, enum operation *operation) {
    struct stat status;
    int saved = errno;
    *operation = descriptor == STDOUT_FILENO ? TOLD : SENT;
    int isOutward = log_descriptor >= 0
        && (descriptor == STDOUT_FILENO || (fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode)));
    errno = saved;
    return isOutward;
}

static void say(int descriptor, const void *bytes, size_t count) {
    enum operation operation;
    if (!is_outward(descriptor, &operation)) return;
    pthread_mutex_lock(&order);
    append(operation, descriptor, 0, 0, "", "", bytes, count);
    pthread_mutex_unlock(&order);
}

static void say_parts(int descriptor, const struct iovec *parts, int count) {
    for (int part = 0; part < count; part++) say(descriptor, parts[part].iov_base, parts[part].iov_len);
}

// MARK: - Opening

// Writes down a file as it is found when a program opens it: the reader compares it with what it has rebuilt so far.
static void find(int descriptor, const char *inside, const struct stat *status) {
    void *bytes = status->st_size ? mmap(NULL, (size_t)status->st_size, PROT_READ, MAP_PRIVATE, descriptor, 0) : NULL;
    char *copy = NULL;
    if (bytes == MAP_FAILED) {
        // Opened for writing only. Another descriptor may read it.
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        int second = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
        copy = malloc((size_t)status->st_size);
        if (second < 0 || !copy || pread(second, copy, (size_t)status->st_size, 0) != status->st_size) abort();
        syscall(SYS_close, second);
    }
    append(
        FOUND, descriptor, status->st_ino, 0, inside, "", copy ? copy : bytes, (size_t)status->st_size);
    if (!copy && bytes) munmap(bytes, (size_t)status->st_size);
    free(copy);
}

static int open_recorded(int folder, const char *path, int flags, mode_t mode) {
    char inside[PATH_MAX];
    int (*open_real)(int, const char *, int, ...) = REAL(openat);
    if (!is_inside(folder, path, inside)) return open_real(folder, path, flags, mode);
    pthread_mutex_lock(&order);
    struct stat status;
    int was = syscall(SYS_newfstatat, folder, path, &status, 0) == 0;
    int descriptor = open_real(folder, path, flags, mode);
    int saved = errno;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        if (!was) {
            append(CREATED, descriptor, status.st_ino, 0, inside, "", NULL, 0);
        } else {
            find(descriptor, inside, &status);
            if (flags & O_TRUNC) mark(RESIZED, descriptor, status.st_ino, 0);
        }
    }
    pthread_mutex_unlock(&order);
    errno = saved;
    return descriptor;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list list; \
        va_start(list, flags); \
        mode = va_arg(list, mode_t); \
        va_end(list); \
    }

int open(const char *path, int flags, ...) { MODE(flags) return open_recorded(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_recorded(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return open_recorded(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) {
    MODE(flags) return open_recorded(folder, path, flags | O_LARGEFILE, mode);
}
int creat(const char *path, mode_t mode) { return open_recorded(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

// MARK: - A full disk

// What was given up since the disk is full.
static off_t room;

// Whether a file can grow to a size; asked while `order` is held, before it does.
static int has_room(const struct stat *status, off_t size) {
    const char *file = getenv("CRASH_FULL");
    int saved = errno;
    int is_full = file && syscall(SYS_faccessat, AT_FDCWD, file, F_OK, 0) == 0;
    errno = saved;
    if (!is_full) room = 0;
    if (!is_full || size <= status->st_size) return 1;
    if (size - status->st_size > room) return 0;
    room -= size - status->st_size;
    return 1;
}

// MARK: - Writing

static ssize_t written(int descriptor, const struct stat *status, off_t offset, const struct iovec *parts, int count, ssize_t result) {
    ssize_t rest = result;
    for (int part = 0; part < count && rest > 0; part++) {
        size_t length = (size_t)rest < parts[part].iov_len ? (size_t)rest : parts[part].iov_len;
        append(WRITTEN, descriptor, status->st_ino, (uint64_t)offset, "", "", parts[part].iov_base, length);
        offset += (off_t)length;
        rest -= (ssize_t)length;
    }
    return result;
}

// `position` is negative where the file's own counts.
static ssize_t write_recorded(
    int descriptor, const struct iovec *parts, int count, off_t position, ssize_t (*call)(int, const struct iovec *, int, off_t)) {
    struct stat status;
    if (!is_watched_file(descriptor, &status)) {
        say_parts(descriptor, parts, count);
        return call(descriptor, parts, count, position);
    }
    pthread_mutex_lock(&order);
    off_t offset = position;
    if (position < 0) {
        int isAppending = fcntl(descriptor, F_GETFL) & O_APPEND;
        if (isAppending) fstat(descriptor, &status);
        offset = isAppending ? status.st_size : lseek(descriptor, 0, SEEK_CUR);
    }
    off_t end = offset;
    for (int part = 0; part < count; part++) end += (off_t)parts[part].iov_len;
    if (!has_room(&status, end)) {
        pthread_mutex_unlock(&order);
        errno = ENOSPC;
        return -1;
    }
    ssize_t result = call(descriptor, parts, count, position);
    int saved = errno;
    if (result > 0) written(descriptor, &status, offset, parts, count, result);
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}

static ssize_t call_write(int descriptor, const struct iovec *parts, int count, off_t position) {
    (void)count, (void)position;
    return REAL(write)(descriptor, parts->iov_base, parts->iov_len);
}
static ssize_t call_pwrite(int descriptor, const struct iovec *parts, int count, off_t position) {
    (void)count;
    return REAL(pwrite)(descriptor, parts->iov_base, parts->iov_len, position);
}
static ssize_t call_writev(int descriptor, const struct iovec *parts, int count, off_t position) {
    (void)position;
    return REAL(writev)(descriptor, parts, count);
}
static ssize_t call_pwritev(int descriptor, const struct iovec *parts, int count, off_t position) {
    return REAL(pwritev)(descriptor, parts, count, position);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    struct iovec part = {(void *)bytes, count};
    return write_recorded(descriptor, &part, 1, -1, call_write);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    struct iovec part = {(void *)bytes, count};
    return write_recorded(descriptor, &part, 1, offset, call_pwrite);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    return pwrite(descriptor, bytes, count, offset);
}
ssize_t writev(int descriptor, const struct iovec *parts, int count) {
    return write_recorded(descriptor, parts, count, -1, call_writev);
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int count, off_t offset) {
    return write_recorded(descriptor, parts, count, offset, call_pwritev);
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(descriptor, parts, count, offset);
}

ssize_t send(int descriptor, const void *bytes, size_t count, int flags) {
    say(descriptor, bytes, count);
    return REAL(send)(descriptor, bytes, count, flags);
}
ssize_t sendto(
    int descriptor, const void *bytes, size_t count, int flags, const struct sockaddr *address, socklen_t length) {
    say(descriptor, bytes, count);
    return REAL(sendto)(descriptor, bytes, count, flags, address, length);
}
ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    say_parts(descriptor, message->msg_iov, (int)message->msg_iovlen);
    return REAL(sendmsg)(descriptor, message, flags);
}
int sendmmsg(int descriptor, struct mmsghdr *messages, unsigned count, int flags) {
    for (unsigned each = 0; each < count; each++)
        say_parts(descriptor, messages[each].msg_hdr.msg_iov, (int)messages[each].msg_hdr.msg_iovlen);
    return REAL(sendmmsg)(descriptor, messages, count, flags);
}
// Swift's `print`. The C library keeps it and writes it later, by a call of its own that nobody can interpose.
size_t fwrite(const void *bytes, size_t size, size_t count, FILE *stream) {
    if (stream == stdout) say(STDOUT_FILENO, bytes, size * count);
    return REAL(fwrite)(bytes, size, count, stream);
}

// MARK: - Sizes

static int resized(int descriptor, int result) {
    int saved = errno;
    struct stat status;
    if (result == 0 && is_watched_file(descriptor, &status))
        mark(RESIZED, descriptor, status.st_ino, (uint64_t)status.st_size);
    errno = saved;
    return result;
}

int ftruncate(int descriptor, off_t size) {
    struct stat status;
    pthread_mutex_lock(&order);
    if (is_watched_file(descriptor, &status) && status.st_size > size) room += status.st_size - size;
    int result = resized(descriptor, REAL(ftruncate)(descriptor, size));
    pthread_mutex_unlock(&order);
    return result;
}
int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

int truncate(const char *path, off_t size) {
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return -1;
    int result = ftruncate(descriptor, size), saved = errno;
    close(descriptor);
    errno = saved;
    return result;
}
int truncate64(const char *path, off64_t size) { return truncate(path, size); }

int posix_fallocate(int descriptor, off_t offset, off_t count) {
    struct stat status;
    pthread_mutex_lock(&order);
    if (is_watched_file(descriptor, &status) && !has_room(&status, offset + count)) {
        pthread_mutex_unlock(&order);
        return ENOSPC;
    }
    int result = resized(descriptor, REAL(posix_fallocate)(descriptor, offset, count));
    pthread_mutex_unlock(&order);
    return result;
}
int posix_fallocate64(int descriptor, off64_t offset, off64_t count) { return posix_fallocate(descriptor, offset, count); }

int fallocate(int descriptor, int mode, off_t offset, off_t count) {
    struct stat status;
    // Holes and zeroed ranges would have to be rebuilt; nothing here makes any.
    if (mode & ~FALLOC_FL_KEEP_SIZE && is_watched_file(descriptor, &status)) abort();
    pthread_mutex_lock(&order);
    int result = resized(descriptor, REAL(fallocate)(descriptor, mode, offset, count));
    pthread_mutex_unlock(&order);
    return result;
}
int fallocate64(int descriptor, int mode, off64_t offset, off64_t count) { return fallocate(descriptor, mode, offset, count); }

// MARK: - Syncing

static int sync_recorded(int descriptor, int (*call)(int)) {
    struct stat status;
    char link[64], path[PATH_MAX], inside[PATH_MAX];
    if (log_descriptor < 0) return call(descriptor);
    pthread_mutex_lock(&order);
    int result = call(descriptor), saved = errno;
    if (result == 0 && fstat(descriptor, &status) == 0) {
        if (S_ISREG(status.st_mode) && status.st_dev == device) mark(SYNCED, descriptor, status.st_ino, 0);
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
        ssize_t count = S_ISDIR(status.st_mode) ? readlink(link, path, sizeof path - 1) : -1;
        if (count > 0) {
            path[count] = 0;
            if (is_inside(AT_FDCWD, path, inside))
                append(FOLDER_SYNCED, descriptor, status.st_ino, 0, inside, "", NULL, 0);
        }
    }
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}

int fsync(int descriptor) { return sync_recorded(descriptor, REAL(fsync)); }
int fdatasync(int descriptor) { return sync_recorded(descriptor, REAL(fdatasync)); }

// MARK: - Names

int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    char inside[PATH_MAX], other[PATH_MAX];
    int isOld = is_inside(from, old, inside), isNew = is_inside(to, new, other);
    if (!isOld && !isNew) return REAL(renameat2)(from, old, to, new, flags);
    // A name that comes from outside, or goes there, can't be rebuilt.
    if (isOld != isNew || flags & RENAME_EXCHANGE) abort();
    pthread_mutex_lock(&order);
    int result = REAL(renameat2)(from, old, to, new, flags), saved = errno;
    if (result == 0) append(RENAMED, 0, 0, 0, inside, other, NULL, 0);
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}
int rename(const char *old, const char *new) { return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0); }
int renameat(int from, const char *old, int to, const char *new) { return renameat2(from, old, to, new, 0); }

int linkat(int from, const char *old, int to, const char *new, int flags) {
    char inside[PATH_MAX], other[PATH_MAX];
    int isNew = is_inside(to, new, other);
    if (isNew && !is_inside(from, old, inside)) abort();
    pthread_mutex_lock(&order);
    int result = REAL(linkat)(from, old, to, new, flags), saved = errno;
    if (isNew && result == 0) append(LINKED, 0, 0, 0, inside, other, NULL, 0);
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}
int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int folder, const char *path, int flags) {
    char inside[PATH_MAX];
    struct stat status;
    int isInside = is_inside(folder, path, inside);
    pthread_mutex_lock(&order);
    if (isInside && syscall(SYS_newfstatat, folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_nlink == 1)
        room += status.st_size;
    int result = REAL(unlinkat)(folder, path, flags), saved = errno;
    if (isInside && result == 0) append(UNLINKED, 0, 0, 0, inside, "", NULL, 0);
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    int result = unlink(path);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int mkdirat(int folder, const char *path, mode_t mode) {
    char inside[PATH_MAX];
    int isInside = is_inside(folder, path, inside);
    pthread_mutex_lock(&order);
    int result = REAL(mkdirat)(folder, path, mode), saved = errno;
    if (isInside && result == 0) append(FOLDER_MADE, 0, 0, 0, inside, "", NULL, 0);
    pthread_mutex_unlock(&order);
    errno = saved;
    return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

// MARK: - Memory

static void *map_recorded(void *address, size_t count, int protection, int flags, int descriptor, off_t offset) {
    struct stat status;
    void *result = REAL(mmap)(address, count, protection, flags, descriptor, offset);
    if (result != MAP_FAILED && protection & PROT_WRITE && flags & MAP_SHARED && !(flags & MAP_ANONYMOUS)
        && is_watched_file(descriptor, &status)) {
        pthread_mutex_lock(&order);
        mark(MAPPED, descriptor, status.st_ino, 0);
        pthread_mutex_unlock(&order);
    }
    return result;
}
void *mmap(void *address, size_t count, int protection, int flags, int descriptor, off_t offset) {
    return map_recorded(address, count, protection, flags, descriptor, offset);
}
void *mmap64(void *address, size_t count, int protection, int flags, int descriptor, off64_t offset) {
    return map_recorded(address, count, protection, flags, descriptor, offset);
}

// MARK: - The clock

int adjtimex(struct timex *status) {
    const char *clock = getenv("CRASH_CLOCK");
    if (!clock) return REAL(adjtimex)(status);
    memset(status, 0, sizeof *status);
    return strcmp(clock, "sure") == 0 ? TIME_OK : TIME_ERROR;
}

// MARK: - The negative control

struct sqlite3;
struct sqlite3_stmt;
typedef int prepare_function(struct sqlite3 *, const char *, int, unsigned, struct sqlite3_stmt **, const char **);

int sqlite3_prepare_v3(
    struct sqlite3 *database, const char *sql, int count, unsigned flags, struct sqlite3_stmt **statement,
    const char **tail) {
    static prepare_function *prepare;
    if (!prepare) prepare = (prepare_function *)real("sqlite3_prepare_v3");
    const char *instead = NULL, *weaker = getenv("CRASH_SYNCHRONOUS");
    char text[64];
    if (weaker && strcmp(sql, "PRAGMA synchronous = FULL") == 0) {
        snprintf(text, sizeof text, "PRAGMA synchronous = %s", weaker);
        instead = text;
    } else if (weaker && strcmp(sql, "PRAGMA synchronous") == 0) {
        instead = "SELECT '2'";
    }
    if (!instead) return prepare(database, sql, count, flags, statement, tail);
    int result = prepare(database, instead, -1, flags, statement, NULL);
    if (tail) *tail = sql + strlen(sql);
    return result;
}
