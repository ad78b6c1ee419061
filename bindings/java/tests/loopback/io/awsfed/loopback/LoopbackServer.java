package io.awsfed.loopback;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/**
 * A web server for tests, of one request for each connection. The JDK has a better one, in a module that the runtime of Java
 * 11 in runtimes.txt does without.
 */
public final class LoopbackServer implements AutoCloseable {
    /** Called on a thread of its own for each request. */
    @FunctionalInterface
    public interface Handler {
        /** @return null: none, and the connection stays open until the server is closed */
        Answer answer(String path, String body) throws InterruptedException;
    }

    /** What goes back, as UTF-8. */
    public static final class Answer {
        private final int status;
        private final String type;
        private final byte[] body;

        public Answer(int status, String type, String body) {
            this.status = status;
            this.type = type;
            this.body = body.getBytes(StandardCharsets.UTF_8);
        }
    }

    private final ServerSocket listening;
    private final Handler handler;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    public LoopbackServer(Handler handler) throws IOException {
        this.handler = handler;
        listening = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"));
        threads.execute(this::accept);
    }

    public String url(String path) {
        return "http://127.0.0.1:" + listening.getLocalPort() + path;
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket connection : open) {
                connection.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            threads.shutdownNow();
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket connection = listening.accept();
                open.add(connection);
                if (listening.isClosed()) { // close() may have looked before it was added
                    connection.close();
                }
                threads.execute(() -> serve(connection));
            } catch (IOException | RejectedExecutionException end) {
                if (!listening.isClosed()) {
                    throw new IllegalStateException(end);
                }
            }
        }
    }

    private void serve(Socket connection) {
        boolean isHeld = false;
        try {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String path = line(in).split(" ")[1];
            Answer answer = handler.answer(path, body(in));
            isHeld = answer == null;
            if (!isHeld) {
                String head = "HTTP/1.1 " + answer.status + " Said\r\nContent-Type: " + answer.type + "\r\nContent-Length: "
                        + answer.body.length + "\r\nConnection: close\r\n\r\n";
                connection.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                connection.getOutputStream().write(answer.body);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            return; // the client, or this server
        } finally {
            if (!isHeld) {
                end(connection);
            }
        }
    }

    private void end(Socket connection) {
        open.remove(connection);
        try {
            connection.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String body(InputStream in) throws IOException {
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(header.substring(header.indexOf(':') + 1).trim());
            }
        }
        return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII).trim();
    }
}
