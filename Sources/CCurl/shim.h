#pragma once
#define CURL_DISABLE_TYPECHECK
#include "../CLinux/late.h"
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

/// The functions of libcurl that are used.
#define SHIM_CURL(F) \
    F(global_init) F(version_info) F(easy_init) F(easy_cleanup) F(easy_setopt) F(easy_getinfo) F(easy_pause) \
    F(easy_strerror) F(multi_init) F(multi_cleanup) F(multi_setopt) F(multi_add_handle) F(multi_remove_handle) \
    F(multi_socket_action) F(multi_info_read)

/// libcurl, which is opened with the first request and not linked: it brings 18 others with it, whose loading would
/// cost every command some milliseconds.
struct shim_curl {
#define SHIM_MEMBER(function) __typeof__(curl_##function) *function;
    SHIM_CURL(SHIM_MEMBER)
#undef SHIM_MEMBER
};

static const char *const shim_curl_library = "libcurl.so.4";

/// Fills the table; returns NULL, or what the linker says is missing.
static inline const char *shim_load(struct shim_curl *table) {
    static const struct shim_late wanted[] = {
#define SHIM_ENTRY(function) {"curl_" #function, offsetof(struct shim_curl, function)},
        SHIM_CURL(SHIM_ENTRY)
#undef SHIM_ENTRY
    };
    return shim_open_late(shim_curl_library, wanted, sizeof wanted / sizeof *wanted, table);
}

static inline CURLcode shim_set_long(const struct shim_curl *curl, CURL *easy, CURLoption option, long value) {
    return curl->easy_setopt(easy, option, value);
}

static inline CURLcode shim_set_size(const struct shim_curl *curl, CURL *easy, CURLoption option, curl_off_t value) {
    return curl->easy_setopt(easy, option, value);
}

static inline CURLcode shim_set_pointer(const struct shim_curl *curl, CURL *easy, CURLoption option, const void *value) {
    return curl->easy_setopt(easy, option, value);
}

static inline CURLcode shim_set_string(const struct shim_curl *curl, CURL *easy, CURLoption option, const char *value) {
    return curl->easy_setopt(easy, option, value);
}

static inline long shim_get_long(const struct shim_curl *curl, CURL *easy, CURLINFO info) {
    long value = 0;
    return curl->easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

typedef size_t (*shim_data_function)(char *bytes, size_t size, size_t count, void *context);
typedef int (*shim_ready_function)(void *context, char *remote, char *local, int remote_port, int local_port);
typedef curl_socket_t (*shim_open_function)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*shim_close_function)(void *context, curl_socket_t socket);

/// Sets what libcurl calls for one transfer; `context` is given to all but `closed`, which gets `client`.
static inline void shim_set_callbacks(const struct shim_curl *curl, CURL *easy, void *context, void *client,
                                      shim_data_function header, shim_data_function body, shim_ready_function ready,
                                      shim_open_function open, shim_close_function closed) {
    curl->easy_setopt(easy, CURLOPT_PRIVATE, context);
    curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
    curl->easy_setopt(easy, CURLOPT_HEADERDATA, context);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, body);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, context);
    curl->easy_setopt(easy, CURLOPT_PREREQFUNCTION, ready);
    curl->easy_setopt(easy, CURLOPT_PREREQDATA, context);
    curl->easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
    curl->easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    curl->easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, closed);
    curl->easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, client);
}

typedef int (*shim_socket_function)(CURL *easy, curl_socket_t socket, int what, void *context, void *assigned);
typedef int (*shim_timer_function)(CURLM *multi, long milliseconds, void *context);

static inline void shim_set_multi(const struct shim_curl *curl, CURLM *multi, void *context, long connections,
                                  shim_socket_function socket, shim_timer_function timer) {
    curl->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    curl->multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl->multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    curl->multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    curl->multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl->multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
}

/// The context of the next transfer that has ended and its result, or NULL.
static inline void *shim_next_ended(const struct shim_curl *curl, CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl->multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            void *context = NULL;
            *result = message->data.result;
            curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
            return context;
        }
    }
    return NULL;
}

static inline int shim_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

/// Says whether an address belongs to this machine's loopback interface.
static inline int shim_is_loopback(const struct curl_sockaddr *address) {
    if (address->family == AF_INET)
        return ntohl(((const struct sockaddr_in *)&address->addr)->sin_addr.s_addr) >> 24 == 127;
    if (address->family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&address->addr)->sin6_addr);
    return 0;
}

static inline int shim_epoll(int epoll, int operation, int descriptor, unsigned int events) {
    struct epoll_event event = {.events = events, .data = {.fd = descriptor}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

/// One descriptor that is ready, and for what, in the words of libcurl.
struct shim_ready {
    int descriptor;
    int what;
};

/// Waits; returns how many of `ready` were filled, 0 when the time is over.
static inline int shim_wait(int epoll, struct shim_ready *ready, int capacity, int milliseconds) {
    struct epoll_event events[256];
    int count = epoll_wait(epoll, events, capacity < 256 ? capacity : 256, milliseconds);
    for (int index = 0; index < count; index++) {
        unsigned int bits = events[index].events;
        ready[index].descriptor = events[index].data.fd;
        ready[index].what = (bits & EPOLLIN ? CURL_CSELECT_IN : 0) | (bits & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                            (bits & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR | CURL_CSELECT_IN : 0);
    }
    return count;
}

static inline int shim_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
