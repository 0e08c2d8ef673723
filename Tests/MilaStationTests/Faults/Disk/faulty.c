// A disk that fails when it is told to: a FUSE file system that passes everything through to a folder, and obeys orders
// about syncs, writes and reads. The tests put it below the data of the real programs.
//
//     faulty BACKING MOUNTPOINT        orders on standard input, answers on standard output, one line each
//
//     sync|write|read NAME SKIP TIMES ACTION     for files whose names end with NAME, let SKIP calls pass, then do ACTION to
//                                                TIMES of them (0: to all)
//         ACTION is `hold`, which lets a call wait until it is released, or the number of an error; `lose NUMBER` for a
//         sync also takes back what the file gained since its last good one, as a disk that loses its cache does
//     release          lets those that are held go on; `release NUMBER` and `release lose NUMBER` with that error
//     heal             forgets all orders, and releases
//
// Answers: `ok` to each order; `held NAME` and `failed NAME` when it happens. The end of standard input heals, unmounts and
// ends: the file system does not outlive the test.

#define FUSE_USE_VERSION 312
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MOST_RULES = 16, MOST_FILES = 64, HOLD = -1 };

struct rule {
    char call[8], name[64];
    long skip, times; // `times` below zero: for ever
    int action;       // an error, or HOLD
    int loses;
    int used;
};

struct synced {
    char path[512];
    off_t length;
};

static const char *backing;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct rule rules[MOST_RULES];
static struct synced files[MOST_FILES];
static unsigned long releases;
static int release_error, release_loses, ended;

static void say(const char *what, const char *name) {
    char line[600];
    int length = snprintf(line, sizeof line, "%s%s%s\n", what, *name ? " " : "", name);
    if (write(STDOUT_FILENO, line, (size_t)length) < 0) return; // Nobody listens any more.
}

static int ends_with(const char *path, const char *name) {
    size_t a = strlen(path), b = strlen(name);
    return a >= b && strcmp(path + a - b, name) == 0;
}

static struct synced *known(const char *path, int adds) {
    for (int i = 0; i < MOST_FILES; i++) {
        if (strcmp(files[i].path, path) == 0) return &files[i];
        if (!files[i].path[0] && adds) {
            snprintf(files[i].path, sizeof files[i].path, "%s", path);
            return &files[i];
        }
    }
    return NULL;
}

// What is ordered for a call: 0 or the number of an error, below zero as FUSE wants it.
static int obey(const char *call, const char *path, int descriptor) {
    int error = 0, loses = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < MOST_RULES; i++) {
        struct rule *rule = &rules[i];
        if (!rule->used || strcmp(rule->call, call) != 0 || !ends_with(path, rule->name)) continue;
        if (rule->skip > 0) {
            rule->skip--;
            continue;
        }
        if (rule->times == 0) continue;
        if (rule->times > 0) rule->times--;
        if (rule->action == HOLD) {
            unsigned long before = releases;
            say("held", path);
            while (releases == before && !ended) pthread_cond_wait(&changed, &lock);
            error = release_error;
            loses = release_loses;
        } else {
            error = rule->action;
            loses = rule->loses;
        }
        if (loses && descriptor >= 0) {
            struct synced *file = known(path, 0);
            if (ftruncate(descriptor, file ? file->length : 0) != 0) error = errno;
        }
        if (error) say("failed", path);
        break;
    }
    pthread_mutex_unlock(&lock);
    return -error;
}

static void note_synced(const char *path, int descriptor) {
    struct stat status;
    if (fstat(descriptor, &status) != 0) return;
    pthread_mutex_lock(&lock);
    struct synced *file = known(path, 1);
    if (file) file->length = status.st_size;
    pthread_mutex_unlock(&lock);
}

static void release(int error, int loses) {
    release_error = error;
    release_loses = loses;
    releases++;
    pthread_cond_broadcast(&changed);
}

static void take_order(char *line) {
    char call[8], name[64], action[16], number[16] = "";
    long skip, times;
    pthread_mutex_lock(&lock);
    if (strncmp(line, "release", 7) == 0) {
        char *lose = strstr(line, "lose");
        release(atoi(lose ? lose + 4 : line + 7), lose != NULL);
    } else if (strncmp(line, "heal", 4) == 0) {
        memset(rules, 0, sizeof rules);
        release(0, 0);
    } else if (sscanf(line, "%7s %63s %ld %ld %15s %15s", call, name, &skip, &times, action, number) >= 5) {
        for (int i = 0; i < MOST_RULES; i++) {
            struct rule *rule = &rules[i];
            if (rule->used) continue;
            strcpy(rule->call, call);
            strcpy(rule->name, name);
            rule->skip = skip;
            rule->times = times == 0 ? -1 : times;
            rule->loses = strcmp(action, "lose") == 0;
            rule->action = strcmp(action, "hold") == 0 ? HOLD : atoi(rule->loses ? number : action);
            rule->used = 1;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    say("ok", "");
}

static void *listen_to_test(void *fuse) {
    char line[256];
    while (fgets(line, sizeof line, stdin)) take_order(line);
    pthread_mutex_lock(&lock);
    ended = 1;
    memset(rules, 0, sizeof rules);
    release(0, 0);
    pthread_mutex_unlock(&lock);
    fuse_exit(fuse);
    fuse_unmount(fuse); // Wakes the loop, which ends then.
    return NULL;
}

// MARK: what passes through

static void below(const char *path, char *full) { snprintf(full, 4096, "%s%s", backing, path); }

#define FULL(path)                                                                                                     \
    char full[4096];                                                                                                   \
    below(path, full)
#define ANSWER(call) return (call) < 0 ? -errno : 0

static int do_getattr(const char *path, struct stat *status, struct fuse_file_info *info) {
    if (info) ANSWER(fstat((int)info->fh, status));
    FULL(path);
    ANSWER(lstat(full, status));
}

static int do_access(const char *path, int mask) {
    FULL(path);
    ANSWER(access(full, mask));
}

static int do_readdir(
    const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *info,
    enum fuse_readdir_flags flags) {
    (void)offset, (void)info, (void)flags;
    FULL(path);
    DIR *folder = opendir(full);
    if (!folder) return -errno;
    for (struct dirent *entry; (entry = readdir(folder));) fill(buffer, entry->d_name, NULL, 0, 0);
    closedir(folder);
    return 0;
}

static int do_mkdir(const char *path, mode_t mode) {
    FULL(path);
    ANSWER(mkdir(full, mode));
}

// Sockets too: the station's control socket lies among its data.
static int do_mknod(const char *path, mode_t mode, dev_t device) {
    FULL(path);
    ANSWER(mknod(full, mode, device));
}

static int do_unlink(const char *path) {
    FULL(path);
    ANSWER(unlink(full));
}

static int do_rmdir(const char *path) {
    FULL(path);
    ANSWER(rmdir(full));
}

static int do_rename(const char *from, const char *to, unsigned int flags) {
    char source[4096], target[4096];
    below(from, source);
    below(to, target);
    if (flags) return -EINVAL;
    ANSWER(rename(source, target));
}

static int do_link(const char *from, const char *to) {
    char source[4096], target[4096];
    below(from, source);
    below(to, target);
    ANSWER(link(source, target));
}

static int do_chmod(const char *path, mode_t mode, struct fuse_file_info *info) {
    (void)info;
    FULL(path);
    ANSWER(chmod(full, mode));
}

static int do_truncate(const char *path, off_t size, struct fuse_file_info *info) {
    int error = obey("write", path, -1);
    if (error) return error;
    if (info) ANSWER(ftruncate((int)info->fh, size));
    FULL(path);
    ANSWER(truncate(full, size));
}

static int do_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *info) {
    (void)info;
    FULL(path);
    ANSWER(utimensat(AT_FDCWD, full, times, AT_SYMLINK_NOFOLLOW));
}

static int opened(const char *path, int flags, mode_t mode, struct fuse_file_info *info) {
    FULL(path);
    int descriptor = open(full, flags | O_CLOEXEC, mode);
    if (descriptor < 0) return -errno;
    info->fh = (uint64_t)descriptor;
    info->direct_io = 1; // Every read and write comes here: the kernel keeps no pages of its own.
    return 0;
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *info) {
    int error = obey("write", path, -1);
    return error ? error : opened(path, info->flags, mode, info);
}

static int do_open(const char *path, struct fuse_file_info *info) { return opened(path, info->flags, 0, info); }

static int do_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
    int error = obey("read", path, -1);
    if (error) return error;
    ssize_t count = pread((int)info->fh, buffer, size, offset);
    return count < 0 ? -errno : (int)count;
}

static int do_write(
    const char *path, const char *buffer, size_t size, off_t offset, struct fuse_file_info *info) {
    int error = obey("write", path, -1);
    if (error) return error;
    ssize_t count = pwrite((int)info->fh, buffer, size, offset);
    return count < 0 ? -errno : (int)count;
}

static int do_statfs(const char *path, struct statvfs *status) {
    FULL(path);
    ANSWER(statvfs(full, status));
}

static int do_release(const char *path, struct fuse_file_info *info) {
    (void)path;
    ANSWER(close((int)info->fh));
}

static int do_fsync(const char *path, int only_data, struct fuse_file_info *info) {
    int error = obey("sync", path, (int)info->fh);
    if (error) return error;
    if ((only_data ? fdatasync((int)info->fh) : fsync((int)info->fh)) != 0) return -errno;
    note_synced(path, (int)info->fh);
    return 0;
}

static int do_fsyncdir(const char *path, int only_data, struct fuse_file_info *info) {
    (void)only_data, (void)info;
    return obey("sync", path, -1);
}

static int do_fallocate(const char *path, int mode, off_t offset, off_t length, struct fuse_file_info *info) {
    int error = obey("write", path, -1);
    if (error) return error;
    ANSWER(fallocate((int)info->fh, mode, offset, length));
}

static void *do_init(struct fuse_conn_info *connection, struct fuse_config *configuration) {
    (void)connection;
    // Names and lengths are asked for each time: the tests look at the folder behind it too.
    configuration->entry_timeout = configuration->attr_timeout = configuration->negative_timeout = 0;
    configuration->nullpath_ok = 0;
    configuration->hard_remove = 1;
    configuration->use_ino = 1;
    return NULL;
}

static const struct fuse_operations operations = {
    .init = do_init,
    .getattr = do_getattr,
    .access = do_access,
    .readdir = do_readdir,
    .mkdir = do_mkdir,
    .mknod = do_mknod,
    .unlink = do_unlink,
    .rmdir = do_rmdir,
    .rename = do_rename,
    .link = do_link,
    .chmod = do_chmod,
    .truncate = do_truncate,
    .utimens = do_utimens,
    .create = do_create,
    .open = do_open,
    .read = do_read,
    .write = do_write,
    .statfs = do_statfs,
    .release = do_release,
    .fsync = do_fsync,
    .fsyncdir = do_fsyncdir,
    .fallocate = do_fallocate,
};

int main(int count, char **words) {
    if (count != 3) {
        fprintf(stderr, "usage: faulty BACKING MOUNTPOINT\n");
        return 2;
    }
    backing = words[1];
    umask(0);
    char *options[] = {words[0], "-odefault_permissions,fsname=mila-faulty"};
    struct fuse_args arguments = FUSE_ARGS_INIT(2, options);
    struct fuse *fuse = fuse_new(&arguments, &operations, sizeof operations, NULL);
    if (!fuse || fuse_mount(fuse, words[2]) != 0) return 1;
    pthread_t listener;
    if (pthread_create(&listener, NULL, listen_to_test, fuse) != 0) return 1;
    say("mounted", "");
    // Many threads: one that is held must not keep the others.
    struct fuse_loop_config *loop = fuse_loop_cfg_create();
    fuse_loop_cfg_set_clone_fd(loop, 0);
    fuse_loop_cfg_set_max_threads(loop, 64);
    int result = fuse_loop_mt(fuse, loop);
    fuse_loop_cfg_destroy(loop);
    return result != 0;
}
