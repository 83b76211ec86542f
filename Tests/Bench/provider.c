/* A model provider for benchmarks: OpenAI's chat completions over HTTP/1.1 with kept connections, streamed where asked.
 *
 * usage: provider LATENCY_MS [COMMAND]
 *
 * Answers every request LATENCY_MS after it has come whole; one thread, so that it takes little of the machine from those
 * that are measured. The answer is a file named after the last "worker-N" of the request, so that every worker writes one
 * of its own. COMMAND is a line for the shell that finds the address in $PROVIDER_URL; with its end the provider ends,
 * prints the processor time that it took itself, in seconds, and has the command's status. Without one it prints its
 * address and goes on until it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 1000, PIECE = 40, ROOM = 16384 };

struct connection {
    int descriptor;
    char *bytes;
    size_t count, room;
    /* What the request being read has in all, or 0 while its head is not whole. */
    size_t wanted;
    long long due;
    int worker, streams;
    struct connection *next;
};

static struct connection *first, *last;
static char *answers[2][WORKERS];

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void *checked(void *memory) {
    if (!memory) { perror("provider"); exit(1); }
    return memory;
}

/* The content, as it stands within a JSON string. */
static void content(char *text, int worker) {
    sprintf(text, "{\\\"message\\\":\\\"wrote part %d\\\",\\\"files\\\":[{\\\"path\\\":\\\"part-%d.txt\\\",\\\"content\\\":\\\"", worker, worker);
    for (int line = 0; line < 8; line++) sprintf(text + strlen(text), "part %d says what line %d has to say\\\\n", worker, line);
    strcat(text, "\\\",\\\"executable\\\":false}],\\\"deletions\\\":[],\\\"commands\\\":[]}");
}

static char *whole(int worker) {
    char *answer = checked(malloc(ROOM)), text[4096], body[8192];
    content(text, worker);
    int count = sprintf(body,
        "{\"id\":\"bench\",\"object\":\"chat.completion\",\"created\":0,\"model\":\"bench\",\"choices\":[{\"index\":0,"
        "\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\"}],"
        "\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":100,\"total_tokens\":1000}}", text);
    sprintf(answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", count, body);
    return answer;
}

static void add_event(char *answer, const char *choices, const char *more) {
    char event[1024];
    int count = sprintf(event,
        "data: {\"id\":\"bench\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"bench\",\"choices\":[%s]%s}\n\n",
        choices, more);
    sprintf(answer + strlen(answer), "%x\r\n%s\r\n", count, event);
}

static char *streamed(int worker) {
    char *answer = checked(malloc(ROOM * 2)), text[4096], choice[512];
    content(text, worker);
    strcpy(answer, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (size_t from = 0, end; text[from]; from = end) {
        end = from + PIECE < strlen(text) ? from + PIECE : strlen(text);
        while (text[end - 1] == '\\') end++; /* No piece ends amid an escape. */
        sprintf(choice, "{\"index\":0,\"delta\":{%s\"content\":\"%.*s\"},\"finish_reason\":null}",
                from ? "" : "\"role\":\"assistant\",", (int)(end - from), text + from);
        add_event(answer, choice, "");
    }
    add_event(answer, "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}", "");
    add_event(answer, "", ",\"usage\":{\"prompt_tokens\":900,\"completion_tokens\":100,\"total_tokens\":1000}");
    strcat(answer, "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n");
    return answer;
}

static void answer(struct connection *connection) {
    char **place = &answers[connection->streams][connection->worker];
    if (!*place) *place = connection->streams ? streamed(connection->worker) : whole(connection->worker);
    size_t count = strlen(*place), sent = 0;
    while (sent < count) {
        ssize_t step = send(connection->descriptor, *place + sent, count - sent, MSG_NOSIGNAL);
        if (step < 0) return;
        sent += step;
    }
}

static int number_after_last(const char *bytes, size_t count, const char *name) {
    size_t length = strlen(name);
    for (size_t at = count > length ? count - length : 0; at-- > 0;)
        if (bytes[at] == *name && !memcmp(bytes + at, name, length)) return atoi(bytes + at + length) % WORKERS;
    return 0;
}

/* Finds the end of the request and queues its answer; answers come in the order of the requests, since all wait alike. */
static void heed(struct connection *connection, long long latency) {
    if (!connection->wanted) {
        char *end = memmem(connection->bytes, connection->count, "\r\n\r\n", 4);
        if (!end) return;
        *end = 0;
        char *length = strcasestr(connection->bytes, "\r\nContent-Length:");
        *end = '\r';
        connection->wanted = (size_t)(end - connection->bytes) + 4 + (length ? strtoul(length + 17, NULL, 10) : 0);
    }
    if (connection->count < connection->wanted) return;
    connection->worker = number_after_last(connection->bytes, connection->wanted, "worker-");
    connection->streams = memmem(connection->bytes, connection->wanted, "\"stream\":true", 13)
        || memmem(connection->bytes, connection->wanted, "\"stream\": true", 14);
    connection->count = connection->wanted = 0;
    if (!latency) return answer(connection);
    connection->due = now() + latency;
    connection->next = NULL;
    if (first) last->next = connection; else first = connection;
    last = connection;
}

static int receive(struct connection *connection, long long latency) {
    if (connection->count + ROOM >= connection->room) {
        connection->room = connection->room * 2 + ROOM * 2;
        connection->bytes = checked(realloc(connection->bytes, connection->room));
    }
    ssize_t count = recv(connection->descriptor, connection->bytes + connection->count, connection->room - connection->count - 1, MSG_DONTWAIT);
    if (count <= 0) return count < 0 && errno == EAGAIN;
    connection->count += count;
    connection->bytes[connection->count] = 0;
    heed(connection, latency);
    return 1;
}

static int listen_anywhere(char *text) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) || listen(listener, 4096)
        || getsockname(listener, (struct sockaddr *)&address, &size)) { perror("provider"); exit(1); }
    sprintf(text, "http://127.0.0.1:%d/v1", ntohs(address.sin_port));
    return listener;
}

static void watch(int epoll, int descriptor, void *what) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static void accept_all(int epoll, int listener) {
    int descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        int one = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *connection = checked(calloc(1, sizeof *connection));
        connection->descriptor = descriptor;
        watch(epoll, descriptor, connection);
    }
}

/* Starts the command; returns a descriptor that becomes readable with its end. */
static int start(const char *command, const char *address) {
    setenv("PROVIDER_URL", address, 1);
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    return child < 0 ? -1 : (int)syscall(SYS_pidfd_open, child, 0);
}

static void end(void) {
    struct rusage usage;
    int status = 0;
    wait(&status);
    getrusage(RUSAGE_SELF, &usage);
    printf("%.6f\n", usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* One that waits for its answer is not freed yet: it stands in the queue. */
static void drop(int epoll, struct connection *connection) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, connection->descriptor, NULL);
    if (connection->due) return;
    close(connection->descriptor);
    free(connection->bytes);
    free(connection);
}

int main(int count, char **words) {
    long long latency = count > 1 ? atoi(words[1]) * 1000LL : 0;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    char address[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC), listener = listen_anywhere(address);
    watch(epoll, listener, &listener);
    if (count > 2) watch(epoll, start(words[2], address), NULL);
    else { puts(address); fflush(stdout); }
    for (;;) {
        struct epoll_event ready[256];
        long long wait = first ? (first->due - now() + 999) / 1000 : -1;
        int found = epoll_wait(epoll, ready, 256, first && wait < 0 ? 0 : (int)wait);
        for (int index = 0; index < found; index++) {
            struct connection *connection = ready[index].data.ptr;
            if (!connection) end();
            else if ((void *)connection == &listener) accept_all(epoll, listener);
            else if (!receive(connection, latency)) drop(epoll, connection);
        }
        while (first && first->due <= now()) {
            struct connection *connection = first;
            first = connection->next;
            connection->due = 0;
            answer(connection);
        }
    }
}
