/* An STS that answers at once and always the same: what a call costs its client shows beside it. Plain HTTP on
 * loopback, kept connections, one thread: stand-in prints the port that it listens at, and ends with its standard
 * input. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS_MAX = 128, REQUEST_MAX = 128 * 1024, TOKEN_CHARS = 760 };

typedef struct {
    int socket;
    size_t size;
    char bytes[REQUEST_MAX + 1];
} Client;

static char answer[4096];

static void make_answer(void) {
    char token[TOKEN_CHARS + 1];
    char body[3072];
    memset(token, 'A', TOKEN_CHARS);
    token[TOKEN_CHARS] = '\0';
    snprintf(body, sizeof body,
             "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
             "<AccessKeyId>ASIABENCHBENCHBENCH0</AccessKeyId><SecretAccessKey>0123456789abcdefghijklmnopqrstuvwxyzABCD"
             "</SecretAccessKey><SessionToken>%s</SessionToken><Expiration>2036-11-25T18:00:00Z</Expiration>"
             "</Credentials><AssumedRoleUser><AssumedRoleId>AROABENCH:bench</AssumedRoleId>"
             "<Arn>arn:aws:sts::123456789012:assumed-role/build/bench</Arn></AssumedRoleUser></AssumeRoleResult>"
             "<ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata>"
             "</AssumeRoleResponse>",
             token);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nDate: Wed, 25 Nov 2026 17:00:00 GMT\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(body), body);
}

/* The bytes of the request at the front, 0 when it is not whole yet. */
static size_t whole_request(const Client* client) {
    const char* end = strstr(client->bytes, "\r\n\r\n");
    const char* length = strcasestr(client->bytes, "\r\ncontent-length:");
    size_t size;
    if (end == NULL)
        return 0;
    size = (size_t)(end - client->bytes) + 4;
    if (length != NULL && length < end)
        size += strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
    return client->size >= size ? size : 0;
}

/* 0 when the client has gone. */
static int serve(Client* client) {
    const ssize_t got = read(client->socket, client->bytes + client->size, REQUEST_MAX - client->size);
    size_t size;
    if (got <= 0)
        return got < 0 && errno == EINTR;
    client->size += (size_t)got;
    client->bytes[client->size] = '\0';
    while ((size = whole_request(client)) != 0) {
        if (write(client->socket, answer, strlen(answer)) != (ssize_t)strlen(answer))
            return 0;
        memmove(client->bytes, client->bytes + size, client->size - size + 1);
        client->size -= size;
    }
    return client->size < REQUEST_MAX;
}

/* Listens at a free port of loopback and prints it; -1 where that cannot be. */
static int listener(void) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    const int at = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (at < 0 || bind(at, (struct sockaddr*)&address, sizeof address) != 0 || listen(at, CLIENTS_MAX) != 0 ||
        getsockname(at, (struct sockaddr*)&address, &length) != 0) {
        perror("stand-in");
        return -1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return at;
}

static Client* accepted(int at) {
    const int one = 1;
    Client* client = calloc(1, sizeof *client);
    if (client == NULL)
        abort();
    client->socket = accept(at, NULL, NULL);
    setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return client;
}

int main(void) {
    struct pollfd polled[CLIENTS_MAX + 2];
    Client* clients[CLIENTS_MAX];
    int count = 0;
    const int at = listener();
    if (at < 0)
        return 1;
    make_answer();
    for (;;) {
        int i;
        polled[0].fd = 0;
        polled[1].fd = count < CLIENTS_MAX ? at : -1;
        for (i = 0; i < count; ++i)
            polled[i + 2].fd = clients[i]->socket;
        for (i = 0; i < count + 2; ++i)
            polled[i].events = POLLIN;
        if (poll(polled, (nfds_t)count + 2, -1) < 0)
            continue;
        if (polled[0].revents != 0) /* its end: nothing is ever written to it */
            return 0;
        for (i = count - 1; i >= 0; --i)
            if (polled[i + 2].revents != 0 && !serve(clients[i])) {
                close(clients[i]->socket);
                free(clients[i]);
                clients[i] = clients[--count];
            }
        if (polled[1].revents != 0)
            clients[count++] = accepted(at);
    }
}
