package host;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.FrameworkWiring;

/** Apache Felix, and the few things that are done with it here. */
final class Osgi implements AutoCloseable {
    private static final long PATIENCE_S = 30;

    private final Framework framework;

    Osgi(Path storage) throws BundleException {
        framework = new FrameworkFactory().newFramework(Map.of("org.osgi.framework.storage", storage.toString(),
                "org.osgi.framework.storage.clean", "onFirstInit"));
        framework.start();
    }

    Bundle install(Path jar) throws Exception {
        try (InputStream stream = Files.newInputStream(jar)) {
            return framework.getBundleContext().installBundle(jar.getFileName().toString(), stream);
        }
    }

    /** Another revision in its place. */
    void update(Bundle bundle, Path jar) throws Exception {
        try (InputStream stream = Files.newInputStream(jar)) {
            bundle.update(stream);
        }
    }

    /** Whoever used a revision that has gone is wired anew. */
    void refresh() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        framework.adapt(FrameworkWiring.class).refreshBundles(null, event -> done.countDown());
        if (!done.await(PATIENCE_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the bundles are not refreshed");
        }
    }

    /** What the bundle's service gives. */
    Object call(Bundle bundle) throws Exception {
        for (ServiceReference<?> reference : bundle.getRegisteredServices()) {
            Object service = framework.getBundleContext().getService(reference);
            try {
                return ((Callable<?>) service).call();
            } finally {
                framework.getBundleContext().ungetService(reference);
            }
        }
        throw new IllegalStateException(bundle + " offers no service");
    }

    @Override
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(PATIENCE_S * 1000);
    }
}
