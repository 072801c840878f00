// libpq, and the two kernel calls that tell when its socket is ready (Swift's Glibc module has neither).
#include <libpq-fe.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
