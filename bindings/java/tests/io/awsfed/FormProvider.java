package io.awsfed;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** A sign-in form on loopback that keeps what it is sent, and refuses everybody. */
final class FormProvider implements AutoCloseable {
    private static final String FORM = "<html><body><form method='post' action='%s'><input name='user'>"
            + "<input type='password' name='password'>%s</form></body></html>";

    final BlockingQueue<String> posts = new LinkedBlockingQueue<>();
    final CountDownLatch waiting = new CountDownLatch(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;

    FormProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/start", exchange -> answer(exchange, ""));
        server.createContext("/slow", exchange -> answer(exchange, "", "/never"));
        server.createContext("/in", exchange -> {
            posts.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
            answer(exchange, "<p class='error'>Wrong user name or password.</p>");
        });
        server.createContext("/never", exchange -> {
            waiting.countDown();
            try {
                closed.await();
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        });
        server.setExecutor(threads);
        server.start();
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, String notice) throws IOException {
        answer(exchange, notice, "/in");
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, String notice, String action) throws IOException {
        byte[] page = String.format(FORM, action, notice).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, page.length);
        exchange.getResponseBody().write(page);
        exchange.close();
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
