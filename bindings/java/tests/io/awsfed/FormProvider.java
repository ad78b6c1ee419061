package io.awsfed;

import io.awsfed.loopback.LoopbackServer;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A sign-in form on loopback that keeps what it is sent, and refuses everybody. */
final class FormProvider implements AutoCloseable {
    private static final String FORM = "<html><body><form method='post' action='%s'><input name='user'>"
            + "<input type='password' name='password'>%s</form></body></html>";

    final BlockingQueue<String> posts = new LinkedBlockingQueue<>();
    final CountDownLatch waiting = new CountDownLatch(1);

    private final LoopbackServer server;

    FormProvider() throws IOException {
        server = new LoopbackServer(this::answer);
    }

    private LoopbackServer.Answer answer(String path, String body) {
        switch (path) {
            case "/start":
                return page("/in", "");
            case "/slow":
                return page("/never", "");
            case "/in":
                posts.add(body);
                return page("/in", "<p class='error'>Wrong user name or password.</p>");
            case "/never":
                waiting.countDown();
                return null;
            default:
                return new LoopbackServer.Answer(404, "text/plain", "");
        }
    }

    private static LoopbackServer.Answer page(String action, String notice) {
        return new LoopbackServer.Answer(200, "text/html; charset=utf-8", String.format(FORM, action, notice));
    }

    String url(String path) {
        return server.url(path);
    }

    @Override
    public void close() {
        server.close();
    }
}
