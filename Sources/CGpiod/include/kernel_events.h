// The kernel's event descriptors. Swift's Glibc module leaves these headers out; the guard's loop is built on them.

#ifndef MILA_KERNEL_EVENTS_H
#define MILA_KERNEL_EVENTS_H

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#endif
