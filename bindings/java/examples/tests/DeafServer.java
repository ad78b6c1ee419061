package io.awsfed.examples;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/** Takes a connection on loopback and never answers: somebody is waiting there when a build is stopped. */
final class DeafServer implements AutoCloseable {
    final CountDownLatch asked = new CountDownLatch(1);
    private final ServerSocket server;

    DeafServer() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        Thread thread = new Thread(this::accept, "deaf-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try (Socket caller = server.accept()) {
            caller.getInputStream().read();
            asked.countDown();
            while (caller.getInputStream().read() >= 0) { // until it gives up
            }
        } catch (IOException closed) {
            asked.countDown();
        }
    }

    /** A connector to it, which waits for longer than any test. */
    String connector() {
        return "idp = form\nhttp_loopback = true\ntimeout = 5m\nregion = eu-central-1\nrole_arn = " + Place.ROLE + "\nidp_url = http://127.0.0.1:"
                + server.getLocalPort() + "/start";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
